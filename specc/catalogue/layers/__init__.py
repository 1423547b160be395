"""Keras's layers, a file for a family. `LAYERS` is all of them, by the name Keras exports."""

from specc.catalogue.define import Definition, definitions
from specc.catalogue.layers import (
    activation,
    attention,
    audio,
    augmentation,
    convlstm,
    convolution,
    core,
    einsum,
    lookup,
    merging,
    normalization,
    own,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    transposed,
    wrappers,
)
from specc.catalogue.layers.aliases import ALIASES

__all__ = ["ALIASES", "LAYERS"]

_FAMILIES = (
    core,
    einsum,
    activation,
    convolution,
    transposed,
    pooling,
    recurrent,
    convlstm,
    merging,
    attention,
    normalization,
    regularization,
    reshaping,
    wrappers,
    preprocessing,
    lookup,
    augmentation,
    audio,
    own,
)

LAYERS: dict[str, Definition] = {
    name: definition for family in _FAMILIES for name, definition in definitions(family).items()
}
