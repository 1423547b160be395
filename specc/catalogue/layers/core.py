"""Dense layers, and those that pass a tensor on unchanged."""

from __future__ import annotations

from specc.catalogue.define import Result, Weight, case, layer
from specc.catalogue.kinds import Flag, Positive, Rate
from specc.catalogue.mismatch import RankMismatch, UnknownSize
from specc.catalogue.types import TensorType


@layer(case(4, units=7), case((10, 8), units=7, use_bias=False))
def Dense(inputs: TensorType, *, units: Positive, use_bias: Flag = True, dtype: str) -> Result:
    """A fully connected layer. (batch, ..., features) -> (batch, ..., units)"""
    if inputs.rank < 2:
        raise RankMismatch(f"Dense takes at least 2 dimensions; this is {inputs}", inputs=(0,))
    features = inputs[-1]
    if not isinstance(features, int):
        raise UnknownSize(f"Dense needs to know the last dimension; this is {inputs}", inputs=(0,))
    kernel = Weight("kernel", (features, units))
    weights = (kernel, Weight("bias", (units,))) if use_bias else (kernel,)
    return Result(TensorType((*inputs[:-1], units), dtype), weights)


@layer(case(4, rate=0.5))
def Dropout(inputs: TensorType, *, rate: Rate) -> Result:
    """Sets a fraction of the numbers to 0 while training. Any shape, unchanged."""
    return Result(inputs)
