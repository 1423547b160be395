"""Keras's layers, a file for a family. `LAYERS` is all of them, by the name Keras exports."""

from specc.catalogue.define import Definition, definitions
from specc.catalogue.layers import (
    activation,
    convolution,
    core,
    merging,
    normalization,
    pooling,
    regularization,
    reshaping,
    transposed,
)

_FAMILIES = (
    core,
    activation,
    convolution,
    transposed,
    pooling,
    merging,
    normalization,
    regularization,
    reshaping,
)

LAYERS: dict[str, Definition] = {
    name: definition for family in _FAMILIES for name, definition in definitions(family).items()
}
