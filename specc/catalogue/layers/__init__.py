"""Keras's layers, a file for a family. `LAYERS` is all of them, by the name Keras exports."""

from specc.catalogue.define import Definition, definitions
from specc.catalogue.layers import (
    activation,
    convlstm,
    convolution,
    core,
    merging,
    normalization,
    pooling,
    recurrent,
    regularization,
    reshaping,
    transposed,
    wrappers,
)

_FAMILIES = (
    core,
    activation,
    convolution,
    transposed,
    pooling,
    recurrent,
    convlstm,
    merging,
    normalization,
    regularization,
    reshaping,
    wrappers,
)

LAYERS: dict[str, Definition] = {
    name: definition for family in _FAMILIES for name, definition in definitions(family).items()
}
