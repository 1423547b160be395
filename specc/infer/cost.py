"""What a model costs, known before it is built: numbers to keep, bytes and operations an example.

Memory is that of what each call gives, for one example, in the dtype it has. A multiply-add counts
as two operations; `specc.catalogue.cost` says what else is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from specc.catalogue.types import TensorType

BYTES = {
    **dict.fromkeys(("bool", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16"), 2),
    **dict.fromkeys(("int64", "uint64", "float64", "complex64"), 8),
    "complex128": 16,
}
"""The bytes of a number; four where the dtype is not here."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Parameters (all, and those that learn), memory in bytes, FLOPs; `None` where not known."""

    parameters: int
    trainable_parameters: int
    memory: int | None
    flops: int | None


def memory(types: Iterable[TensorType]) -> int | None:
    """The bytes that tensors take for one example; `None` where a length is not known."""
    total = 0
    for type_ in types:
        if type_.size is None or type_.dtype == "string":
            return None
        total += type_.size * BYTES.get(type_.dtype, 4)
    return total


def altogether(counts: Iterable[int | None]) -> int | None:
    """The sum, or `None` where one of them is not known."""
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total
