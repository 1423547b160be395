"""Functions of the order of numbers: sorting, ranks, bins, and sums over groups."""

from __future__ import annotations

from typing import Annotated, Literal

from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.kinds import Axis, Choice, Flag, Float, Int, ListOf, Optional
from specc.catalogue.mismatch import BadArgument, BadCombination, DTypeMismatch, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import (
    ARITHMETIC,
    FLOATS,
    NUMBERS,
    REAL,
    WHOLE,
    needs,
    one_dtype,
    refuse_plain,
    whole_for_whole,
)
from specc.catalogue.ops.reduction import MaybeAxis, flat
from specc.catalogue.ops.shape import moved
from specc.catalogue.shapes import Dims, merge_dims, merge_shapes, needs_rank, position, replaced
from specc.catalogue.types import TensorType

Count = Annotated[int, Int(1, 2**31 - 1)]


def _along(x: TensorType, axis: int | None) -> Dims:
    """The dimensions unchanged along an axis, or one row of all numbers."""
    if axis is None:
        return (flat(x.dims) if x.dims else 1,)
    position(axis, x.rank)
    return x.dims


@op(case((4, 3)), case((4, 3), axis=1), case(TensorType((4, 3)), axis=None))
def sort(x: TensorType, *, axis: MaybeAxis = -1) -> Result:
    """The numbers in order along an axis. Any shape, unchanged"""
    needs("sort", x.dtype, REAL)
    return Result(TensorType(_along(x, axis), to.same(x.dtype)))


@op(case((4, 3)), case((4, 3), axis=1), case(TensorType((4, 3)), axis=None))
def argsort(x: TensorType, *, axis: MaybeAxis = -1) -> Result:
    """The places of the numbers in order along an axis. Any shape, unchanged"""
    needs("argsort", x.dtype, REAL)
    return Result(TensorType(_along(x, axis), "int32"))


@op(case((4, 6), k=3), case(6, k=1, sorted=False))
def top_k(x: TensorType, *, k: Count, sorted: Flag = True) -> Result:
    """The largest numbers of the last axis, and their places. (..., n) -> (..., k), (..., k)"""
    needs("top_k", x.dtype, NUMBERS)
    needs_rank("ops.top_k", x, 1, -1)
    if isinstance(x.dims[-1], int) and k > x.dims[-1]:
        raise ShapeMismatch(f"there are no {k} numbers in the last axis of {x}", argument="k")
    dims = (*x.dims[:-1], k)
    return Result((TensorType(dims, to.same(x.dtype)), TensorType(dims, "int32")))


@op(case(tensor(dtype="int32"), 10, k=3))
def in_top_k(targets: TensorType, predictions: TensorType, *, k: Count) -> Result:
    """Whether the target is among the k largest. (batch,), (batch, n) -> (batch,)"""
    needs("in_top_k", targets.dtype, WHOLE, 0)
    needs("in_top_k", predictions.dtype, FLOATS, 1)
    needs_rank("ops.in_top_k", targets, 1)
    needs_rank("ops.in_top_k", predictions, 2, input=1)
    merge_dims(targets.dims[0], predictions.dims[0])
    return Result(TensorType(targets.dims, "bool"))


@op(case(TensorType((5,)), tensor()), case(TensorType((5,)), TensorType((3,)), side="right"))
def searchsorted(
    sorted_sequence: TensorType,
    values: TensorType,
    *,
    side: Annotated[Literal["left", "right"], Choice(("left", "right"))] = "left",
) -> Result:
    """Where numbers would stand in a sorted row. (n,), (m,) -> (m,)"""
    needs("searchsorted", sorted_sequence.dtype, NUMBERS, 0)
    needs("searchsorted", values.dtype, NUMBERS, 1)
    needs_rank("ops.searchsorted", sorted_sequence, 1)
    needs_rank("ops.searchsorted", values, 1, input=1)
    one_dtype("searchsorted", sorted_sequence, values)
    known = isinstance(sorted_sequence.dims[0], int)
    return Result(TensorType(values.dims, "int32" if known else "int64"))


@op(case(tensor(5, dtype="int32")), case(tensor(5, dtype="int32"), minlength=4))
def bincount(
    x: TensorType, *, minlength: Annotated[int, Int(0, 2**31 - 1)] = 0, sparse: Flag = False
) -> Result:
    """How often each whole number occurs. (..., n) -> (..., ?)"""
    needs("bincount", x.dtype, "iub")
    needs_rank("ops.bincount", x, 1, 2)
    dense("bincount", sparse)
    return Result(TensorType((*x.dims[:-1], None), "int32"))


