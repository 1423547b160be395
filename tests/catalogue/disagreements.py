"""Where specc and Keras's symbolic answer differ, each with the reason and a case that shows it.

`late`: Keras accepts, and fails once real numbers run. `wrong`: Keras announces one shape and gives
another. `silent`: Keras runs and does not do what is asked. `crash`: the process ends.
Tests run every example with real numbers, and fail when an entry is stale.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

import keras
import numpy as np
import unchecked
from disagreement import Disagreement
from parity import Comparison, late

from specc.catalogue.define import case, tensor
from specc.catalogue.mismatch import Mismatch

RECURRENT = "*LSTM* *GRU* *RNN* Bidirectional"


def _mixes_examples(layer: Callable[[Any], Any], *shape: int) -> bool:
    """Whether an example's result hangs on the other examples of its batch."""
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    y = x.copy()
    y[1:] = 0
    return not np.allclose(np.asarray(layer(x))[:1], np.asarray(layer(y))[:1])


def _wraps_axis() -> bool:
    one, other = np.ones((2, 8, 8), "float32"), np.ones((2, 8, 3, 8, 5), "float32")
    return tuple(keras.layers.Dot(axes=-4)([one, other]).shape) == (2, 8, 3, 8, 5)


def _extra_state_ignored() -> bool:
    x, h = np.ones((2, 8), "float32"), np.ones((2, 5), "float32")
    output, _ = keras.layers.GRUCell(5)(x, states=[h, h])
    return tuple(output.shape) == (2, 5)


def _state_stretched() -> bool:
    x, h, c = (np.ones((2, n), "float32") for n in (8, 5, 1))
    output, _ = keras.layers.LSTMCell(5)(x, states=[h, c])
    return tuple(output.shape) == (2, 5)


def _cell_left_out() -> bool:
    cells = [keras.layers.GRUCell(5), keras.layers.SimpleRNNCell(4)]
    layer = keras.layers.StackedRNNCells(cells)
    output, _ = layer(np.ones((2, 8), "float32"), states=[np.ones((2, 5), "float32")])
    return tuple(output.shape) == (2, 5)


def _runs_by_luck(*shape: int) -> bool:
    """Whether some draw of `AugMix` takes what others fail over."""
    calls = (case(shape, all_ops=False, seed=s) for s in range(1, 20))
    return any(not late("AugMix", c) for c in calls)


def _attends_heads() -> bool:
    layer = keras.layers.MultiHeadAttention(2, 4, attention_axes=-1)
    x = np.ones((2, 9, 8), "float32")
    _, scores = layer(x, x, return_attention_scores=True)
    return tuple(scores.shape) != (2, 2, 9, 9)


def _takes_whole_state() -> bool:
    state = np.ones((2, 5), "int32")
    output, _ = keras.layers.SimpleRNNCell(5)(np.ones((2, 8), "float32"), states=[state])
    return tuple(output.shape) == (2, 5)


def _one_picture() -> bool:
    """A batch of grey pictures without a channel axis is taken for one picture in colour."""
    layer = keras.layers.Resizing(4, 4)
    return tuple(layer(np.ones((9, 10, 12), "float32")).shape) == (4, 4, 12)


def _swallows_arguments() -> bool:
    keras.layers.HashedCrossing(7, unknown_argument=1)
    return True


def _casts_embeddings() -> bool:
    layer = keras.layers.SpectralNormalization(keras.layers.Embedding(5, 6))
    ids = np.ones((2, 4), "int32")
    return keras.backend.standardize_dtype(layer(ids).dtype) == "int32"


