"""Functions that repeat numbers or put others around them."""

from __future__ import annotations

from typing import Annotated, Literal

from specc.catalogue.define import Result, case, op
from specc.catalogue.kinds import Choice, Float, Int, Kind, ListOf, Optional, Union
from specc.catalogue.mismatch import BadArgument, BadCombination, ShapeMismatch
from specc.catalogue.ops.promotion import whole_for_whole
from specc.catalogue.ops.reduction import MaybeAxes, MaybeAxis, axes_of, flat
from specc.catalogue.ops.shape import moved
from specc.catalogue.shapes import Dims, position, replaced
from specc.catalogue.types import Dim, Symbol, TensorType

_TIMES = Int(0, 2**31 - 1)
Times = Annotated[int | tuple[int, ...], Union((_TIMES, ListOf(_TIMES, 1)))]
_PAIR: Kind = ListOf(_TIMES, 2, 2)
PadWidth = Annotated[
    int | tuple[int, ...] | tuple[tuple[int, ...], ...],
    Union((_TIMES, _PAIR, ListOf(_PAIR, 1))),
]

_STEPS = Int(-(2**31), 2**31 - 1)
Shift = Annotated[int | tuple[int, ...], Union((_STEPS, ListOf(_STEPS, 1)))]


def _multiplied(dim: Dim, times: int) -> Dim:
    if times == 1:
        return dim
    return dim * times if isinstance(dim, int) else None


@op(case((4, 3), repeats=2), case((4, 3), repeats=[1, 2, 3]), case(3, repeats=[2, 1, 1]))
def tile(x: TensorType, *, repeats: Times) -> Result:
    """The whole tensor again along each of the last axes. (batch, n) -> (batch, n * times)"""
    times = (repeats,) if isinstance(repeats, int) else repeats
    missing = x.rank - len(times)
    times = (1,) * missing + times
    dims: Dims = (1,) * -missing + x.dims
    return moved(x, tuple(_multiplied(d, n) for d, n in zip(dims, times, strict=True)))


@op(
    case((4, 3), repeats=2, axis=1),
    case((4, 3), repeats=[1, 2, 3], axis=2),
    case((4, 3), repeats=2),
    case((None, 3), repeats=2, axis=1),
    case(TensorType((4, 3)), repeats=2),
)
def repeat(x: TensorType, *, repeats: Times, axis: MaybeAxis = None) -> Result:
    """Each number again and again along an axis. (batch, n) -> (batch, n * times)"""
    dims: Dims = (flat(x.dims) if x.dims else 1,) if axis is None else x.dims
    at = 0 if axis is None else position(axis, x.rank)
    if isinstance(repeats, int) or len(repeats) == 1:
        times = repeats if isinstance(repeats, int) else repeats[0]
        return moved(x, replaced(dims, at, _multiplied(dims[at], times)))
    if isinstance(dims[at], Symbol):
        raise ShapeMismatch(
            f"ops.repeat has {len(repeats)} numbers of repeats, and `{dims[at]}` can be any length",
            argument="repeats",
            inputs=(0,),
        )
    if dims[at] not in (None, len(repeats)):
        raise ShapeMismatch(
            f"ops.repeat wants one number of repeats, or one for each of {dims[at]} places",
            argument="repeats",
            inputs=(0,),
        )
    return moved(x, replaced(dims, at, sum(repeats)))


@op(case((4, 3), shift=1), case((4, 3), shift=2, axis=1), case((4, 3), shift=[1, 2], axis=[1, 2]))
def roll(x: TensorType, *, shift: Shift, axis: MaybeAxes = None) -> Result:
    """The numbers moved along axes, the last to the front. Any shape, unchanged"""
    axes = axes_of(axis, x.rank)
    alike = isinstance(shift, tuple) is isinstance(axis, tuple)
    if not alike or (isinstance(shift, tuple) and len(shift) != len(axes)):
        raise BadCombination(
            "shift and axis are a number each, or lists of one length", argument="shift"
        )
    return moved(x, x.dims)


@op(
    case((4, 3), pad_width=[[0, 0], [1, 1], [0, 2]]),
    case((4, 3), pad_width=[[0, 0], [1, 1], [0, 2]], constant_values=1.0),
    case((4, 3), pad_width=[[0, 0], [1, 1], [1, 1]], mode="reflect"),
    case(TensorType((4,)), pad_width=1),
    case(TensorType((4,)), pad_width=[1, 2]),
)
def pad(
    x: TensorType,
    *,
    pad_width: PadWidth,
    mode: Annotated[
        Literal["constant", "reflect", "symmetric"], Choice(("constant", "reflect", "symmetric"))
    ] = "constant",
    constant_values: Annotated[float | None, Optional(Float())] = None,
) -> Result:
    """Numbers before and behind along each axis. (batch, n) -> (batch, before + n + behind)"""
    if constant_values is not None and mode != "constant":
        raise BadCombination(
            f"`constant_values` has no meaning with `mode: {mode}`", argument="constant_values"
        )
    whole_for_whole(constant_values, x.dtype, "constant_values")
    widths = _widths(pad_width, x.rank)
    dims: list[Dim] = []
    for i, (dim, (before, behind)) in enumerate(zip(x.dims, widths, strict=True)):
        limit = {"reflect": -1, "symmetric": 0}.get(mode)
        if limit is not None and isinstance(dim, int) and max(before, behind) > dim + limit:
            raise ShapeMismatch(
                f"`mode: {mode}` has only {max(dim + limit, 0)} numbers to copy along axis {i}",
                argument="pad_width",
                inputs=(0,),
            )
        added = before + behind
        dims.append(dim if added == 0 else dim + added if isinstance(dim, int) else None)
    return moved(x, tuple(dims))


def _widths(
    given: int | tuple[int, ...] | tuple[tuple[int, ...], ...], rank: int
) -> list[tuple[int, int]]:
    """`pad_width` as a pair for each axis; one number or pair is for one axis alone."""
    pairs: list[tuple[int, int]] = []
    if isinstance(given, int):
        pairs.append((given, given))
    else:
        numbers = [g for g in given if isinstance(g, int)]
        pairs += [(numbers[0], numbers[1])] if numbers else []
        pairs += [(g[0], g[1]) for g in given if not isinstance(g, int)]
    if len(pairs) != rank:
        raise BadArgument(
            f"this wants a pair for each of {rank} axes, the batch included", argument="pad_width"
        )
    return pairs
