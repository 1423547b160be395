"""Masks: which layers make one, which pass it on, and which use it up.

A mask says which steps of a sequence are padding. Keras hands it on beside the tensor, from layer
to layer, as long as each of them knows what it is (`supports_masking`); the first that does not
drops it with a note at run time, and an op drops it without one.
Source: keras.io/guides/understanding_masking_and_padding
"""

from __future__ import annotations

from typing import Any

from specc.catalogue.define import Definition, Masks

PASSES = frozenset({
    "Activation", "ActivityRegularization", "Add", "AdditiveAttention", "AlphaDropout", "Attention",
    "Average", "BatchNormalization", "Bidirectional", "Concatenate", "ConvLSTM1D", "ConvLSTM2D",
    "ConvLSTM3D", "Dense", "Dot", "Dropout", "ELU", "GRU", "GaussianDropout", "GaussianNoise",
    "GlobalAveragePooling1D", "GroupNormalization", "GroupQueryAttention", "Identity", "LSTM",
    "LayerNormalization", "LeakyReLU", "Masking", "Maximum", "Minimum", "MultiHeadAttention",
    "Multiply", "Normalization", "PReLU", "RNN", "ReLU", "Rescaling", "SimpleRNN", "Softmax",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Subtract", "TimeDistributed",
    "UnitNormalization",
})  # fmt: skip
"""The layers whose `supports_masking` is true: they pass a mask on, or use it up."""

RECURRENT = frozenset({"GRU", "LSTM", "RNN", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
_USE_UP = frozenset({"GlobalAveragePooling1D", "Dot"})


def does(definition: Definition, cls: str, arguments: dict[str, Any]) -> Masks:
    """What a layer does with the mask of its first tensor; of a plug-in's, it says so itself."""
    if definition.keras is not None:
        return definition.mask
    if makes(cls, arguments):
        return "makes"
    if cls not in PASSES:
        return "drops"
    return "ends" if uses_up(cls, arguments) else "passes"


def makes(cls: str, arguments: dict[str, Any]) -> bool:
    """Whether a layer makes a mask of its own."""
    if cls == "Masking":
        return True
    return cls in ("Embedding", "ReversibleEmbedding") and arguments.get("mask_zero") is True


def uses_up(cls: str, arguments: dict[str, Any]) -> bool:
    """Whether a mask ends here because its work is done: one vector is left of the sequence."""
    if cls in RECURRENT:
        return arguments.get("return_sequences") is not True
    if cls == "Bidirectional":
        inner = arguments.get("layer")
        return getattr(inner, "arguments", {}).get("return_sequences") is not True
    return cls in _USE_UP
