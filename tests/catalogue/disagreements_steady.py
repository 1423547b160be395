"""Pooling, dropout, normalising layers and wrappers over which specc and Keras differ: see `disagreements`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from disagreement import Disagreement

from specc.catalogue.define import case, tensor


def _mixes_examples(layer: Callable[[Any], Any], *shape: int) -> bool:
    """Whether an example's result hangs on the other examples of its batch."""
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    y = x.copy()
    y[1:] = 0
    return not np.allclose(np.asarray(layer(x))[:1], np.asarray(layer(y))[:1])


def _casts_embeddings() -> bool:
    layer = keras.layers.SpectralNormalization(keras.layers.Embedding(5, 6))
    ids = np.ones((2, 4), "int32")
    return keras.backend.standardize_dtype(layer(ids).dtype) == "int32"


STEADY: tuple[Disagreement, ...] = (
    Disagreement(
        "crash",
        "AdaptiveMaxPooling1D",
        "ends TensorFlow's process",
        "a window is longer than the sequence, and max pooling divides by zero",
        ("AdaptiveMaxPooling1D", case((20, 4), output_size=1)),
    ),
    Disagreement(
        "late",
        "Adaptive*",
        "takes . dimensions",
        "the number of dimensions is not checked",
        ("AdaptiveMaxPooling2D", case((9, 9, 9, 3), output_size=2)),
    ),
    Disagreement(
        "late",
        "Adaptive*",
        "",
        "a size of 0 is not checked",
        ("AdaptiveAveragePooling2D", case((20, 17, 4), output_size=0)),
        argument="output_size",
    ),
    Disagreement(
        "late",
        "Dropout AlphaDropout",
        "",
        "the noise's shape is looked at only while training",
        ("Dropout", case((10, 8), rate=0.5, noise_shape=[None, 1, 7])),
        argument="noise_shape",
    ),
    Disagreement(
        "silent",
        "Masking",
        "takes at least 2 dimensions",
        "of (batch,) it looks for steps along the batch",
        ("Masking", case(())),
        proof=lambda: (
            _mixes_examples(keras.layers.Masking(), 4)
            or tuple(keras.layers.Masking()(np.ones((3,), "float32")).shape) == (3,)
        ),
    ),
    Disagreement(
        "late",
        "Softmax",
        "there is no axis|an axis is named twice",
        "the axis is not checked",
        ("Softmax", case((10, 8), axis=[3])),
    ),
    Disagreement(
        "late",
        "LayerNormalization RMSNormalization",
        "an axis is named twice",
        "the weights get one length twice",
        ("LayerNormalization", case((10, 8), axis=[2, 2])),
    ),
    Disagreement(
        "silent",
        "SpectralNormalization",
        "which cuts off every fraction",
        "embeddings are cast to the ids' dtype",
        (
            "SpectralNormalization",
            case(tensor(4, dtype="int32"), layer={"Embedding": {"input_dim": 5, "output_dim": 6}}),
        ),
        proof=_casts_embeddings,
    ),
    Disagreement(
        "late",
        "TimeDistributed SpectralNormalization",
        "takes . dimensions|takes at least",
        "the inner layer's number of dimensions is not checked",
        ("TimeDistributed", case((4, 9, 3), layer={"MaxPooling2D": {}})),
    ),
    Disagreement(
        "silent",
        "AdaptiveAverage*",
        "takes . dimensions",
        "a dimension more or less is taken for another",
        ("AdaptiveAveragePooling2D", case((20, 17), output_size=4)),
    ),
    Disagreement(
        "silent",
        "Dropout AlphaDropout",
        "cannot stretch its noise_shape",
        "with a rate of 0 or 1 the noise is not drawn, and its shape not looked at",
        ("AlphaDropout", case((4, 8), rate=0.0, noise_shape=[2])),
    ),
    Disagreement(
        "silent",
        "Dropout AlphaDropout",
        "",
        "with a rate of 0 or 1 the noise is not drawn, and its shape not looked at",
        ("AlphaDropout", case(1, rate=0.0, noise_shape=[0])),
        argument="noise_shape",
    ),
    Disagreement(
        "silent",
        "Dropout AlphaDropout GaussianDropout SpatialDropout*",
        "calculates, and this is text",
        "with a rate of 0 text passes",
        ("Dropout", case(tensor(4, dtype="string"), rate=0.0)),
    ),
    Disagreement(
        "late",
        "Pipeline",
        "calculates, and this is text",
        "text is let into layers that calculate",
        (
            "Pipeline",
            case(tensor(9, 9, 3, dtype="string"), layers=[{"Rescaling": {"scale": 2.0}}]),
        ),
    ),
)
