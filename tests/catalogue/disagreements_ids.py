"""Layers of ids, text and sound over which specc and Keras differ: see `disagreements`."""

from __future__ import annotations

import keras
import numpy as np
from disagreement import Disagreement

from specc.catalogue.define import case, tensor


def _swallows_arguments() -> bool:
    keras.layers.HashedCrossing(7, unknown_argument=1)
    return True


IDS: tuple[Disagreement, ...] = (
    Disagreement(
        "silent",
        "CategoryEncoding Hashing *Lookup Discretization",
        "which is the batch in",
        "of (batch,) the ids of all examples are counted together",
        ("CategoryEncoding", case(tensor(dtype="int32"), num_tokens=6)),
        proof=lambda: tuple(keras.layers.CategoryEncoding(6)(np.ones((3,), "int32")).shape) == (6,),
    ),
    Disagreement(
        "wrong",
        "CategoryEncoding Hashing *Lookup",
        r"takes ids of \(batch, ids\)",
        "it counts along axis 1, and announces the shape of counting along the last",
        ("CategoryEncoding", case(tensor(10, 3, dtype="int32"), num_tokens=6)),
    ),
    Disagreement(
        "wrong",
        "Hashing",
        r"one_hot` takes \(batch, 1\)",
        "the ids' axis is announced away",
        ("Hashing", case(tensor(4, dtype="int32"), num_bins=7, output_mode="one_hot")),
    ),
    Disagreement(
        "late",
        "CategoryEncoding",
        "count only with|takes a weight for each id",
        "the weights are not checked",
        (
            "CategoryEncoding",
            case(tensor(10, dtype="int32"), tensor(10), num_tokens=6, output_mode="multi_hot"),
        ),
    ),
    Disagreement(
        "late",
        "Discretization",
        "the boundaries go up",
        "the boundaries' order is looked at only when the layer runs",
        ("Discretization", case(4, bin_boundaries=[1.0, 0.0])),
    ),
    Disagreement(
        "late",
        "HashedCrossing",
        "takes two tensors of|takes 1 to 2 dimensions|takes ids or text",
        "the shapes and dtypes are not checked",
        (
            "HashedCrossing",
            case([tensor(4, dtype="int32"), tensor(4, dtype="int32")], num_bins=7),
        ),
    ),
    Disagreement(
        "silent",
        "HashedCrossing",
        "has no argument",
        "unknown arguments are swallowed",
        (
            "HashedCrossing",
            case(
                [tensor(1, dtype="int32"), tensor(1, dtype="int32")],
                num_bins=7,
                unknown_argument=1,
            ),
        ),
        proof=_swallows_arguments,
    ),
    Disagreement(
        "late",
        "StringLookup IntegerLookup TextVectorization",
        "takes (ids|text), not|takes ids, not text|takes one text for each example",
        "the dtype and shape are not checked",
        ("StringLookup", case(tensor(4, dtype="int32"), vocabulary=["a"])),
    ),
    Disagreement(
        "wrong",
        "TextVectorization",
        r"takes \(batch,\), since",
        "of (batch, 1) it announces (batch, 1, tokens) and gives (batch, tokens)",
        (
            "TextVectorization",
            case(tensor(1, dtype="string"), vocabulary=["a", "b"], output_mode="multi_hot"),
        ),
    ),
    Disagreement(
        "wrong",
        "StringLookup",
        "dtype",
        "with `invert` it gives text and announces int64",
        ("StringLookup", case(tensor(4, dtype="int64"), vocabulary=["a", "b"], invert=True)),
        proof=lambda: (
            keras.backend.standardize_dtype(
                keras.layers.StringLookup(vocabulary=["a"], invert=True)(
                    np.ones((2, 1), "int64")
                ).dtype
            )
            == "string"
        ),
    ),
    Disagreement(
        "silent",
        "TextVectorization",
        "takes one text for each example",
        "several texts of an example are taken, against what Keras's page says",
        ("TextVectorization", case(tensor(6, 1, dtype="string"), vocabulary=["a", "b"])),
    ),
    Disagreement(
        "silent",
        "HashedCrossing",
        "does not take this argument",
        "what every layer takes is swallowed",
        (
            "HashedCrossing",
            case(
                [tensor(1, dtype="int32"), tensor(1, dtype="int32")],
                num_bins=7,
                activity_regularizer="l2",
            ),
        ),
    ),
    Disagreement(
        "late",
        "MelSpectrogram",
        "needs more samples|takes 2 dimensions|takes 1 to 2",
        "the number of samples and dimensions is not checked",
        ("MelSpectrogram", case(100)),
    ),
    Disagreement(
        "wrong",
        "MelSpectrogram",
        "frames of",
        "the announced number of frames is too large where the stride divides samples + 1",
        ("MelSpectrogram", case(4095, fft_length=512, sequence_stride=128)),
    ),
    Disagreement(
        "late",
        "STFTSpectrogram",
        "takes floats",
        "the dtype is not checked",
        ("STFTSpectrogram", case(tensor(2000, 2, dtype="int32"))),
    ),
    Disagreement(
        "silent",
        "MelSpectrogram",
        "takes 1 to 2 dimensions|takes 2 dimensions",
        "several channels are taken for several examples",
        ("MelSpectrogram", case((2, 16000))),
    ),
)
