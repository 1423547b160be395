"""Columns: one field of the data, or several side by side, as one field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from specc.catalogue.dtypes import is_float
from specc.catalogue.kinds import nearest
from specc.catalogue.mismatch import DTypeMismatch, RankMismatch, UnknownClass
from specc.data.dataset import FieldType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Columns:
    """The fields that a binding names, and the type of what they are together."""

    names: tuple[str, ...]
    type: FieldType
    together: bool = False
    """Whether they stand side by side; otherwise there is one, as it is."""

    @property
    def name(self) -> str:
        """What errors call it."""
        if len(self.names) <= 3:
            return ", ".join(self.names)
        return f"{self.names[0]}, {self.names[1]} … {self.names[-1]}"

    def of(self, arrays: Mapping[str, Array]) -> Array:
        """The one field, (examples, …), or the numbers side by side: (examples, numbers)."""
        import numpy as np

        if not self.together:
            return arrays[self.names[0]]
        return np.column_stack([arrays[n] for n in self.names]).astype(self.type.dtype, copy=False)


def columns_of(written: str | Sequence[str], fields: Mapping[str, FieldType]) -> Columns:
    """The columns that a binding writes; `pixel_*` stands for all that begin so.

    Raises `UnknownClass` for a field that there is not, and another `Mismatch` for those that
    cannot stand side by side.
    """
    if isinstance(written, str) and written in fields:
        return Columns((written,), fields[written])
    if isinstance(written, str) and "*" not in written:
        raise _unknown(written, fields)
    names: dict[str, None] = {}
    for i, name in enumerate([written] if isinstance(written, str) else written):
        found = [name] if name in fields else [f for f in fields if fnmatchcase(f, name)]
        if ("*" not in name and name not in fields) or not found:
            raise _unknown(name, fields, None if isinstance(written, str) else (i,))
        names |= dict.fromkeys(found)
    return Columns(tuple(names), _together([(n, fields[n]) for n in names]), together=True)


def _together(found: Sequence[tuple[str, FieldType]]) -> FieldType:
    size = 0
    names: list[str] = []
    for name, type_ in found:
        if type_.dtype == "string":
            raise DTypeMismatch(
                f"`{name}` holds text, and only numbers stand side by side",
                help="give it an input of its own",
            )
        if len(type_.shape) > 1 or not all(isinstance(d, int) for d in type_.shape):
            raise RankMismatch(f"`{name}` is {type_}, and only single numbers stand side by side")
        width = type_.shape[0] if type_.shape else 1
        assert isinstance(width, int)
        size += width
        names += [name] if not type_.shape else [f"{name}_{i}" for i in range(width)]
    dtypes = {t.dtype for _, t in found}
    if len(dtypes) == 1:
        (dtype,) = dtypes
    elif any(is_float(d) for d in dtypes):
        dtype = "float64" if "float64" in dtypes else "float32"
    else:
        dtype = "int64"
    return FieldType((size,), dtype, names=tuple(names))


def _unknown(
    name: str, fields: Mapping[str, FieldType], argument: tuple[int, ...] | None = None
) -> UnknownClass:
    close = nearest(name, list(fields))
    listed = ", ".join(list(fields)[:20]) + (" …" if len(fields) > 20 else "")
    return UnknownClass(
        f"the data has no field `{name}`",
        help=f"did you mean `{close}`?" if close else f"its fields are {listed}",
        argument=argument,
    )
