"""Functions that make one number of many, along axes: sums, means, extremes, running sums."""

from __future__ import annotations

from typing import Annotated, Literal

from specc.catalogue.cost import for_each
from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.dtypes import DTYPES, result_type
from specc.catalogue.kinds import (
    Axes,
    Axis,
    Choice,
    Flag,
    Float,
    Int,
    ListOf,
    Number,
    Optional,
    Union,
)
from specc.catalogue.mismatch import BadArgument, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import (
    ANY,
    FLOATS,
    NUMBERS,
    REAL,
    Promotion,
    needs,
    promoted,
    whole_for_whole,
)
from specc.catalogue.shapes import Dims, merge_shapes, position, product, without
from specc.catalogue.types import Dim, TensorType

MaybeAxis = Annotated[int | None, Optional(Int(-64, 64))]
MaybeAxes = Annotated[
    int | tuple[int, ...] | None, Optional(Union((Int(-64, 64), ListOf(Int(-64, 64), 1))))
]
NUMERIC = tuple(d for d in DTYPES if d != "string")
MaybeDType = Annotated[str | None, Optional(Choice(NUMERIC))]

_CASES = (
    case((4, 3)),
    case((4, 3), axis=-1),
    case((4, None), axis=[1, 2], keepdims=True),
    case((4, 3), axis=0),
    case(tensor(3, dtype="int8"), axis=1, keepdims=True),
    case(tensor(3, dtype="int64")),
    case(tensor(3, dtype="uint8")),
)
_ONE_AXIS = (
    case((4, 3)),
    case((4, 3), axis=-1),
    case((4, None), axis=1, keepdims=True),
    case(tensor(3, dtype="int8"), axis=0),
)


def axes_of(axis: int | tuple[int, ...] | None, rank: int) -> tuple[int, ...]:
    """The axes counted from 0, all of them for `None`; raises `BadArgument` for a repeated one."""
    if axis is None:
        return tuple(range(rank))
    given = (axis,) if isinstance(axis, int) else axis
    found = tuple(position(a, rank) for a in given)
    if len(set(found)) < len(found):
        raise BadArgument("an axis is named twice", argument="axis")
    return found


def reduced(dims: Dims, axis: int | tuple[int, ...] | None, keepdims: bool) -> Dims:
    """The dimensions that are left; with `keepdims` those taken away are 1."""
    axes = axes_of(axis, len(dims))
    if keepdims:
        return tuple(1 if i in axes else d for i, d in enumerate(dims))
    return without(dims, axes)


def flat(dims: Dims) -> Dim:
    """The one dimension that is left when all are laid in a row."""
    return dims[0] if len(dims) == 1 else product(dims)


def _reduction(name: str, promotion: Promotion, takes: str, what: str) -> Definition:
    def rule(x: TensorType, *, axis: MaybeAxes = None, keepdims: Flag = False) -> Result:
        needs(name, x.dtype, takes)
        output = TensorType(reduced(x.dims, axis, keepdims), promotion(x.dtype))
        return Result(output, (), for_each(x))

    rule.__doc__ = f"{what} along axes. (batch, ...) -> (batch, ...)"
    cases = [c for c in _CASES if to.group(c.inputs[0].dtype) in takes]
    return op(*cases, name=name)(rule)


def _of_one_axis(name: str, what: str) -> Definition:
    def rule(x: TensorType, *, axis: MaybeAxis = None, keepdims: Flag = False) -> Result:
        needs(name, x.dtype, REAL)
        return Result(TensorType(reduced(x.dims, axis, keepdims), "int32"), (), for_each(x))

    rule.__doc__ = f"{what} along an axis. (batch, ...) -> (batch, ...)"
    return op(*_ONE_AXIS, name=name)(rule)


def _extreme(name: str, what: str) -> Definition:
    def rule(
        x: TensorType,
        *,
        axis: MaybeAxes = None,
        keepdims: Flag = False,
        initial: Annotated[float | None, Optional(Float())] = None,
    ) -> Result:
        needs(name, x.dtype, REAL)
        whole_for_whole(initial, x.dtype, "initial")
        output = TensorType(reduced(x.dims, axis, keepdims), to.same(x.dtype))
        return Result(output, (), for_each(x))

    rule.__doc__ = f"{what} along axes. (batch, ...) -> (batch, ...)"
    return op(*_CASES, case((4, 3), axis=1, initial=0.0), name=name)(rule)


