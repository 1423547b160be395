"""What is known of a tensor before it exists: its shape and its dtype.

A dimension is a number, `None` (unknown), or a `Symbol`: unknown too, but equal wherever the same
symbol stands. The batch is the symbol `BATCH`, so a tensor with a batch is never taken for one
without, and a sequence's `time` is never taken for another's.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import SupportsIndex, overload


class Symbol(str):
    """A dimension of unknown length that is the same length wherever the symbol stands."""

    __slots__ = ()


BATCH = Symbol("batch")

Dim = int | Symbol | None


class TensorType:
    """A tensor's shape and dtype, as `TensorType((None, 10), "float32")`.

    `dims` keeps the symbols, for rules; `shape` shows them as `None`, as Keras does, and is what
    two types are compared by. A Python number that stands for a tensor has the dtype `int`,
    `float` or `bool`: it takes its neighbour's type (see `specc.catalogue.dtypes`).
    """

    __slots__ = ("dims", "dtype")

    def __init__(self, dims: Iterable[Dim], dtype: str = "float32") -> None:
        self.dims: tuple[Dim, ...] = tuple(dims)
        self.dtype = dtype

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The shape as Keras writes it, unknown dimensions as `None`."""
        return tuple(d if isinstance(d, int) else None for d in self.dims)

    @property
    def rank(self) -> int:
        """How many dimensions there are, the batch included."""
        return len(self.dims)

    @property
    def batched(self) -> bool:
        """Whether the first dimension is the batch."""
        return bool(self.dims) and self.dims[0] == BATCH

    @property
    def size(self) -> int | None:
        """How many numbers one example has, or `None` where that is not known."""
        dims = self.dims[1:] if self.batched else self.dims
        known = [d for d in dims if isinstance(d, int)]
        return prod(known) if len(known) == len(dims) else None

    @overload
    def __getitem__(self, index: SupportsIndex) -> Dim: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Dim, ...]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Dim | tuple[Dim, ...]:
        return self.dims[index]

    def of(self, *dims: Dim) -> TensorType:
        """A tensor of this dtype and other dimensions."""
        return TensorType(dims, self.dtype)

    def cast(self, dtype: str) -> TensorType:
        """A tensor of these dimensions and another dtype."""
        return self if dtype == self.dtype else TensorType(self.dims, dtype)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TensorType):
            return NotImplemented
        return self.shape == other.shape and self.dtype == other.dtype

    def __hash__(self) -> int:
        return hash((self.shape, self.dtype))

    def __repr__(self) -> str:
        return f"TensorType({self.shape}, {self.dtype!r})"

    def __str__(self) -> str:
        """The shape as people read it: `(batch, 28, 28, 1)`; an unknown dimension is `?`."""
        inner = ", ".join("?" if d is None else str(d) for d in self.dims)
        return f"({inner},)" if len(self.dims) == 1 else f"({inner})"
