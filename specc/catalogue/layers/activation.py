"""Activations as layers: each number by itself, and softmax."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, Weight, case, layer, tensor
from specc.catalogue.kinds import Axes, Float, Instance, Int, ListOf, Named, Number, Optional, Union
from specc.catalogue.mismatch import BadArgument, ShapeMismatch
from specc.catalogue.shapes import broadcast, position
from specc.catalogue.types import TensorType

Function = Annotated[str | Instance | None, Optional(Named("activation"))]
Slope = Annotated[float, Float(0)]
Ceiling = Annotated[float | None, Optional(Float(0))]
SharedAxes = Annotated[
    int | tuple[int, ...] | None, Optional(Union((Int(1, 64), ListOf(Int(1, 64)))))
]


@layer(case(4, activation="relu"), case((10, 8), activation="softmax"), case(3, activation=None))
def Activation(inputs: TensorType, *, activation: Function, dtype: str) -> Result:
    """Applies a function by its name. Any shape, unchanged"""
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4), case((10, 8), alpha=0.5))
def ELU(inputs: TensorType, *, alpha: Number = 1.0, dtype: str) -> Result:
    """Exponential below 0. Any shape, unchanged (Clevert et al. 2016)"""
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4), case((10, 8), negative_slope=0.1))
def LeakyReLU(inputs: TensorType, *, negative_slope: Slope = 0.3, dtype: str) -> Result:
    """A small slope below 0. Any shape, unchanged"""
    return Result(inputs.cast(dtype), (), 0)


@layer(case(4), case((10, 8), max_value=6.0), case((2, 3), negative_slope=0.1, threshold=1.0))
def ReLU(
    inputs: TensorType,
    *,
    max_value: Ceiling = None,
    negative_slope: Slope = 0.0,
    threshold: Slope = 0.0,
    dtype: str,
) -> Result:
    """Nothing below 0. Any shape, unchanged"""
    return Result(inputs.cast(dtype), (), 0)


@layer(
    case(4),
    case((10, 8), shared_axes=[1]),
    case((20, 17, 3), shared_axes=[1, 2]),
    case((None, 8), shared_axes=1),
)
def PReLU(inputs: TensorType, *, shared_axes: SharedAxes = None, dtype: str) -> Result:
    """A learned slope below 0. Any shape, unchanged (He et al. 2015)

    Each number of an example has a slope of its own, but along `shared_axes` (from 1), so that
    unknown dimensions must be shared.
    """
    shared = (shared_axes,) if isinstance(shared_axes, int) else shared_axes or ()
    for axis in shared:
        if axis >= inputs.rank:
            raise BadArgument(
                f"there is no axis {axis} to share in {inputs}",
                argument="shared_axes",
                help=f"axes go from 1 to {inputs.rank - 1}",
            )
    shape: list[int] = []
    for axis, dim in enumerate(inputs.dims[1:], 1):
        if axis in shared:
            shape.append(1)
        elif isinstance(dim, int):
            shape.append(dim)
        else:
            raise ShapeMismatch(
                f"PReLU has a slope for each place, and the length of axis {axis} is not known:"
                f" {inputs}",
                help=f"`shared_axes: [{axis}]` shares one along it",
                inputs=(0,),
            )
    return Result(inputs.cast(dtype), (Weight("alpha", tuple(shape)),), 0)


@layer(
    case(4),
    case((10, 8), axis=1),
    case((4, 5, 6), axis=[1, 2]),
    case((10, 8), tensor(10, 8, dtype="bool")),
)
def Softmax(
    inputs: TensorType, mask: TensorType | None = None, *, axis: Axes = -1, dtype: str
) -> Result:
    """Makes the numbers along `axis` positive and sum to 1. Any shape, unchanged

    `mask` broadcasts to the inputs; where it is false the result is 0.
    """
    axes = (axis,) if isinstance(axis, int) else axis
    for each in axes:
        position(each, inputs.rank)
    if len({a % inputs.rank for a in axes}) < len(axes):
        raise BadArgument("an axis is named twice", argument="axis")
    if mask is not None:
        try:
            fits = len(mask.dims) <= inputs.rank
            fits = fits and broadcast(inputs.dims, mask.dims) == inputs.dims
        except ShapeMismatch:
            fits = False
        if not fits:
            raise ShapeMismatch(
                f"Softmax takes a mask that broadcasts to its input; {mask} does not to {inputs}",
                inputs=(0, 1),
            )
    return Result(inputs.cast(dtype), (), 0)