DISAGREEMENTS: tuple[Disagreement, ...] = (
    *unchecked.entries(),
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
        RECURRENT,
        "has a state of shape|of initial state|as many states backward",
        "the states' shapes and number are not checked",
        ("LSTM", case((10, 8), [5, 4], units=5)),
    ),
    Disagreement(
        "silent",
        "*Cell StackedRNNCells",
        "has a state of shape|takes 2 dimensions",
        "a state of length 1, or of another rank, is stretched; so is an input",
        ("LSTMCell", case(8, [5, 1], units=5)),
        proof=_state_stretched,
    ),
    Disagreement(
        "silent",
        "*Cell",
        "of initial state",
        "more states than the cell has are ignored",
        ("GRUCell", case(8, [5, 5], units=5)),
        proof=_extra_state_ignored,
    ),
    Disagreement(
        "silent",
        "StackedRNNCells",
        "of initial state",
        "a cell without a state is left out",
        (
            "StackedRNNCells",
            case(8, [5], cells=[{"GRUCell": {"units": 5}}, {"SimpleRNNCell": {"units": 4}}]),
        ),
        proof=_cell_left_out,
    ),
    Disagreement(
        "late",
        "RNN StackedRNNCells",
        "takes [23] dimensions",
        "the number of dimensions is not checked",
        ("RNN", case((4, 10, 8), cell={"GRUCell": {"units": 5}})),
    ),
    Disagreement(
        "late",
        "LSTM GRU SimpleRNN RNN",
        "can be unrolled only over",
        "fails where the number of steps is really not known",
        ("GRU", case((None, 8), units=5, unroll=True)),
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
        "late",
        f"{RECURRENT} Softmax Attention AdditiveAttention MultiHeadAttention GroupQueryAttention",
        "takes a mask of|takes an attention_mask of|takes a mask that broadcasts",
        "the shapes of masks are not checked",
        ("Softmax", case((10, 8), tensor(9, 8, dtype="bool"))),
    ),
    Disagreement(
        "late",
        "Attention AdditiveAttention",
        "a query and key of|a value and key of|equal before the last two|of as many dimensions",
        "query, value and key are not compared",
        ("Attention", case([(5, 8), (9, 7)])),
    ),
    Disagreement(
        "silent",
        "Attention AdditiveAttention",
        "takes at least 3 dimensions",
        "of (batch, features) it attends over the batch",
        ("Attention", case([8, 8])),
        proof=lambda: _mixes_examples(lambda x: keras.layers.Attention()([x, x]), 4, 8),
    ),
    Disagreement(
        "late",
        "MultiHeadAttention",
        "equal where it does not attend|of as many dimensions|takes at least 3 dimensions",
        "query and value are not compared",
        (
            "MultiHeadAttention",
            case((4, 5, 8), (3, 6, 8), num_heads=2, key_dim=4, attention_axes=2),
        ),
    ),
    Disagreement(
        "silent",
        "MultiHeadAttention",
        "cannot attend along axis",
        "the batch is attended over, and the last axis means the heads",
        ("MultiHeadAttention", case((9, 8), (9, 8), num_heads=2, key_dim=4, attention_axes=-1)),
        proof=_attends_heads,
    ),
    Disagreement(
        "wrong",
        "MultiHeadAttention",
        "shape",
        "the scores are (batch, heads, tq, tv); Keras says (batch, heads, tq, tq)",
        (
            "MultiHeadAttention",
            case((5, 8), (9, 8), num_heads=2, key_dim=4, return_attention_scores=True),
        ),
    ),
    Disagreement(
        "late",
        "GroupQueryAttention",
        "takes 3 dimensions",
        "the number of dimensions is not checked",
        (
            "GroupQueryAttention",
            case((4, 5, 8), (4, 9, 8), head_dim=4, num_query_heads=2, num_key_value_heads=1),
        ),
    ),
    Disagreement(
        "late",
        "MultiHeadAttention GroupQueryAttention",
        "cannot return its scores with flash",
        "flash attention has no scores to return",
        (
            "MultiHeadAttention",
            case(
                (5, 8),
                (5, 8),
                num_heads=2,
                key_dim=4,
                flash_attention=True,
                return_attention_scores=True,
            ),
        ),
    ),
    Disagreement(
        "silent",
        "AugMix AutoContrast CenterCrop ContrastLimited* CutMix Equalization MaxNumBoundingBoxes"
        " MixUp Rand* Resizing Solarization",
        "takes 4 dimensions|takes 3 to 4 dimensions",
        "three dimensions with a batch are taken for one picture, other numbers fail late",
        ("Resizing", case((9, 10), height=4, width=4)),
        proof=_one_picture,
    ),
    Disagreement(
        "late",
        "AugMix RandAugment RandomGrayscale RandomColorJitter RandomHue RandomSaturation",
        "takes pictures of",
        "the number of channels is not checked",
        ("RandomHue", case((9, 10, 1), factor=0.5)),
    ),
    Disagreement(
        "late",
        "AugMix Equalization RandAugment",
        "from the darkest to the brightest",
        "an empty range of values divides by zero",
        ("Equalization", case((9, 10, 3), value_range=[1, 1])),
    ),
    Disagreement(
        "late",
        "ContrastLimited*",
        "cannot lay",
        "more is padded than the picture has",
        ("ContrastLimitedAdaptiveHistogramEqualization", case((2, 16, 3))),
    ),
    Disagreement(
        "late",
        "Resizing",
        "not by both",
        "the two are compared only when the layer runs",
        (
            "Resizing",
            case((9, 9, 3), height=4, width=4, crop_to_aspect_ratio=True, pad_to_aspect_ratio=True),
        ),
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
        "MultiHeadAttention",
        "an axis is named twice",
        "the equation of the scores gets one letter twice",
        (
            "MultiHeadAttention",
            case(
                (9, 8),
                (9, 8),
                num_heads=2,
                key_dim=4,
                attention_axes=[1, 1],
                return_attention_scores=True,
            ),
        ),
    ),
    Disagreement(
        "silent",
        "*Cell StackedRNNCells",
        "takes floats, not",
        "whole numbers are taken by some cells, and by others not",
        ("SimpleRNNCell", case(8, [tensor(5, dtype="int32")], units=5)),
        proof=_takes_whole_state,
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
        "only one length|needs . numbers|does not divide|a length is at least 1",
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
        "wrong",
        "Rescaling",
        "cannot stretch a (scale|offset)",
        "a longer list makes a larger tensor than announced, others fail late",
        ("Rescaling", case((9, 9, 1), scale=[1.0, 2.0, 3.0])),
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
        "late",
        "TimeDistributed SpectralNormalization",
        "takes . dimensions|takes at least",
        "the inner layer's number of dimensions is not checked",
        ("TimeDistributed", case((4, 9, 3), layer={"MaxPooling2D": {}})),
    ),
    Disagreement(
        "late",
        "Bidirectional",
        "cannot merge",
        "the two layers' results are not compared",
        (
            "Bidirectional",
            case(
                (10, 8),
                layer={"LSTM": {"units": 5}},
                backward_layer={"LSTM": {"units": 4, "go_backwards": True}},
                merge_mode="sum",
            ),
        ),
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
        "Attention AdditiveAttention",
        "a query and key of|equal before the last two|of as many dimensions",
        "a length of 1, or a dimension less, is stretched",
        ("AdditiveAttention", case([(5, 8), (9, 1)])),
    ),
    Disagreement(
        "silent",
        "Attention AdditiveAttention",
        "takes a mask of bool",
        "numbers are taken for a mask",
        ("Attention", case([(5, 8), (9, 8)], [tensor(5), tensor(9)])),
    ),
    Disagreement(
        "silent",
        "LSTM GRU SimpleRNN RNN ConvLSTM*",
        "of initial state",
        "more states than the layer has are ignored",
        ("LSTM", case((10, 8), [5, 5, 5], units=5, unroll=True)),
    ),
    Disagreement(
        "silent",
        "MelSpectrogram",
        "takes 1 to 2 dimensions|takes 2 dimensions",
        "several channels are taken for several examples",
        ("MelSpectrogram", case((2, 16000))),
    ),
    Disagreement(
        "silent",
        "AugMix RandAugment RandomColorJitter",
        "takes pictures of",
        "which operations are drawn decides whether the channels fit",
        ("AugMix", case((9, 10, 4), all_ops=False)),
        proof=lambda: _runs_by_luck(9, 10, 4),
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
        "ConvLSTM1D Conv1D Conv1DTranspose DepthwiseConv1D SeparableConv1D MultiHeadAttention"
        " GroupQueryAttention EinsumDense",
        "stft draws weights of one channel",
        "the weight's shape is not compared with what was drawn",
        ("Conv1D", case((20, 4), filters=6, kernel_size=3, kernel_initializer="stft")),
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
    Disagreement(
        "silent",
        "MultiHeadAttention",
        "",
        "along chosen axes any text is taken for true",
        (
            "MultiHeadAttention",
            case(
                (4, 8, 8),
                (4, 6, 8),
                num_heads=2,
                key_dim=4,
                attention_axes=[2],
                flash_attention="foo",
            ),
        ),
        argument="flash_attention",
    ),
)


NOT_RUN = "Adaptive"
"""The names of layers that end TensorFlow's process over numbers begin so."""


def verdict(
    found: Comparison, shown: Container[Disagreement] = ()
) -> tuple[str, Disagreement | None]:
    """What a comparison counts as, and the entry that it is a case of.

    `accepted` and `refused` by both; `late`: refused by both, by Keras once real numbers run, which
    is tried here; `listed`: a known disagreement; else `unexplained`. No numbers run through a case
    of an entry that is not `late` and is among the `shown`.
    """
    if not found.difference:
        return ("accepted" if found.accepted else "refused"), None
    entries = [d for d in DISAGREEMENTS if d.applies(found)]
    if not entries:
        return "unexplained", None
    calm = all(e.kind != "late" and e in shown for e in entries)
    if calm or found.name.startswith(NOT_RUN) or entries[0].kind == "crash":
        return "listed", entries[0]
    if isinstance(found.specc, Mismatch) and late(found.name, found.case):
        return "late", next((d for d in entries if d.kind == "late"), entries[0])
    entry = next((d for d in entries if d.kind != "late"), None)
    return ("listed" if entry else "unexplained"), entry
