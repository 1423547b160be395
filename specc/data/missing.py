"""Values that are missing: an error that says where, unless a transform fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from specc.data.failure import BadData
from specc.data.feed import Feeds

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def refuse_missing(feeds: Feeds, arrays: Mapping[str, Array], place: Callable[[int], str]) -> None:
    """Raises `BadData` for the first value that is missing in a field that nothing fills.

    `place` says where the example of an index into the arrays stands.
    """
    wanted = {
        n for f in (*feeds.inputs.values(), *feeds.targets.values()) if not f.fills
        for n in f.columns.names
    }  # fmt: skip
    for name in sorted(wanted | ({feeds.weight} if feeds.weight else set())):
        index = _first_missing(arrays[name])
        if index is not None:
            text = arrays[name].dtype == object
            raise BadData(
                f"`{name}` has no value in {place(index)}",
                help=None if text else "`transform: [impute]` puts the mean in its place",
            )


def _first_missing(values: Array) -> int | None:
    import numpy as np

    if values.dtype.kind == "f":
        lacking = np.isnan(values).reshape(len(values), -1).any(axis=1)
    elif values.dtype == object:
        lacking = np.array([v is None for v in values], bool)
    else:
        return None
    return int(lacking.argmax()) if lacking.any() else None