def dense(name: str, sparse: bool) -> None:
    """Refuses `sparse: true`: specc's tensors are dense."""
    if sparse:
        raise BadCombination(
            f"ops.{name} gives dense tensors here", argument="sparse", help="leave `sparse` out"
        )


@op(case(TensorType((9,))), case(tensor(), bins=4, range=[0.0, 1.0]))
def histogram(
    x: TensorType,
    *,
    bins: Count = 10,
    range: Annotated[tuple[float, ...] | None, Optional(ListOf(Float(), 2, 2))] = None,
) -> Result:
    """How many numbers fall into each of equal bins, and the ends. (m,) -> (n,), (n + 1,)"""
    needs("histogram", x.dtype, NUMBERS)
    needs_rank("ops.histogram", x, 1)
    for end in range or ():
        whole_for_whole(end, x.dtype, "range")
    if range is not None and range[1] < range[0]:
        raise BadArgument("a range goes from the lower to the higher end", argument="range")
    dtype = to.same(x.dtype)
    return Result((TensorType((bins,), dtype), TensorType((bins + 1,), dtype)))


@op(case((4, 3)), case((4, 3), n=2, axis=1), case((None, 3), axis=1), case((4, 3), n=9))
def diff(a: TensorType, *, n: Annotated[int, Int(0, 1000)] = 1, axis: Axis = -1) -> Result:
    """The differences of neighbours, n times. (batch, m) -> (batch, m - n)"""
    at = position(axis, a.rank)
    length = a.dims[at]
    if n == 0:
        return moved(a, a.dims)
    rest = max(length - n, 0) if isinstance(length, int) else None
    return Result(TensorType(replaced(a.dims, at, rest), to.same(a.dtype)))


@op(case((4, 3), TensorType((5,))), case(tensor(3, dtype="int32"), tensor(2, dtype="int32")))
def isin(
    x1: TensorType, x2: TensorType, *, assume_unique: Flag = False, invert: Flag = False
) -> Result:
    """Whether a number is among others. Any shape, unchanged"""
    refuse_plain("isin", x1)
    needs("isin", x1.dtype, REAL, 0)
    needs("isin", x2.dtype, REAL, 1)
    return Result(TensorType(x1.dims, "bool"))


Segments = Annotated[int | None, Optional(Int(1, 2**31 - 1))]


def _segments(name: str, takes: str, what: str) -> Definition:
    def rule(
        data: TensorType,
        segment_ids: TensorType,
        *,
        num_segments: Segments = None,
        sorted: Flag = False,
    ) -> Result:
        needs(name, data.dtype, takes, 0)
        if segment_ids.dtype not in ("int32", "int64"):
            raise DTypeMismatch(f"ops.{name} takes int32 or int64 for the groups", inputs=(1,))
        needs_rank(f"ops.{name}", data, 1, -1)
        needs_rank(f"ops.{name}", segment_ids, 1, input=1)
        merge_shapes(data.dims[:1], segment_ids.dims)
        if sorted and num_segments is not None:
            raise BadCombination("TensorFlow counts sorted segments itself", argument="sorted")
        return Result(TensorType((num_segments, *data.dims[1:]), to.same(data.dtype)))

    rule.__doc__ = f"{what} of each group. (n, ...), (n,) -> (groups, ...)"
    cases = (
        case((4, 3), tensor(dtype="int32"), num_segments=5),
        case(TensorType((6, 3)), TensorType((6,), "int32"), sorted=True),
    )
    return op(*cases, name=name)(rule)


SEGMENTS = (
    _segments("segment_sum", ARITHMETIC, "The sum"),
    _segments("segment_max", NUMBERS, "The largest"),
    _segments("segment_min", NUMBERS, "The smallest"),
    _segments("segment_prod", ARITHMETIC, "The product"),
)


@op(case(TensorType((5,), "int32"), shape=[3, 4]), case(tensor(2, dtype="int64"), shape=[9]))
def unravel_index(
    indices: TensorType, *, shape: Annotated[tuple[int, ...], ListOf(Int(1, 2**31 - 1), 1)]
) -> Result:
    """The places along each axis of places in a row. (n,) -> (n,) for each axis"""
    needs("unravel_index", indices.dtype, WHOLE)
    return Result((TensorType(indices.dims, indices.dtype),) * len(shape), (), 0)
