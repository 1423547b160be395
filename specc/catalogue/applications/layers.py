"""Layers that only applications have: no spec can name them."""

from __future__ import annotations

from collections import ChainMap
from dataclasses import replace
from typing import Annotated

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.cost import for_each
from specc.catalogue.define import Definition, Result, Tensors, Weight, case, definitions, layer
from specc.catalogue.kinds import Float, Int
from specc.catalogue.mismatch import RankMismatch, ShapeMismatch
from specc.catalogue.types import TensorType

Scale = Annotated[float, Float()]
Features = Annotated[int, Int(1)]


@layer(case((4, 4, 8), init_values=1e-6, projection_dim=8))
def LayerScale(
    x: TensorType, *, projection_dim: Features, init_values: Scale = 1e-6, dtype: str
) -> Result:
    """A learned factor for each feature. (batch, ..., features) -> the same (Touvron 2021)"""
    if x.rank < 1 or x[-1] not in (projection_dim, None):
        raise ShapeMismatch(f"LayerScale scales {projection_dim} features, and this is {x}")
    outputs = x.cast(dtype)
    return Result(outputs, (Weight("gamma", (projection_dim,)),), for_each(outputs))


@layer(case([(4, 4, 8), (4, 4, 8)], scale=0.2))
def CustomScaleLayer(inputs: Tensors, *, scale: Scale, dtype: str) -> Result:
    """The first tensor, and the second times a number. two of (batch, ...) -> (batch, ...)"""
    if len(inputs) != 2:
        raise RankMismatch(f"CustomScaleLayer takes two tensors, and is given {len(inputs)}")
    if inputs[0].shape != inputs[1].shape:
        raise ShapeMismatch(
            f"CustomScaleLayer takes tensors of one shape; these are {inputs[0]} and {inputs[1]}"
        )
    outputs = inputs[0].cast(dtype)
    return Result(outputs, (), for_each(outputs, 2))


def with_applications(catalogue: Catalogue) -> Catalogue:
    """The catalogue for models from outside: with these layers too."""
    import sys

    own: dict[str, Definition] = definitions(sys.modules[__name__])
    return replace(catalogue, layers=ChainMap(own, catalogue.layers))  # type: ignore[arg-type]
