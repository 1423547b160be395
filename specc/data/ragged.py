"""Sequences of different lengths: (examples,) of arrays, and the rectangle that holds them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from specc.data.dataset import FieldType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def is_ragged(values: Array, type_: FieldType) -> bool:
    """Whether each example is an array of its own; texts are objects too, and are not."""
    return values.dtype == object and type_.dtype != "string"


def rectangle(
    rows: Sequence[Any], length: int | None = None, side: str = "after", dtype: str = "int32"
) -> Array:
    """Sequences as one array (rows, length, …), cut and filled with 0 at the side.

    Without a length it is that of the longest.
    """
    import numpy as np

    if length is None:
        length = max(map(len, rows), default=0)
    rest = np.shape(rows[0])[1:] if len(rows) else ()
    filled = np.zeros((len(rows), length, *rest), dtype)
    for i, row in enumerate(rows):
        kept = row[-length:] if side == "before" else row[:length]
        if len(kept):
            at = slice(length - len(kept), None) if side == "before" else slice(len(kept))
            filled[i, at] = kept
    return filled
