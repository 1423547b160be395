"""Functions that join tensors along an axis, and that split one."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from specc.catalogue.define import Definition, Result, Tensors, case, op, tensor
from specc.catalogue.kinds import Axis, Int, ListOf, Optional, Union
from specc.catalogue.mismatch import BadArgument, InputCount, ShapeMismatch, UnknownSize
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import promoted, refuse_plain
from specc.catalogue.ops.reduction import MaybeAxis, flat
from specc.catalogue.shapes import (
    Dims,
    merge_dims,
    needs_rank,
    position,
    replaced,
    shape_text,
    total,
    without,
)
from specc.catalogue.types import Dim, Symbol, TensorType

MOST = 10_000
"""More parts than this are a mistake."""
Sections = Annotated[int | tuple[int, ...], Union((Int(1, MOST), ListOf(Int(0, 2**31 - 1), 1)))]
Parts = Annotated[int, Int(1, MOST)]
MaybeParts = Annotated[int | None, Optional(Int(1, MOST))]


def joined(name: str, shapes: list[Dims], axis: int) -> Dims:
    """The shape of tensors laid one behind the other along an axis, counted from 0."""
    result = shapes[0]
    for i, dims in enumerate(shapes[1:], 1):
        text = f"ops.{name} cannot join {shape_text(result)} and {shape_text(dims)}"
        if len(dims) != len(result):
            raise ShapeMismatch(f"{text}: they have unlike numbers of axes", inputs=(0, i))
        try:
            merged = tuple(
                a if j == axis else merge_dims(a, b)
                for j, (a, b) in enumerate(zip(result, dims, strict=True))
            )
        except ShapeMismatch as error:
            raise ShapeMismatch(
                f"{text} along axis {axis}: {error.message}", help=error.help, inputs=(0, i)
            ) from None
        result = merged
    along = [dims[axis] for dims in shapes]
    return replaced(result, axis, along[0] if len(along) == 1 else total(along))


def _some(name: str, xs: Tensors) -> None:
    if not xs:
        raise InputCount(f"ops.{name} takes at least one tensor")


@op(
    case([(4, 3), (4, 5)], axis=-1),
    case([(4, 3), (2, 3)], axis=1),
    case([(4, 3), (4, 3)]),
    case([(None, 3), tensor(4, 3, dtype="int32")], axis=2),
)
def concatenate(xs: Tensors, *, axis: Axis = 0) -> Result:
    """Tensors one behind the other along an axis. (batch, a), (batch, b) -> (batch, a + b)"""
    _some("concatenate", xs)
    at = position(axis, xs[0].rank)
    dims = joined("concatenate", [x.dims for x in xs], at)
    return Result(TensorType(dims, promoted("concatenate", *xs)), (), 0)


@op(case((4, 3), (4, 5), axis=-1), case((4, 3), 3), case(TensorType((4, 3)), TensorType((2,))))
def append(x1: TensorType, x2: TensorType, *, axis: MaybeAxis = None) -> Result:
    """x2 behind x1 along an axis, or all numbers in a row. (batch, a), (batch, b) -> …"""
    refuse_plain("append", x1, x2)
    dtype = promoted("append", x1, x2)
    if axis is None:
        ends = [flat(x.dims) if x.dims else 1 for x in (x1, x2)]
        return Result(TensorType((total(ends),), dtype), (), 0)
    at = position(axis, x1.rank)
    dims = joined("append", [x1.dims, x2.dims], at)
    if not isinstance(dims[at], int):
        raise UnknownSize(
            f"ops.append needs to know axis {axis} of {x1} and {x2}",
            help="`ops.concatenate` does not",
            inputs=(0, 1),
        )
    return Result(TensorType(dims, dtype), (), 0)


def _stacked(name: str, rank: int, axis: int, what: str) -> Definition:
    """`hstack`, `vstack` and `dstack`: tensors of too few axes get new ones first."""

    def rule(xs: Tensors) -> Result:
        _some(name, xs)
        for i, x in enumerate(xs):
            needs_rank(f"ops.{name}", x, rank, -1, input=i)
        dims = joined(name, [x.dims for x in xs], axis)
        return Result(TensorType(dims, promoted(name, *xs)), (), 0)

    rule.__doc__ = f"{what}. (batch, ...), (batch, ...) -> (batch, ...)"
    shape = (4, 3) if rank == 3 else (4,)
    return op(case([shape, shape]), name=name)(rule)


STACKS = (
    _stacked("hstack", 2, 1, "Tensors one behind the other along axis 1"),
    _stacked("vstack", 2, 0, "Tensors one behind the other along axis 0"),
    _stacked("dstack", 3, 2, "Tensors one behind the other along axis 2"),
)


@op(case([(4, 3), (4, 3)], axis=1), case([3, 3, 3]), case([(None, 3), (4, 3)], axis=-1))
def stack(x: Tensors, *, axis: Axis = 0) -> Result:
    """Tensors side by side along a new axis. (batch, n), (batch, n) -> (batch, 2, n)"""
    _some("stack", x)
    at = position(axis, x[0].rank + 1)
    dims = joined("stack", [(*t.dims[:at], 1, *t.dims[at:]) for t in x], at)
    return Result(TensorType(replaced(dims, at, len(x)), promoted("stack", *x)), (), 0)


@op(case((4, 3), axis=1), case((None, 3), num=2, axis=1), case((4, 3), axis=-1))
def unstack(x: TensorType, *, num: MaybeParts = None, axis: Axis = 0) -> Result:
    """A tensor for each place along an axis. (batch, n, ...) -> n times (batch, ...)"""
    at = position(axis, x.rank)
    dim = x.dims[at]
    if isinstance(dim, Symbol) or (dim is None and num is None):
        raise UnknownSize(
            f"ops.unstack needs to know axis {axis}, which is unknown in {x}", inputs=(0,)
        )
    count = num if dim is None else dim
    if count is None or (num is not None and num != count) or not 1 <= count <= MOST:
        raise ShapeMismatch(f"ops.unstack: {num or count} is not axis {axis} of {x}", inputs=(0,))
    part = TensorType(without(x.dims, (at,)), to.same(x.dtype))
    return Result((part,) * count, (), 0)


def _split(name: str, x: TensorType, sections: int | tuple[int, ...], at: int) -> Result:
    dim = x.dims[at]

    def part(length: Dim) -> TensorType:
        return TensorType(replaced(x.dims, at, length), to.same(x.dtype))

    if isinstance(sections, tuple):
        ends = (0, *sections, dim if isinstance(dim, int) else None)
        lengths = [_between(a, b, dim) for a, b in pairwise(ends)]
        return Result(tuple(part(n) for n in lengths), (), 0)
    if isinstance(dim, Symbol) and sections == 1:
        return Result((part(dim),), (), 0)
    if isinstance(dim, Symbol):
        raise ShapeMismatch(
            f"ops.{name} makes {sections} equal parts, and `{dim}` can be any length",
            inputs=(0,),
        )
    if dim is not None and dim % sections:
        raise ShapeMismatch(
            f"ops.{name} makes {sections} equal parts, which {dim} does not give",
            argument="indices_or_sections",
            inputs=(0,),
        )
    return Result((part(None if dim is None else dim // sections),) * sections, (), 0)


def _between(start: int | None, end: int | None, dim: Dim) -> Dim:
    if start is None or end is None:
        return None
    if end < start or (isinstance(dim, int) and end > dim):
        raise BadArgument(
            "the places of the cuts go up, and not beyond the end", argument="indices_or_sections"
        )
    return end - start


@op(
    case((6, 3), indices_or_sections=2, axis=1),
    case((6, 3), indices_or_sections=[1, 4], axis=1),
    case((None, 3), indices_or_sections=3, axis=1),
    case((6, 3), indices_or_sections=3, axis=-1),
)
def split(x: TensorType, *, indices_or_sections: Sections, axis: Axis = 0) -> Result:
    """Equal parts along an axis, or parts cut at places. (batch, 6) -> (batch, 2) thrice"""
    return _split("split", x, indices_or_sections, position(axis, x.rank))


def _split_along(name: str, rank: int, axis: int) -> Definition:
    def rule(x: TensorType, *, indices_or_sections: Sections) -> Result:
        needs_rank(f"ops.{name}", x, rank, -1)
        return _split(name, x, indices_or_sections, min(axis, x.rank - 1))

    rule.__doc__ = f"Equal parts along axis {axis}. (batch, ...) -> (batch, ...) n times"
    cases = (case(TensorType((4, 4, 6)), indices_or_sections=2),)
    return op(*cases, name=name)(rule)


SPLITS = (
    _split_along("hsplit", 1, 1),
    _split_along("vsplit", 2, 0),
    _split_along("dsplit", 3, 2),
)


@op(case((7, 3), indices_or_sections=3, axis=1), case((None, 3), indices_or_sections=2, axis=1))
def array_split(x: TensorType, *, indices_or_sections: Parts, axis: Axis = 0) -> Result:
    """Nearly equal parts along an axis. (batch, 7) -> (batch, 4), (batch, 3)"""
    at = position(axis, x.rank)
    dim = x.dims[at]
    lengths: list[Dim] = [None] * indices_or_sections
    if isinstance(dim, int):
        size, more = divmod(dim, indices_or_sections)
        lengths = [size + (i < more) for i in range(indices_or_sections)]
    parts = (TensorType(replaced(x.dims, at, n), to.same(x.dtype)) for n in lengths)
    return Result(tuple(parts), (), 0)
