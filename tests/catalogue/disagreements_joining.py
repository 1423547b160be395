"""Layers that join, multiply and reshape tensors over which specc and Keras differ: see `disagreements`."""

from __future__ import annotations

import keras
import numpy as np
from disagreement import Disagreement

from specc.catalogue.define import case, tensor


def _wraps_axis() -> bool:
    one, other = np.ones((2, 8, 8), "float32"), np.ones((2, 8, 3, 8, 5), "float32")
    return tuple(keras.layers.Dot(axes=-4)([one, other]).shape) == (2, 8, 3, 8, 5)


JOINING: tuple[Disagreement, ...] = (
    Disagreement(
        "late",
        "Dot",
        "is the batch, over which",
        "the batch's axis is refused only when the layer runs",
        ("Dot", case([(3, 4), (3, 4)], axes=0)),
    ),
    Disagreement(
        "silent",
        "Dot",
        "there is no axis",
        "an axis that is not there wraps around",
        ("Dot", case([(8, 8), (8, 3, 8, 5)], axes=-4)),
        proof=_wraps_axis,
    ),
    Disagreement(
        "late",
        "Add Average Maximum Minimum Multiply",
        "takes tensors of one shape",
        "an unknown length hides that two others differ",
        ("Add", case([None, 2, 4])),
    ),
    Disagreement(
        "late",
        "Add Average Maximum Minimum Multiply Subtract Concatenate Dot",
        "takes tensors of one batch|differ along axis 0",
        "a tensor without a batch is merged with the first batch only if that has its length",
        ("Concatenate", case([(3, 4), tensor(3, 4).of(1, 3, 4)], axis=1)),
    ),
    Disagreement(
        "silent",
        "Concatenate",
        "there is no axis",
        "the axis of a single tensor is not looked at",
        ("Concatenate", case([(3, 4)], axis=5)),
        proof=lambda: keras.layers.Concatenate(axis=5)([np.ones((2, 3))]) is not None,
    ),
    Disagreement(
        "late",
        "Reshape",
        r"only one length|needs \d+ numbers|does not divide|a length is at least 1",
        "a null hides that nothing fits, and unknown lengths are not divided",
        ("Reshape", case((10, 8), target_shape=[-1, None])),
    ),
    Disagreement(
        "late",
        "ReversibleEmbedding",
        "goes back from|needs to know the number of features|takes at least 2 dimensions",
        "going back, the number of features is not checked",
        ("ReversibleEmbedding", case((10, 7), input_dim=50, output_dim=8, reverse=True)),
    ),
    Disagreement(
        "late",
        "EinsumDense",
        "letters for its input",
        "more dimensions than letters are not noticed",
        ("EinsumDense", case((2, 8), equation="ab,bc->ac", output_shape=64)),
    ),
    Disagreement(
        "wrong",
        "EinsumDense",
        "lengths after the batch, and",
        "lengths that the equation does not have are announced",
        ("EinsumDense", case(8, equation="ab,bc->ac", output_shape=[3, 2])),
    ),
    Disagreement(
        "wrong",
        "EinsumDense",
        "dots on the left for at most 2",
        "the dimensions that the dots stand for are announced in reverse",
        ("EinsumDense", case((10, 8, 6), equation="...x,xy->...y", output_shape=4)),
    ),
    Disagreement(
        "late",
        "ConvLSTM1D Conv1D Conv1DTranspose DepthwiseConv1D SeparableConv1D MultiHeadAttention"
        " GroupQueryAttention EinsumDense",
        "stft draws weights of one channel",
        "the weight's shape is not compared with what was drawn",
        ("Conv1D", case((20, 4), filters=6, kernel_size=3, kernel_initializer="stft")),
    ),
    Disagreement(
        "silent",
        "ConvLSTM1D Conv1D",
        "stft draws weights of one channel",
        "TensorFlow takes weights of one channel for groups, where the filters divide",
        ("ConvLSTM1D", case((None, 10, 2), filters=4, kernel_size=3, kernel_initializer="stft")),
    ),
)
