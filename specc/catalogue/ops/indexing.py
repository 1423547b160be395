"""Functions that pick numbers by their places, and that put numbers at places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import EllipsisType
from typing import Annotated, Any, cast

from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.dtypes import resolved
from specc.catalogue.kinds import Choice, Int, Kind, ListOf, Optional, Schema, Scope
from specc.catalogue.mismatch import BadArgument, DTypeMismatch, RankMismatch, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import ANY, WHOLE, needs, refuse_plain
from specc.catalogue.ops.reduction import MaybeAxis, flat
from specc.catalogue.ops.shape import Shape, moved
from specc.catalogue.shapes import Dims, broadcast, needs_rank, position, replaced
from specc.catalogue.types import Dim, Symbol, TensorType

Key = int | slice | EllipsisType | None

_PART = re.compile(
    r"\s*(?:(-?\d+)|(\.\.\.)|(newaxis|None)|(-?\d*)\s*:\s*(-?\d*)(?:\s*:\s*(-?\d*))?)\s*"
)


@dataclass(frozen=True)
class IndexKey(Kind):
    """What stands in Python between the brackets: `":, 0"`, `"..., 1:3"`. Rules see a tuple."""

    def check(self, value: Any, scope: Scope) -> tuple[Key, ...]:
        """The places as Python has them."""
        parts = cast("list[Any]", value) if isinstance(value, list) else [value]
        texts = [t for p in parts for t in str(p).split(",")]
        if not all(isinstance(p, str | int) and not isinstance(p, bool) for p in parts):
            raise self.refuse(value)
        key = tuple(self._part(t, value) for t in texts)
        if sum(k is ... for k in key) > 1:
            raise BadArgument("`...` can stand only once")
        return key

    def _part(self, text: str, value: Any) -> Key:
        match = _PART.fullmatch(text)
        if match is None or len(text) > 80:
            raise self.refuse(value)
        number, dots, new, *ends = match.groups()
        if number:
            return int(number)
        if dots or new:
            return ... if dots else None
        start, stop, step = (int(e) if e else None for e in ends)
        if step == 0:
            raise BadArgument("the step of a slice cannot be 0")
        return slice(start, stop, step)

    def schema(self) -> Schema:
        """Text, a number, or a list of both."""
        return {"type": ["string", "integer", "array"]}

    def describe(self) -> str:
        """What is wanted."""
        return 'places as between Python\'s brackets, as `":, 0"`'


@op(
    case((4, 3), key=":, 0"),
    case((4, 3), key="..., 1:"),
    case((4, 3), key=":, newaxis, ::2, -1"),
    case((None, 3), key=":, 1:, ::-1"),
)
def get_item(x: TensorType, *, key: Annotated[tuple[Key, ...], IndexKey()]) -> Result:
    """Picks by places, as Python's brackets do. (batch, time, features) -> …"""
    taken = sum(k is not None and k is not ... for k in key)
    if taken > x.rank:
        raise RankMismatch(f"{x} has fewer than {taken} axes", inputs=(0,))
    full = key if ... in key else (*key, ...)
    rest = list(x.dims)
    dims: list[Dim] = []
    for i, k in enumerate(full):
        if k is None:
            dims.append(1)
        elif isinstance(k, EllipsisType):
            after = sum(later is not None for later in full[i + 1 :])
            dims += rest[: len(rest) - after]
            rest = rest[len(rest) - after :]
        elif isinstance(k, slice):
            dims.append(_sliced(rest.pop(0), k))
        else:
            _inside(rest.pop(0), k, x)
    return moved(x, tuple(dims))


def _sliced(dim: Dim, part: slice) -> Dim:
    if isinstance(dim, int):
        return len(range(*part.indices(dim)))
    whole = part.start in (None, 0) and part.stop is None and part.step in (None, 1, -1)
    return dim if whole and (part.start is None or part.step != -1) else None


