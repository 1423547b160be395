"""Normalisation: by statistics of the batch, of the example, of a group, or of data seen before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from specc.catalogue.cost import (
    NORMALIZE_GROUP,
    NORMALIZE_STORED,
    for_each,
    normalized,
    normalized_rms,
)
from specc.catalogue.define import Result, Weight, case, layer
from specc.catalogue.kinds import (
    Axes,
    Axis,
    Flag,
    Float,
    Int,
    ListOf,
    MappingOf,
    Numbers,
    Optional,
    Union,
    array_shape,
)
from specc.catalogue.mismatch import BadArgument, BadCombination, ShapeMismatch
from specc.catalogue.shapes import needs_size, position
from specc.catalogue.types import TensorType

Groups = Annotated[int, Int(-1, 2**31 - 1)]
Clipping = Annotated[Mapping[str, float] | None, Optional(MappingOf(Float()))]
DataAxes = Annotated[
    int | tuple[int, ...] | None, Optional(Union((Int(-64, 64), ListOf(Int(-64, 64)))))
]
Statistics = Annotated[Any, Optional(Numbers())]


def _positions(inputs: TensorType, axis: int | tuple[int, ...]) -> list[int]:
    """The axes counted from 0, in the order in which Keras makes its weights."""
    axes = (axis,) if isinstance(axis, int) else tuple(sorted(axis))
    positions = [position(a, inputs.rank) for a in axes]
    if len(set(positions)) < len(positions):
        raise BadArgument("an axis is named twice", argument="axis")
    return positions


def _lengths(name: str, inputs: TensorType, axis: int | tuple[int, ...]) -> tuple[int, ...]:
    """The lengths along the axes, which must be known."""
    positions = _positions(inputs, axis)
    return tuple(needs_size(name, inputs, p, f"length of axis {p}") for p in positions)


def _scale_and_shift(shape: tuple[int, ...], scale: bool, center: bool) -> tuple[Weight, ...]:
    gamma = (Weight("gamma", shape),) if scale else ()
    return (*gamma, Weight("beta", shape)) if center else gamma


@layer(
    case(4),
    case((10, 8), axis=1, scale=False),
    case((20, 17, 3), center=False),
    case((None, 8), renorm=True),
    case((3, 20, 17), axis=1, renorm=True, renorm_clipping={"rmax": 3.0, "dmax": 5}),
)
def BatchNormalization(
    inputs: TensorType,
    *,
    axis: Axis = -1,
    center: Flag = True,
    scale: Flag = True,
    renorm: Flag = False,
    renorm_clipping: Clipping = None,
    dtype: str,
) -> Result:
    """Makes mean 0 and variance 1 over the batch. Any shape, unchanged (Ioffe & Szegedy 2015)

    The length along `axis`, the channels, must be known. At inference the moving averages are used.
    """
    if renorm and renorm_clipping:
        _check_clipping(renorm_clipping)
    shape = _lengths("BatchNormalization", inputs, axis)
    stored = ["moving_mean", "moving_variance"]
    if renorm:
        stored += ["moving_stddev", "renorm_mean", "renorm_stddev"]
    weights = _scale_and_shift(shape, scale, center)
    weights += tuple(Weight(name, shape, trainable=False) for name in stored)
    return Result(inputs.cast(dtype), weights, for_each(inputs, NORMALIZE_STORED))


def _check_clipping(clipping: Mapping[str, float]) -> None:
    for key in clipping:
        if key not in ("rmax", "rmin", "dmax"):
            raise BadArgument(
                f"renorm_clipping has no `{key}`",
                argument=("renorm_clipping", key),
                help="it takes `rmax`, `rmin` and `dmax`",
            )
    rmax, rmin, dmax = (clipping.get(k) for k in ("rmax", "rmin", "dmax"))
    if rmax is not None and rmin is not None and rmax < rmin:
        raise BadCombination("rmax is below rmin", argument=("renorm_clipping", "rmax"))
    if dmax is not None and dmax < 0:
        raise BadArgument("dmax is at least 0", argument=("renorm_clipping", "dmax"))


@layer(
    case(4),
    case((10, 8), axis=[1, 2]),
    case((10, 8), center=False),
    case((None, 8), scale=False),
    case((10, 8), axis=-2),
)
def LayerNormalization(
    inputs: TensorType,
    *,
    axis: Axes = -1,
    center: Flag = True,
    scale: Flag = True,
    dtype: str,
) -> Result:
    """Makes mean 0 and variance 1 within each example. Any shape, unchanged (Ba et al. 2016)

    The lengths along `axis` must be known, unless neither `scale` nor `center` learns anything.
    """
    cost = normalized(inputs, _positions(inputs, axis), scale, center)
    if not scale and not center:
        return Result(inputs.cast(dtype), (), cost)
    shape = _lengths("LayerNormalization", inputs, axis)
    return Result(inputs.cast(dtype), _scale_and_shift(shape, scale, center), cost)


@layer(
    case(64),
    case((10, 8), groups=4),
    case((20, 17, 6), groups=-1, center=False),
    case((6, 17), axis=1, groups=3, scale=False),
    case((None, 8), groups=1),
)
def GroupNormalization(
    inputs: TensorType,
    *,
    groups: Groups = 32,
    axis: Axis = -1,
    center: Flag = True,
    scale: Flag = True,
    dtype: str,
) -> Result:
    """Makes mean 0 and variance 1 within groups of channels. Any shape, unchanged (Wu & He 2018)

    `groups` divides the number of channels; -1 is a group for each.
    """
    (channels,) = shape = _lengths("GroupNormalization", inputs, axis)
    if groups == 0:
        raise BadArgument(
            "this wants a whole number, at least 1, or -1 for one group a channel, not 0",
            argument="groups",
        )
    if groups > 0 and channels % groups:
        divisors = [d for d in range(min(channels, groups), 0, -1) if channels % d == 0]
        raise ShapeMismatch(
            f"GroupNormalization shares {channels} channels out to {groups} groups, which does not"
            f" divide; its input is {inputs}",
            help=f"`groups: {divisors[0]}` would" if divisors else None,
            argument="groups",
            inputs=(0,),
        )
    cost = for_each(inputs, NORMALIZE_GROUP)
    return Result(inputs.cast(dtype), _scale_and_shift(shape, scale, center), cost)


@layer(case(4), case((10, 8), axis=[1, 2]), case((None, 8)))
def RMSNormalization(x: TensorType, *, axis: Axes = -1, dtype: str) -> Result:
    """Divides by the root mean square. Any shape, unchanged (Zhang & Sennrich 2019)"""
    shape = _lengths("RMSNormalization", x, axis)
    cost = normalized_rms(x, _positions(x, axis))
    return Result(x.cast(dtype), (Weight("scale", shape),), cost)


@layer(case(4), case((10, 8), axis=1), case((None, 8), axis=[1, 2]))
def UnitNormalization(inputs: TensorType, *, axis: Axes = -1, dtype: str) -> Result:
    """Divides by the length of the vectors along `axis`. Any shape, unchanged"""
    for each in (axis,) if isinstance(axis, int) else axis:
        position(each, inputs.rank)
    return Result(inputs.cast(dtype), (), for_each(inputs, 3))


@layer(
    case(4),
    case((10, 8), axis=None),
    case((10, 8), axis=[1, 2]),
    case((None, 3), mean=[1.0, 2.0, 3.0], variance=[1, 1, 1]),
    case((10, 8), mean=0.5, variance=2.0),
)
def Normalization(
    inputs: TensorType,
    *,
    axis: DataAxes = -1,
    mean: Statistics = None,
    variance: Statistics = None,
    dtype: str,
) -> Result:
    """Makes mean 0 and variance 1 over the data. Any shape, unchanged

    Learns both from the training data before training, unless they are given. Lengths along `axis`
    must be known.
    """
    if (mean is None) != (variance is None):
        raise BadCombination(
            "Normalization takes both `mean` and `variance`, or none of them",
            argument="mean" if variance is None else "variance",
        )
    axes = () if axis is None else axis
    axes = (axes,) if isinstance(axes, int) else tuple(position(a, inputs.rank) for a in axes)
    shape = _lengths("Normalization", inputs, tuple(sorted(position(a, inputs.rank) for a in axes)))
    cost = for_each(inputs, NORMALIZE_STORED)
    if mean is None:
        weights = (
            Weight("mean", shape, trainable=False),
            Weight("variance", shape, trainable=False),
            Weight("count", (), trainable=False),
        )
        return Result(inputs.cast(dtype), weights, cost)
    given = array_shape(mean)
    if given != array_shape(variance):
        raise BadCombination("`mean` and `variance` hold equally many numbers", argument="variance")
    if len(given) > len(shape) or any(
        n not in (1, length) for n, length in zip(given[::-1], shape[::-1], strict=False)
    ):
        raise ShapeMismatch(
            f"Normalization has statistics of shape {given} for lengths {shape}; its input is"
            f" {inputs}",
            argument="mean",
            inputs=(0,),
        )
    return Result(inputs.cast(dtype), (), cost)
