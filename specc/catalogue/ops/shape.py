"""Functions that give the same numbers another shape, or other axes."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.kinds import Axes, Axis, Int, ListOf, Optional
from specc.catalogue.mismatch import BadArgument, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.reduction import MaybeAxes, axes_of, flat
from specc.catalogue.shapes import LARGEST, Dims, needs_rank, position, product, shape_text, without
from specc.catalogue.types import Dim, Symbol, TensorType

NewShape = Annotated[tuple[int, ...], ListOf(Int(-1, LARGEST))]
Shape = Annotated[tuple[int, ...], ListOf(Int(0, LARGEST))]
Order = Annotated[tuple[int, ...] | None, Optional(ListOf(Int(-64, 64)))]
Turns = Annotated[int, Int(-(2**31), 2**31 - 1)]
Pair = Annotated[tuple[int, ...], ListOf(Int(-64, 64), 2, 2)]


def moved(x: TensorType, dims: Dims) -> Result:
    """The same numbers in other dimensions: it costs nothing."""
    return Result(TensorType(dims, to.same(x.dtype)), (), 0)


@op(
    case((4, 6), newshape=[-1, 8, 3]),
    case((4, 6), newshape=[-1]),
    case((None, 6), newshape=[-1, 3]),
    case(TensorType((4, 6)), newshape=[3, 8]),
    case(TensorType((4, 6)), newshape=[-1, 2]),
)
def reshape(x: TensorType, *, newshape: NewShape) -> Result:
    """The same numbers in another shape; -1 is what is left. (batch, ...) -> (-1, ...)"""
    return moved(x, reshaped(x.dims, newshape))


def reshaped(dims: Dims, newshape: tuple[int, ...]) -> Dims:
    """The dimensions of `newshape` with the -1 found; raises where the numbers cannot fit."""
    if newshape.count(-1) > 1:
        raise BadArgument("only one dimension can be -1", argument="newshape")
    size, names = _content(dims)
    wanted = 1
    for n in newshape:
        wanted *= 1 if n == -1 else n
    if size is None and (-1 in newshape or not names):
        return tuple(None if n == -1 else n for n in newshape)
    text = f"{shape_text(dims)} does not fit into {list(newshape)}"
    if -1 not in newshape:
        if names:
            raise ShapeMismatch(
                f"{text}: `{names[0]}` can be any length",
                help="write -1 for one dimension",
                inputs=(0,),
            )
        if size != wanted:
            raise ShapeMismatch(f"{text}: {size} numbers, not {wanted}", inputs=(0,))
        return newshape
    if size is None or wanted == 0 or size % wanted:
        some = f"`{names[0]}` can be any length, and " if names else ""
        raise ShapeMismatch(f"{text}: {some}{size} is not a multiple of {wanted}", inputs=(0,))
    left: Dim = None
    if not names:
        left = size // wanted
    elif len(names) == 1 and size == wanted:
        left = names[0]
    return tuple(left if n == -1 else n for n in newshape)


def _content(dims: Dims) -> tuple[int | None, list[Symbol]]:
    """The product of the numbers, and the named dimensions; `None` if one is quite unknown."""
    names = [d for d in dims if isinstance(d, Symbol)]
    return None if None in dims else product(d for d in dims if isinstance(d, int)), names


@op(case((4, 3)), case(tensor()), case((None, 3)))
def ravel(x: TensorType) -> Result:
    """All numbers in a row. (batch, ...) -> (n,)"""
    return moved(x, (flat(x.dims),) if x.dims else (1,))


@op(case((4, 3)), case((4, 3), axes=[0, 2, 1]), case((4, 3), axes=[0, -1, 1]))
def transpose(x: TensorType, *, axes: Order = None) -> Result:
    """The axes in another order, without `axes` in the opposite one. Any shape"""
    if axes is None:
        return moved(x, x.dims[::-1])
    if len(axes) != x.rank:
        raise BadArgument(f"this wants each of the {x.rank} axes of {x} once", argument="axes")
    order = [position(a, x.rank, argument="axes") for a in axes]
    if len(set(order)) < len(order):
        raise BadArgument("an axis is named twice", argument="axes")
    return moved(x, tuple(x.dims[a] for a in order))


@op(case((4, 3), axis1=1, axis2=2), case((4, 3), axis1=-1, axis2=0))
def swapaxes(x: TensorType, *, axis1: Axis, axis2: Axis) -> Result:
    """Two axes in each other's place. Any shape"""
    one = position(axis1, x.rank, argument="axis1")
    two = position(axis2, x.rank, argument="axis2")
    order = list(range(x.rank))
    order[one], order[two] = two, one
    return moved(x, tuple(x.dims[a] for a in order))