def _inside(dim: Dim, place: int, x: TensorType) -> None:
    if isinstance(dim, int) and not -dim <= place < dim:
        raise ShapeMismatch(f"there is no place {place} in {dim} of {x}", inputs=(0,))
    if isinstance(dim, Symbol) and dim == x.dims[0] and x.batched and place not in (0, -1):
        raise ShapeMismatch(f"a batch can be shorter than {abs(place)}", inputs=(0,))


@op(
    case((4, 3), tensor(2, dtype="int32"), axis=1),
    case((4, 3), TensorType((), "int"), axis=-1),
    case(TensorType((10, 8)), tensor(5, dtype="int32"), axis=0),
    case(TensorType((10,)), tensor(5, dtype="int32")),
)
def take(x: TensorType, indices: TensorType, *, axis: MaybeAxis = None) -> Result:
    """What is at places along an axis. (a, n, b), (...) -> (a, ..., b)"""
    refuse_plain("take", x)
    needs("take", indices.dtype, WHOLE, 1)
    if axis is None:
        return moved(x, indices.dims)
    at = position(axis, x.rank)
    return moved(x, (*x.dims[:at], *indices.dims, *x.dims[at + 1 :]))


@op(
    case((4, 3), tensor(4, 1, dtype="int32"), axis=2),
    case((4, 3), tensor(2, 3, dtype="int32"), axis=1),
    case(TensorType((4, 3)), TensorType((5,), "int32")),
)
def take_along_axis(x: TensorType, indices: TensorType, *, axis: MaybeAxis = None) -> Result:
    """What is at a place of its own for each number. (a, n, b), (a, k, b) -> (a, k, b)"""
    refuse_plain("take_along_axis", x)
    needs("take_along_axis", indices.dtype, WHOLE, 1)
    dims: Dims = (flat(x.dims),) if axis is None else x.dims
    if len(dims) != indices.rank:
        raise RankMismatch(
            f"ops.take_along_axis takes as many axes of places as x has; x is {x}, "
            f"the places are {indices}",
            inputs=(0, 1),
        )
    at = 0 if axis is None else position(axis, x.rank)
    return moved(x, broadcast(replaced(dims, at, indices.dims[at]), indices.dims))


Starts = Annotated[tuple[int, ...], ListOf(Int(0, 2**31 - 1))]
Lengths = Annotated[tuple[int, ...], ListOf(Int(-1, 2**31 - 1))]


@op(
    case((4, 3), start_indices=[0, 1, 0], shape=[-1, 2, 3]),
    case((None, 3), start_indices=[0, 1, 0], shape=[-1, -1, 2]),
    case(TensorType((4, 3)), start_indices=[1, 0], shape=[-1, 2]),
)
def slice_(inputs: TensorType, *, start_indices: Starts, shape: Lengths) -> Result:
    """A block from places on, -1 to the end. (batch, n) -> (batch, m)"""
    for argument, given in (("start_indices", start_indices), ("shape", shape)):
        if len(given) != inputs.rank:
            raise BadArgument(
                f"this wants a number for each of {inputs.rank} axes", argument=argument
            )
    dims: list[Dim] = []
    for i, (dim, start, length) in enumerate(zip(inputs.dims, start_indices, shape, strict=True)):
        if isinstance(dim, int) and start + max(length, 0) > dim:
            raise ShapeMismatch(
                f"axis {i} of {inputs} ends before {start + max(length, 0)}",
                argument="shape",
                inputs=(0,),
            )
        if isinstance(dim, Symbol) and length > 0 and start + length > 1:
            raise ShapeMismatch(
                f"axis {i} of {inputs} can be shorter than {start + length}",
                help="write -1 for all that there is",
                argument="shape",
                inputs=(0,),
            )
        if length >= 0:
            dims.append(length)
        else:
            dims.append(dim - start if isinstance(dim, int) else dim if start == 0 else None)
    return moved(inputs, tuple(dims))


