"""Values just outside of an argument's range that Keras takes, layer by layer, and text.

Each line of the table is one argument: why the value is wrong, the value that shows it, and the
layers that take it. `Layer:2` shows it with the third of the layer's own cases. Every pair of a
layer and an argument is an entry of its own, with its own reproduction: of `silent` ones real
numbers run through, at inference and in training; those of `late` ones fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from disagreement import Disagreement
from drawing import text

from specc.catalogue.define import Case
from specc.catalogue.layers import LAYERS

SEEDED = (
    "AlphaDropout Attention AugMix ConvLSTM1D ConvLSTM2D ConvLSTM3D CutMix"
    " Dropout GRU GRUCell GaussianDropout GaussianNoise GroupQueryAttention LSTM LSTMCell MixUp"
    " MultiHeadAttention RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter"
    " RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur"
    " RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation"
    " RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom SimpleRNN"
    " SimpleRNNCell Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D"
)
RATES = (
    "AdditiveAttention Attention ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU GRUCell LSTM LSTMCell"
    " SimpleRNN SimpleRNNCell"
)
CLAMPED = "ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU GRUCell LSTM LSTMCell SimpleRNN SimpleRNNCell"
RANGE = "the second end of a range is not checked"
LISTED = "a list is taken without a look at its numbers"

SILENT: tuple[tuple[str, Any, str, str], ...] = (
    ("seed", -1, "a negative seed is taken for another", SEEDED),
    ("dropout", -0.5, "a rate below 0 drops nothing", RATES),
    ("dropout", 1.5, "a rate above 1 is clamped", CLAMPED),
    ("recurrent_dropout", 1.5, "a rate above 1 is clamped", CLAMPED),
    ("epsilon", -0.5, "a negative epsilon makes roots of negative numbers",
     "BatchNormalization LayerNormalization GroupNormalization RMSNormalization"),
    ("epsilon", 0.0, "no distance between two bins", "Discretization"),
    ("momentum", -0.5, "moving averages that swing", "BatchNormalization"),
    ("renorm_momentum", 1.5, "moving averages that swing", "BatchNormalization"),
    ("alpha", -0.5, "a distribution that there is not", "MixUp"),
    ("alpha", 0.0, "a distribution that there is not", "AugMix"),
    ("num_chains", 0, "nothing is mixed", "AugMix"),
    ("chain_depth", 0, "nothing is mixed", "AugMix"),
    ("num_ops", 0, "nothing is done", "RandAugment"),
    ("bins", 0, "no bin for any value", "Equalization"),
    ("clip_limit", 0.0, "everything is clipped", "ContrastLimitedAdaptiveHistogramEqualization"),
    ("factor", -0.5, "a negative factor", "RandomSaturation"),
    ("factor", [-0.5, 1.5], RANGE, "CutMix RandomColorDegeneration RandomGaussianBlur"),
    ("factor", [-0.5, 0.04], RANGE,
     "RandomPerspective RandomElasticTransform RandomErasing RandomSharpness"),
    ("factor", [-1.5, 1.5], RANGE, "RandomBrightness RandomRotation"),
    ("factor", [0.0, 1.5], RANGE, "RandomContrast RandomInvert RandomHue"),
    ("brightness_factor", [1.0, 1.5], RANGE, "RandomColorJitter"),
    ("contrast_factor", [0.5, 1.5], RANGE, "RandomColorJitter"),
    ("saturation_factor", [0.39, -0.5], RANGE, "RandomColorJitter"),
    ("hue_factor", [-0.5, 1], RANGE, "RandomColorJitter"),
    ("sigma", [-0.5, 1.5], RANGE, "RandomGaussianBlur"),
    ("scale", [-0.5, 1.5], RANGE, "RandomErasing"),
    ("scale", [1.0, 1.5], RANGE, "RandomElasticTransform"),
    ("mode", "foo", "an unknown mode does nothing", "RandomFlip"),
    ("activity_regularizer", "foo", "its cell takes it, and looks it up never", "SimpleRNN"),
    ("height", 0, "a size of 0 gives a tensor without numbers", "CenterCrop"),
    ("width", 0, "a size of 0 gives a tensor without numbers", "CenterCrop"),
    ("output_shape", [0], "a size of 0 gives a tensor without numbers",
     "EinsumDense:1 MultiHeadAttention"),
    ("output_sequence_length", 0, "a size of 0 gives a tensor without numbers",
     "TextVectorization"),
    ("max_number", 0, "a size of 0 gives a tensor without numbers", "MaxNumBoundingBoxes"),
    ("num_bins", 0, "there is no bin to hash into", "HashedCrossing"),
    ("salt", -1, "a negative salt is taken for another", "Hashing"),
    ("salt", [-1, 0], "a negative salt is not looked at", "StringLookup"),
    ("ngrams", -1, "a negative number of words", "TextVectorization"),
    ("encoding", "foo", "the encoding is looked at only when a file is read",
     "StringLookup TextVectorization"),
    ("noise_shape", [4], LISTED, "Dropout:1"),
    ("shared_axes", 0, "axis 0, the batch, shares the last axis", "PReLU"),
    ("flash_attention", 0, "0 is taken for false", "GroupQueryAttention"),
    ("logit_soft_cap", -0.5, "a negative cap", "ReversibleEmbedding"),
    ("reverse_dtype", "foo", "is looked at only with `reverse: true`", "ReversibleEmbedding"),
    ("mag_exp", -0.5, "a power below 0", "MelSpectrogram"),
    ("ref_power", -0.5, "a power below 0", "MelSpectrogram"),
    ("min_power", 0.0, "the logarithm of nothing", "MelSpectrogram"),
    ("top_db", -0.5, "everything is cut off", "MelSpectrogram"),
    ("max_freq", -0.5, "frequencies below 0", "MelSpectrogram"),
    ("min_freq", -0.5, "frequencies below 0", "MelSpectrogram"),
    ("sampling_rate", 0, "no sample in a second", "MelSpectrogram"),
    ("sequence_length", 0, "a window without samples", "MelSpectrogram"),
    ("dtype", "foo", "the dtype is dropped without a look", "IntegerLookup StringLookup"),
    ("dtype", "mixed_float16", "the cells calculate in their own dtypes", "StackedRNNCells"),
)  # fmt: skip
"""Argument, a value outside of its range, what is wrong with it, the layers that run with it."""

LATE: tuple[tuple[str, Any, str, str], ...] = (
    ("fft_length", 0, "the size is not checked", "MelSpectrogram"),
    ("num_mel_bins", 0, "the size is not checked", "MelSpectrogram"),
    ("sequence_stride", 0, "the stride is not checked", "MelSpectrogram:2"),
    ("window", "foo", "the choice is not checked", "MelSpectrogram"),
    ("fill_mode", "foo", "the choice is not checked", "Resizing"),
    ("interpolation", "foo", "the choice is not checked", "Resizing UpSampling2D"),
    ("filters", 0, "the size is not checked", "ConvLSTM1D ConvLSTM2D ConvLSTM3D"),
    ("height", 0, "the size is not checked", "RandomCrop Resizing"),
    ("width", 0, "the size is not checked", "RandomCrop Resizing"),
    ("noise_shape", [0], "the noise's shape is looked at only while training", "AlphaDropout"),
    ("num_query_heads", 0, "the size is not checked", "GroupQueryAttention"),
    ("padding", -1, "a negative padding is not checked", "ZeroPadding2D ZeroPadding3D"),
    ("tile_grid_size", [0, 6], "the size is not checked",
     "ContrastLimitedAdaptiveHistogramEqualization"),
    ("value_range", [-1.0, -1.0], "an empty range of values divides by zero",
     "AugMix RandAugment Equalization"),
)  # fmt: skip
"""As `SILENT`, of layers that Keras makes and that fail once numbers run."""

TEXT = (
    "Activation ActivityRegularization AdditiveAttention AlphaDropout Attention AugMix AutoContrast"
    " Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional"
    " CategoryEncoding CenterCrop ContrastLimitedAdaptiveHistogramEqualization Conv1D"
    " Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D"
    " ConvLSTM3D CutMix Dense DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU"
    " EinsumDense Embedding Equalization GRU GaussianDropout GaussianNoise GlobalAveragePooling1D"
    " GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D"
    " GlobalMaxPooling3D GroupNormalization GroupQueryAttention IntegerLookup LSTM"
    " LayerNormalization LeakyReLU Masking MaxNumBoundingBoxes MaxPooling1D MaxPooling2D"
    " MaxPooling3D Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization"
    " PReLU RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration"
    " RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip"
    " RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective"
    " RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear"
    " RandomTranslation RandomZoom ReLU Rescaling Resizing ReversibleEmbedding STFTSpectrogram"
    " SeparableConv1D SeparableConv2D SimpleRNN Softmax Solarization SpatialDropout1D"
    " SpatialDropout2D SpatialDropout3D SpectralNormalization Subtract TimeDistributed"
    " UnitNormalization AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D"
    " AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D"
)
"""Layers that calculate and announce a shape for text all the same."""

LONE_TEXT = (
    "Activation Add Maximum Minimum Multiply Concatenate Cropping1D Cropping2D Cropping3D"
    " RepeatVector UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D"
)
"""Layers of which some calls do without arithmetic (one tensor, no function, numbers only moved),
or of which TensorFlow's `+` joins texts; Keras announces numbers, and text comes out."""