def _mean(dtype: str) -> str:
    return result_type(dtype, "float32") if to.group(dtype) in "iub" else to.same(dtype)


def _of_floats(dtype: str) -> str:
    return result_type(dtype, "float")


REDUCTIONS = tuple(
    _reduction(name, promotion, takes, what)
    for name, promotion, takes, what in (
        ("sum", to.summing, ANY, "The sum"),
        ("mean", _mean, ANY, "The mean"),
        ("std", to.floating_if_whole, REAL, "The standard deviation"),
        ("var", _of_floats, ANY, "The variance"),
        ("median", to.floating, REAL, "The middle number"),
        ("amax", to.same, REAL, "The largest number"),
        ("amin", to.same, REAL, "The smallest number"),
        ("ptp", to.same, NUMBERS, "The distance from the smallest to the largest"),
        ("all", to.truth, ANY, "Whether all are true"),
        ("any", to.truth, ANY, "Whether one is true"),
        ("logsumexp", to.float32, FLOATS, "log(sum(exp(x)))"),
        ("nansum", to.summing, ANY, "The sum, NaN left out,"),
        ("nanmean", _of_floats, REAL, "The mean, NaN left out,"),
        ("nanmax", to.same, REAL, "The largest number, NaN left out,"),
        ("nanmin", to.same, REAL, "The smallest number, NaN left out,"),
        ("nanprod", to.summing, ANY, "The product, NaN left out,"),
        ("nanstd", _of_floats, REAL, "The standard deviation, NaN left out,"),
        ("nanvar", _of_floats, REAL, "The variance, NaN left out,"),
        ("nanmedian", _of_floats, FLOATS, "The middle number, NaN left out,"),
    )
)
EXTREMES = (
    _extreme("max", "The largest number"),
    _extreme("min", "The smallest number"),
)
PLACES = (
    _of_one_axis("argmax", "The place of the largest number"),
    _of_one_axis("argmin", "The place of the smallest number"),
    _of_one_axis("nanargmax", "The place of the largest number, NaN left out,"),
    _of_one_axis("nanargmin", "The place of the smallest number, NaN left out,"),
)


@op(*_CASES, case((4, 3), axis=1, dtype="float64"))
def prod(
    x: TensorType, *, axis: MaybeAxes = None, keepdims: Flag = False, dtype: MaybeDType = None
) -> Result:
    """The product along axes. (batch, ...) -> (batch, ...)"""
    needs("prod", x.dtype, ANY)
    output = TensorType(reduced(x.dims, axis, keepdims), dtype or to.summing(x.dtype))
    return Result(output, (), for_each(x))


@op(case((4, 3)), case((4, 3), axis=[1, 2]))
def count_nonzero(x: TensorType, *, axis: MaybeAxes = None) -> Result:
    """How many numbers are not 0, along axes. (batch, ...) -> (batch, ...)"""
    needs("count_nonzero", x.dtype, ANY)
    return Result(TensorType(reduced(x.dims, axis, False), "int32"), (), for_each(x))


def _running(name: str, takes: str, what: str) -> Definition:
    def rule(x: TensorType, *, axis: MaybeAxis = None, dtype: MaybeDType = None) -> Result:
        needs(name, x.dtype, takes)
        if axis is not None:
            position(axis, x.rank)
        dims = (flat(x.dims),) if axis is None else x.dims
        return Result(TensorType(dims, to.counting(dtype or x.dtype)), (), for_each(x))

    rule.__doc__ = f"{what} along an axis, over all numbers in a row without one"
    cases = (case((4, 3), axis=1), case((4, 3)), case(3, axis=1, dtype="float16"))
    return op(*cases, name=name)(rule)


RUNNING = (
    _running("cumsum", ANY, "The running sum"),
    _running("cumprod", ANY, "The running product"),
    _running("nancumsum", REAL, "The running sum, NaN left out,"),
    _running("nancumprod", REAL, "The running product, NaN left out,"),
)

Method = Annotated[
    Literal["linear", "lower", "higher", "midpoint", "nearest"],
    Choice(("linear", "lower", "higher", "midpoint", "nearest")),
]