@op(
    case((4, 3), source=1, destination=2),
    case((4, 3, 2), source=[1, 2], destination=[-1, 1]),
)
def moveaxis(x: TensorType, *, source: Axes, destination: Axes) -> Result:
    """Axes at other places, the rest in order. Any shape"""
    sources = (source,) if isinstance(source, int) else source
    targets = (destination,) if isinstance(destination, int) else destination
    if len(sources) != len(targets):
        raise BadArgument("source and destination name the same number of axes", argument="source")
    taken = [position(a, x.rank, argument="source") for a in sources]
    places = [position(a, x.rank, argument="destination") for a in targets]
    if len(set(taken)) < len(taken) or len(set(places)) < len(places):
        raise BadArgument("an axis is named twice", argument="source")
    order = [a for a in range(x.rank) if a not in taken]
    for place, axis in sorted(zip(places, taken, strict=True)):
        order.insert(place, axis)
    return moved(x, tuple(x.dims[a] for a in order))


@op(case((4, 3), axis=-1), case((4, 3), axis=1), case((4, 3), axis=[1, -1]), case(3, axis=0))
def expand_dims(x: TensorType, *, axis: Axes) -> Result:
    """New axes of length 1. (batch, ...) -> (batch, ..., 1)"""
    given = (axis,) if isinstance(axis, int) else axis
    rank = x.rank + len(given)
    new = [position(a, rank) for a in given]
    if len(set(new)) < len(new):
        raise BadArgument("an axis is named twice", argument="axis")
    rest = iter(x.dims)
    return moved(x, tuple(1 if i in new else next(rest) for i in range(rank)))


@op(case((1, 3)), case((4, 1), axis=-1), case((1, 1, 3), axis=[1, 2]))
def squeeze(x: TensorType, *, axis: MaybeAxes = None) -> Result:
    """Takes axes of length 1 away. (batch, 1, ...) -> (batch, ...)"""
    if axis is None:
        return moved(x, tuple(d for d in x.dims if d != 1))
    axes = axes_of(axis, x.rank)
    for a in axes:
        if x.dims[a] != 1:
            raise ShapeMismatch(
                f"ops.squeeze takes axes of length 1 away; axis {a} of {x} is not", inputs=(0,)
            )
    return moved(x, without(x.dims, axes))


@op(case((4, 3)), case((4, 3), axis=1), case((4, 3), axis=[1, 2]))
def flip(x: TensorType, *, axis: MaybeAxes = None) -> Result:
    """The numbers along axes in the opposite order. Any shape, unchanged"""
    axes_of(axis, x.rank)
    return moved(x, x.dims)


@op(case((4, 3)))
def fliplr(x: TensorType) -> Result:
    """The numbers along axis 1 in the opposite order. Any shape, unchanged"""
    needs_rank("ops.fliplr", x, 2, -1)
    return moved(x, x.dims)


@op(case((4, 3)))
def flipud(x: TensorType) -> Result:
    """The numbers along axis 0 in the opposite order. Any shape, unchanged"""
    needs_rank("ops.flipud", x, 1, -1)
    return moved(x, x.dims)


@op(case((4, 3), axes=[1, 2]), case((4, 3), k=2, axes=[1, 2]), case((4, 3), k=-1, axes=[2, 1]))
def rot90(array: TensorType, *, k: Turns = 1, axes: Pair = (0, 1)) -> Result:
    """A quarter turn, `k` times, in the plane of two axes. Any shape"""
    needs_rank("ops.rot90", array, 2, -1)
    one, two = (position(a, array.rank, argument="axes") for a in axes)
    if one == two:
        raise BadArgument("a turn wants two different axes", argument="axes")
    if k % 2 == 0:
        return moved(array, array.dims)
    order = list(range(array.rank))
    order[one], order[two] = two, one
    return moved(array, tuple(array.dims[a] for a in order))


@op(case(TensorType((1, 3)), shape=[5, 4, 3]), case(TensorType((None,)), shape=[2, 3]))
def broadcast_to(x: TensorType, *, shape: Shape) -> Result:
    """Axes of length 1 stretched, and new ones in front. (..., 1) -> shape"""
    missing = len(shape) - x.rank
    text = f"{x} does not broadcast to {list(shape)}"
    if missing < 0:
        raise ShapeMismatch(f"{text}: it has more dimensions", inputs=(0,))
    for dim, wanted in zip(x.dims, shape[missing:], strict=True):
        if isinstance(dim, Symbol):
            raise ShapeMismatch(f"{text}: `{dim}` can be any length", inputs=(0,))
        if dim not in (None, 1, wanted):
            raise ShapeMismatch(f"{text}: {dim} is neither 1 nor {wanted}", inputs=(0,))
    return moved(x, shape)
