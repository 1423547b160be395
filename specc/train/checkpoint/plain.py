"""Values as JSON and arrays, without pickles: numbers, text, arrays, lists and dicts of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_dict

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Arrays = list[Any]


class NotPlain(TypeError):
    """A value that is more than data, such as a function or a file."""


def flattened(value: Any, arrays: Arrays) -> Any:
    """The value as JSON has it; its arrays are appended to `arrays`. Raises `NotPlain`."""
    import numpy as np

    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array: Array = np.asarray(value)  # pyright: ignore[reportUnknownArgumentType]
        if array.dtype.hasobject:
            raise NotPlain
        own = type(array.dtype).__module__.startswith("numpy")
        arrays.append(array if own else array.view(f"u{array.dtype.itemsize}"))  # such as bfloat16
        kind = "array" if isinstance(value, np.ndarray) else "number"
        return {"is": kind, "at": len(arrays) - 1}
    if isinstance(value, list | tuple):
        items: list[Any] = [flattened(v, arrays) for v in value]  # pyright: ignore[reportUnknownVariableType]
        return items if isinstance(value, list) else {"is": "tuple", "of": items}
    if is_dict(value):
        pairs = [[flattened(k, arrays), flattened(v, arrays)] for k, v in value.items()]
        return {"is": "dict", "of": pairs}
    raise NotPlain


def restored(value: Any, arrays: Arrays) -> Any:
    """The value that `flattened` was given."""
    if isinstance(value, list):
        return [restored(v, arrays) for v in value]  # pyright: ignore[reportUnknownVariableType]
    if not is_dict(value):
        return value
    kind = value["is"]
    if kind in ("array", "number"):
        found: Array = arrays[value["at"]]
        return found if kind == "array" else found[()]
    items: list[Any] = [restored(v, arrays) for v in value["of"]]
    return tuple(items) if kind == "tuple" else dict(items)
