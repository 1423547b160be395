"""Products of vectors, matrices and tensors, and Einstein's notation."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import multiply_adds, operations
from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.dtypes import resolved, result_type
from specc.catalogue.kinds import Axis, Int, ListOf, Union
from specc.catalogue.mismatch import BadArgument, ShapeMismatch
from specc.catalogue.ops.promotion import ANY, ARITHMETIC, FLOATS, NUMBERS, needs, promoted
from specc.catalogue.ops.reduction import MaybeAxis, flat
from specc.catalogue.shapes import (
    Dims,
    broadcast,
    merge_dims,
    needs_rank,
    position,
    without,
)
from specc.catalogue.types import Dim, TensorType


def _size(dim: Dim) -> int | None:
    return dim if isinstance(dim, int) else None


def _contracted(name: str, one: Dim, other: Dim, x1: TensorType, x2: TensorType) -> Dim:
    """The dimension that two tensors are multiplied along."""
    try:
        return merge_dims(one, other)
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"ops.{name} cannot multiply {x1} and {x2}: {error.message}",
            help=error.help,
            inputs=(0, 1),
        ) from None


@op(
    case((4, 5), (5, 6)),
    case((4, 5), TensorType((5, 6))),
    case(5, TensorType((5, 6))),
    case((4, 5), TensorType((5,))),
    case((None, 5), TensorType((5, 6))),
    case(tensor(4, 5, dtype="int8"), tensor(5, 6, dtype="int8")),
)
def matmul(x1: TensorType, x2: TensorType) -> Result:
    """The product of matrices. (batch, a, n), (batch, n, b) -> (batch, a, b)"""
    needs_rank("ops.matmul", x1, 1, -1)
    needs_rank("ops.matmul", x2, 1, -1, input=1)
    left = (1, *x1.dims) if x1.rank == 1 else x1.dims
    right = (*x2.dims, 1) if x2.rank == 1 else x2.dims
    along = _contracted("matmul", left[-1], right[-2], x1, x2)
    try:
        lead = broadcast(left[:-2], right[:-2])
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"ops.matmul cannot broadcast {x1} and {x2}: {error.message}",
            help=error.help,
            inputs=(0, 1),
        ) from None
    rows = () if x1.rank == 1 else (left[-2],)
    columns = () if x2.rank == 1 else (right[-1],)
    dtype = "int32" if x1.dtype == x2.dtype == "int8" else promoted("matmul", x1, x2)
    needs("matmul", dtype, ANY, 0, 1)
    output = TensorType((*lead, *rows, *columns), dtype)
    return Result(output, (), multiply_adds(output.size, _size(along)))


@op(
    case((4, 5), TensorType((5, 6))),
    case((4, 5), TensorType((5,))),
    case(TensorType((5,)), TensorType((5,))),
    case((4, 5), TensorType((), "float")),
)
def dot(x1: TensorType, x2: TensorType) -> Result:
    """The sum of products along the last axis of x1. (batch, n), (n, b) -> (batch, b)"""
    dtype = promoted("dot", x1, x2)
    needs("dot", dtype, ANY, 0, 1)
    if not x1.dims or not x2.dims:
        output = TensorType(x1.dims or x2.dims, dtype)
        return Result(output, (), output.size)
    at = max(x2.rank - 2, 0)
    if x2.rank == 1 < x1.rank and x1.shape[-1] != x2.shape[0]:
        raise ShapeMismatch(f"ops.dot cannot multiply {x1} and {x2}", inputs=(0, 1))
    along = _contracted("dot", x1.dims[-1], x2.dims[at], x1, x2)
    output = TensorType((*x1.dims[:-1], *without(x2.dims, (at,))), dtype)
    return Result(output, (), multiply_adds(output.size, _size(along)))


@op(case((4, 5), TensorType((6, 5))), case((4, 5), TensorType((), "float")))
def inner(x1: TensorType, x2: TensorType) -> Result:
    """The sum of products along both last axes. (batch, n), (b, n) -> (batch, b)"""
    dtype = promoted("inner", x1, x2)
    needs("inner", dtype, ANY, 0, 1)
    if not x1.dims or not x2.dims:
        output = TensorType(x1.dims or x2.dims, dtype)
        return Result(output, (), output.size)
    along = _contracted("inner", x1.dims[-1], x2.dims[-1], x1, x2)
    output = TensorType(x1.dims[:-1] + x2.dims[:-1], dtype)
    return Result(output, (), multiply_adds(output.size, _size(along)))


@op(case(TensorType((4, 5)), TensorType((4, 5))), case(TensorType((3,)), TensorType((3,))))
def vdot(x1: TensorType, x2: TensorType) -> Result:
    """The sum of all products, both laid in a row. (n,), (n,) -> ()"""
    along = _contracted("vdot", flat(x1.dims), flat(x2.dims), x1, x2)
    output = TensorType((), promoted("vdot", x1, x2))
    return Result(output, (), multiply_adds(_size(along)))


@op(case(TensorType((3,)), TensorType((4,))), case((4, 3), TensorType((2,))))
def outer(x1: TensorType, x2: TensorType) -> Result:
    """All products of two rows of numbers. (a,), (b,) -> (a, b)"""
    dims = tuple(flat(x.dims) if x.dims else 1 for x in (x1, x2))
    output = TensorType(dims, promoted("outer", x1, x2))
    return Result(output, (), output.size)


_AXES = Int(-64, 64)
Contraction = Annotated[
    int | tuple[tuple[int, ...], tuple[int, ...]],
    Union((Int(0, 64), ListOf(ListOf(_AXES, 1), 2, 2))),
]


@op(
    case((4, 5), TensorType((5, 6)), axes=1),
    case((4, 5), TensorType((4, 5, 6))),
    case((4, 5), TensorType((6, 4)), axes=[[1], [1]]),
    case(TensorType((4,)), TensorType((5,)), axes=0),
)
def tensordot(x1: TensorType, x2: TensorType, *, axes: Contraction = 2) -> Result:
    """The sum of products along several axes. (..., n, m), (n, m, ...) -> (..., ...)"""
    if isinstance(axes, int):
        if axes > min(x1.rank, x2.rank):
            raise BadArgument(f"{x1} and {x2} have not {axes} axes each", argument="axes")
        ones, others = tuple(range(x1.rank - axes, x1.rank)), tuple(range(axes))
    else:
        ones = tuple(position(a, x1.rank, argument=("axes", 0)) for a in axes[0])
        others = tuple(position(a, x2.rank, argument=("axes", 1)) for a in axes[1])
        if not len(ones) == len(others) == len(set(ones)) == len(set(others)):
            raise BadArgument("each list names as many axes, each once", argument="axes")
    along = [
        _contracted("tensordot", x1.dims[a], x2.dims[b], x1, x2)
        for a, b in zip(ones, others, strict=True)
    ]
    dtype = promoted("tensordot", x1, x2)
    needs("tensordot", dtype, ANY, 0, 1)
    output = TensorType(without(x1.dims, ones) + without(x2.dims, others), dtype)
    return Result(output, (), multiply_adds(output.size, *map(_size, along)))


@op(case(TensorType((2, 3)), TensorType((4, 5))), case(TensorType((2, 3)), TensorType((3, 2))))
def kron(x1: TensorType, x2: TensorType) -> Result:
    """All products, block by block. (a, b), (c, d) -> (a * c, b * d)"""
    if x1.rank != x2.rank:
        raise ShapeMismatch(f"ops.kron takes equally many axes; {x1}, {x2}", inputs=(0, 1))
    dtype = promoted("kron", x1, x2)
    needs("kron", dtype, ARITHMETIC, 0, 1)
    dims = tuple(operations(_size(a), _size(b)) for a, b in zip(x1.dims, x2.dims, strict=True))
    output = TensorType(dims, dtype)
    return Result(output, (), output.size)


@op(case((4, 3), (4, 3)), case((4, 2), (4, 2)), case((3, 4), (3, 4), axis=1))
def cross(
    x1: TensorType,
    x2: TensorType,
    *,
    axisa: Axis = -1,
    axisb: Axis = -1,
    axisc: Axis = -1,
    axis: MaybeAxis = None,
) -> Result:
    """The vector that stands upright on two others. (batch, 3), (batch, 3) -> (batch, 3)"""
    if axis is not None:
        axisa = axisb = axisc = axis
    needs_rank("ops.cross", x1, 1, -1)
    needs_rank("ops.cross", x2, 1, -1, input=1)
    one = position(axisa, x1.rank, argument="axisa")
    other = position(axisb, x2.rank, argument="axisb")
    lengths = (x1.dims[one], x2.dims[other])
    for i, length in enumerate(lengths):
        if length not in (None, 2, 3):
            raise ShapeMismatch(f"ops.cross takes vectors of 2 or 3, not {length}", inputs=(i,))
    dims: Dims = broadcast(without(x1.dims, (one,)), without(x2.dims, (other,)))
    at = position(axisc, len(dims) + (3 in lengths), argument="axisc")
    if 3 in lengths:
        dims = (*dims[:at], 3, *dims[at:])
    dtype = promoted("cross", x1, x2)
    needs("cross", dtype, NUMBERS, 0, 1)
    output = TensorType(dims, dtype)
    return Result(output, (), operations(3, output.size))


@op(case((4, 5), (6, 5)), case(TensorType((4, 5)), (6, 5)))
def cdist(x: TensorType, y: TensorType) -> Result:
    """The distance from each row to each. (batch, a, n), (batch, b, n) -> (batch, a, b)"""
    needs_rank("ops.cdist", x, 2, -1)
    needs_rank("ops.cdist", y, 2, -1, input=1)
    along = _contracted("cdist", x.dims[-1], y.dims[-1], x, y)
    needs("cdist", x.dtype, FLOATS, 0)
    needs("cdist", y.dtype, FLOATS, 1)
    dtype = result_type(resolved(x.dtype), resolved(y.dtype), "float")
    output = TensorType((*broadcast(x.dims[:-2], y.dims[:-2]), x.dims[-2], y.dims[-2]), dtype)
    return Result(output, (), multiply_adds(output.size, _size(along)))