@op(
    case(TensorType((4, 3)), TensorType((2, 3)), start_indices=[1, 0]),
    case(TensorType((8, 8, 2)), TensorType((2, 3, 1)), start_indices=[0, 4, 1]),
    case(tensor(8), tensor(2), start_indices=[0, 3]),
)
def slice_update(inputs: TensorType, updates: TensorType, *, start_indices: Starts) -> Result:
    """Other numbers in a block from places on. Any shape, unchanged"""
    if updates.rank != inputs.rank or len(start_indices) != inputs.rank:
        raise RankMismatch(
            f"ops.slice_update takes updates and starts of {inputs.rank} axes", inputs=(0, 1)
        )
    _same_dtype("slice_update", inputs, updates)
    for i, (dim, new, start) in enumerate(
        zip(inputs.dims, updates.dims, start_indices, strict=True)
    ):
        fits = dim == new and start == 0
        if isinstance(dim, int) and isinstance(new, int):
            fits = start + new <= dim
        if not fits and dim is not None and new is not None:
            raise ShapeMismatch(f"{updates} does not fit into {inputs} at axis {i}", inputs=(0, 1))
    return moved(inputs, inputs.dims)


def _same_dtype(name: str, one: TensorType, other: TensorType) -> None:
    if resolved(one.dtype) != resolved(other.dtype):
        raise DTypeMismatch(
            f"ops.{name} takes updates of the dtype of what they go into, {one.dtype}",
            help=f"write `ops.cast: {{dtype: {one.dtype}}}` before",
            inputs=(0, 1),
        )


@op(
    case(TensorType((5, 2), "int32"), TensorType((5,)), shape=[4, 4]),
    case(TensorType((5, 1), "int32"), TensorType((5, 3)), shape=[4, 3]),
    case(tensor(2, 2, dtype="int32"), tensor(2, 6), shape=[4, 4, 6]),
)
def scatter(indices: TensorType, values: TensorType, *, shape: Shape) -> Result:
    """Zeros, with numbers added at places. (n, k), (n, ...) -> shape"""
    needs("scatter", indices.dtype, WHOLE, 0)
    needs("scatter", values.dtype, ANY, 1)
    depth = _places("scatter", indices, len(shape))
    _fits("scatter", values, indices.dims[:-1] + shape[depth:])
    return Result(TensorType(shape, to.same(values.dtype)), (), 0)


Reduction = Annotated[str | None, Optional(Choice(("add", "max", "min", "mul")))]


@op(
    case(TensorType((4, 4)), TensorType((5, 2), "int32"), TensorType((5,))),
    case(TensorType((4, 4)), TensorType((5, 2), "int32"), TensorType((5,)), reduction="max"),
    case(tensor(3), TensorType((5, 1), "int32"), TensorType((5, 3)), reduction="add"),
)
def scatter_update(
    inputs: TensorType, indices: TensorType, updates: TensorType, *, reduction: Reduction = None
) -> Result:
    """Other numbers at places. Any shape, unchanged"""
    needs("scatter_update", indices.dtype, WHOLE, 1)
    _same_dtype("scatter_update", inputs, updates)
    depth = _places("scatter_update", indices, inputs.rank)
    _fits("scatter_update", updates, indices.dims[:-1] + inputs.dims[depth:])
    return moved(inputs, inputs.dims)


def _places(name: str, indices: TensorType, rank: int) -> int:
    """How many axes each place has."""
    needs_rank(f"ops.{name}", indices, 2, -1)
    depth = indices.dims[-1]
    if not isinstance(depth, int) or depth > rank:
        raise ShapeMismatch(
            f"ops.{name} takes places of at most {rank} axes, in the last axis of {indices}",
            inputs=(0,),
        )
    return depth


def _fits(name: str, values: TensorType, wanted: Dims) -> None:
    fits = len(values.dims) == len(wanted) and all(
        a == b or a is None or b is None for a, b in zip(values.dims, wanted, strict=True)
    )
    if not fits:
        raise ShapeMismatch(
            f"ops.{name} takes {TensorType(wanted)} for these places; this is {values}",
            inputs=(0, 1),
        )


Count = Annotated[int, Int(1, 2**31 - 1)]
Segments = Annotated[int | None, Optional(Int(1, 2**31 - 1))]
