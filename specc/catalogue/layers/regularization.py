"""Dropout and noise, which act while training only, and a penalty on activity."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Case, Definition, Result, case, layer
from specc.catalogue.kinds import DataFormat, Float, Int, ListOf, Optional, Rate
from specc.catalogue.layers.layout import layout
from specc.catalogue.mismatch import BadArgument, ShapeMismatch
from specc.catalogue.shapes import broadcast
from specc.catalogue.types import TensorType

NoiseShape = Annotated[tuple[int | None, ...] | None, Optional(ListOf(Optional(Int(1, 2**31 - 1))))]
Penalty = Annotated[float, Float(0)]


def _check_noise(name: str, inputs: TensorType, noise_shape: tuple[int | None, ...] | None) -> None:
    """Raises unless the noise broadcasts to the input, `null` being the input's own length."""
    if noise_shape is None:
        return
    open_lengths = None in noise_shape and len(noise_shape) != inputs.rank
    drawn = tuple(d if n is None else n for n, d in zip(noise_shape, inputs.dims, strict=False))
    try:
        fits = len(noise_shape) <= inputs.rank and broadcast(inputs.dims, drawn) == inputs.dims
    except ShapeMismatch:
        fits = False
    if open_lengths or not fits:
        raise BadArgument(
            f"{name} cannot stretch its noise_shape over {inputs}",
            argument="noise_shape",
            help="each length is 1, or the input's own, for which `null` stands; the batch is one",
        )


@layer(
    case(4, rate=0.5),
    case((10, 8), rate=0.0),
    case((10, 8), rate=0.5, noise_shape=[None, 1, 8]),
)
def Dropout(
    inputs: TensorType, *, rate: Rate, noise_shape: NoiseShape = None, dtype: str
) -> Result:
    """Sets a fraction of the numbers to 0 while training. Any shape, unchanged

    Along a 1 in `noise_shape` whole rows go together. (Srivastava et al. 2014)
    """
    _check_noise("Dropout", inputs, noise_shape)
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4, rate=0.5), case((10, 8), rate=0.1, noise_shape=[None, 1, None]))
def AlphaDropout(
    inputs: TensorType, *, rate: Rate, noise_shape: NoiseShape = None, dtype: str
) -> Result:
    """Dropout that keeps mean and variance, for SELU. Any shape, unchanged"""
    _check_noise("AlphaDropout", inputs, noise_shape)
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4, rate=0.5), case((10, 8), rate=0.1))
def GaussianDropout(inputs: TensorType, *, rate: Rate, dtype: str) -> Result:
    """Multiplies by noise around 1 while training. Any shape, unchanged"""
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4, stddev=0.5), case((10, 8), stddev=0.1))
def GaussianNoise(inputs: TensorType, *, stddev: Rate, dtype: str) -> Result:
    """Adds noise around 0 while training. Any shape, unchanged"""
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4), case((10, 8), l1=0.1, l2=0.01))
def ActivityRegularization(
    inputs: TensorType, *, l1: Penalty = 0.0, l2: Penalty = 0.0, dtype: str
) -> Result:
    """Adds the size of its numbers to the loss. Any shape, unchanged"""
    return Result(inputs.cast(dtype), (), 0)


@layer(case((10, 8), rate=0.1), case((None, 8), rate=1))
def SpatialDropout1D(inputs: TensorType, *, rate: Rate, dtype: str) -> Result:
    """Dropout of whole channels. (batch, time, channels), unchanged"""
    layout("SpatialDropout1D", inputs, 1)
    return Result(inputs.cast(dtype), (), 0)


def spatial_dropout(axes: int, *cases: Case) -> Definition:
    """`SpatialDropout2D` or `SpatialDropout3D`."""
    name = f"SpatialDropout{axes}D"

    def rule(
        inputs: TensorType, *, rate: Rate, data_format: DataFormat = None, dtype: str
    ) -> Result:
        """Dropout of whole channels. (batch, space..., channels), unchanged"""
        layout(name, inputs, axes, data_format)
        return Result(inputs.cast(dtype), (), 0)

    return layer(*cases, name=name, axes=axes)(rule)


SpatialDropout2D = spatial_dropout(
    2, case((9, 9, 3), rate=0.1), case((3, None, 9), rate=0.1, data_format="channels_first")
)
SpatialDropout3D = spatial_dropout(
    3, case((9, 9, 9, 3), rate=0.1), case((3, 9, None, 9), rate=0.1, data_format="channels_first")
)