def _example(layer: str, argument: str, value: Any) -> tuple[str, Case]:
    name, _, which = layer.partition(":")
    case = LAYERS[name].cases[int(which or 0)]
    return name, Case(case.inputs, {**case.arguments, argument: value})


def _of_text(name: str) -> tuple[str, Case]:
    case = LAYERS[name].cases[0]
    if name == "Activation":
        return name, Case(tuple(map(text, case.inputs)), {"activation": None})
    inputs = (text(case.inputs[0]), *case.inputs[1:])
    if name in ("Maximum", "Minimum", "Multiply"):
        inputs = ((inputs[0][0],),)
    return name, Case(inputs, case.arguments)


def entries() -> Iterator[Disagreement]:
    """One for each layer and argument, and one for each layer that is given text."""
    for kind, table in (("silent", SILENT), ("late", LATE)):
        for argument, value, reason, layers in table:
            for layer in layers.split():
                example = _example(layer, argument, value)
                yield Disagreement(kind, example[0], "", reason, example, argument)
    says = "calculates, and this is text"
    for name in TEXT.split():
        case = LAYERS[name].cases[0]
        example = name, Case((text(case.inputs[0]), *case.inputs[1:]), case.arguments)
        yield Disagreement("late", name, says, "text is let into a layer that calculates", example)
    for name in LONE_TEXT.split():
        reason = "numbers are announced, and text comes out"
        yield Disagreement("silent", name, says, reason, _of_text(name))