Share = Annotated[float | tuple[float, ...], Union((Float(0, 1), ListOf(Float(0, 1), 2)))]
Percentage = Annotated[float | tuple[float, ...], Union((Float(0, 100), ListOf(Float(0, 100), 2)))]


def _quantile(name: str, promotion: Promotion, what: str) -> Definition:
    def rule(
        x: TensorType,
        *,
        q: Share,
        axis: MaybeAxes = None,
        method: Method = "linear",
        keepdims: Flag = False,
    ) -> Result:
        needs(name, x.dtype, FLOATS if name.startswith("nan") else REAL)
        several: Dims = (len(q),) if isinstance(q, tuple) else ()
        output = TensorType((*several, *reduced(x.dims, axis, keepdims)), promotion(x.dtype))
        return Result(output)

    rule.__doc__ = f"{what} along axes. (batch, ...) -> (batch, ...)"
    scale = 100 if "percent" in name else 1
    if scale == 100:
        rule.__annotations__["q"] = "Percentage"
    cases = (
        case((4, 3), q=scale / 2),
        case((4, 3), q=scale / 2, axis=1, keepdims=True),
        case((4, 3), q=[0.0, scale / 4], axis=-1, method="nearest"),
    )
    return op(*cases, name=name)(rule)


def _percentile(dtype: str) -> str:
    return to.same(dtype) if to.group(dtype) == "f" else "float32"


def _nanpercentile(dtype: str) -> str:
    return "float32" if to.group(dtype) in "iu" else result_type(dtype, "float")


QUANTILES = (
    _quantile("quantile", to.floating, "The number that a share lies below"),
    _quantile("percentile", _percentile, "The number that a percentage lies below"),
    _quantile("nanquantile", to.floating, "The quantile, NaN left out,"),
    _quantile("nanpercentile", _nanpercentile, "The percentile, NaN left out,"),
)


@op(
    case((4, 3), (4, 3)), case((4, 3)), case((4, 3), axis=1), case((4, 3), TensorType((3,)), axis=2)
)
def average(x: TensorType, weights: TensorType | None = None, *, axis: MaybeAxis = None) -> Result:
    """The weighted mean along an axis. (batch, ...) -> (batch, ...)"""
    needs("average", x.dtype, ANY)
    dims = reduced(x.dims, axis, False)
    if weights is None:
        return Result(TensorType(dims, result_type(x.dtype, "float")), (), for_each(x))
    dtype = result_type(promoted("average", x, weights), "float")
    along = weights.rank == 1 and axis is not None and x.rank > 1
    wanted = (x.dims[position(axis, x.rank)],) if along and axis is not None else x.dims
    try:
        merge_shapes(wanted, weights.dims)
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"ops.average takes weights of the shape of x, or one for each place along `axis`; "
            f"x is {x}, the weights are {weights}: {error.message}",
            inputs=(0, 1),
        ) from None
    return Result(TensorType(dims, dtype), (), for_each(x, 2))


@op(case((4, 3), axes=[1]), case((4, 3), axes=[0, 1], keepdims=True), case((4, 3), axes=-1))
def moments(
    x: TensorType, *, axes: Axes, keepdims: Flag = False, synchronized: Flag = False
) -> Result:
    """The mean and the variance along axes. (batch, ...) -> (batch, ...), (batch, ...)"""
    needs("moments", x.dtype, FLOATS)
    output = TensorType(reduced(x.dims, axes, keepdims), to.same(x.dtype))
    return Result((output, output), (), for_each(x, 2))


@op(case((4, 3)), case((4, 3), axis=2, dx=0.5))
def trapezoid(y: TensorType, *, dx: Number = 1.0, axis: Axis = -1) -> Result:
    """The integral along an axis by trapezoids. (batch, ..., n, ...) -> (batch, ..., ...)"""
    needs("trapezoid", y.dtype, REAL)
    at = position(axis, y.rank)
    if axis < -1:
        raise BadArgument(
            f"TensorFlow fails here; the same axis is {at}", argument="axis", help=f"write {at}"
        )
    return Result(
        TensorType(without(y.dims, (at,)), result_type(y.dtype, "float")), (), for_each(y)
    )
