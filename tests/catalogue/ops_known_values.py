"""Values of arguments over which specc and Keras differ: see `ops_known`."""

from __future__ import annotations

from ops_known import STRICT, Known, blamed, call, each

from specc.catalogue.define import tensor
from specc.catalogue.types import TensorType

FLAT = TensorType
NOTHING = "a size of 0 gives a tensor without numbers"
NEGATIVE = "a number below 0 is not looked at"
BEYOND = "shares outside of the whole are taken for its ends, or read beyond them"
UNREAD = "what another argument makes idle is not looked at"
FRACTION = "a fraction is calculated with as it is"
LONG = "numbers of a list beyond those that are needed are left"
WORDS = (tensor(5, dtype="int32"), tensor(9, 4), tensor(dtype="int32"), tensor(dtype="int32"))
SOUND = {"sequence_length": 16, "sequence_stride": 8, "fft_length": 16}
FRAMES = (tensor(12, 9), tensor(12, 9))

VALUES: tuple[Known, ...] = (
    *each(
        STRICT,
        "a class that is not there is taken for the last one",
        "is not one of",
        lambda c: c.arguments.get("strategy") == "beam_search",
        call(
            "ctc_decode",
            *(tensor(9, 4), tensor(dtype="int32")),
            **{"strategy": "beam_search", "mask_index": 5},
        ),
    ),
    *blamed("k", NOTHING, call("top_k", tensor(4, 6), k=0)),
    *blamed("k", NOTHING, call("in_top_k", tensor(dtype="int32"), tensor(10), k=0)),
    *blamed("N", NOTHING, call("vander", FLAT((4,)), N=0)),
    *blamed(
        "num",
        NOTHING,
        call("linspace", tensor(4), tensor(4), num=0),
        call("logspace", tensor(4), tensor(4), num=0),
        call("geomspace", tensor(4), tensor(4), num=0),
        call("unstack", tensor(4, 3), axis=1, num=0),
    ),
    *blamed(
        "num_classes",
        NOTHING,
        call("one_hot", tensor(dtype="int32"), num_classes=0),
        call("multi_hot", tensor(3, dtype="int32"), num_classes=0),
    ),
    *blamed(
        "sequence_length",
        NOTHING,
        call("extract_sequences", tensor(9), sequence_length=0, sequence_stride=2),
        call("stft", tensor(100), **{**SOUND, "sequence_length": 0}),
        call("istft", FRAMES, **{**SOUND, "sequence_length": 0}),
    ),
    *blamed("length", NOTHING, call("istft", FRAMES, **SOUND, length=0)),
    *blamed(
        "epsilon",
        NEGATIVE,
        call("layer_normalization", tensor(4, 3), epsilon=-0.5),
        call("rms_normalization", tensor(4, 3), epsilon=-0.5),
        call("batch_normalization", tensor(4, 3), FLAT((3,)), FLAT((3,)), axis=-1, epsilon=-0.5),
        call("normalize", tensor(4, 3), epsilon=-0.5),
    ),
    *blamed("rcond", NEGATIVE, call("pinv", tensor(4, 3), rcond=-0.5)),
    *blamed("rcond", NEGATIVE, call("lstsq", FLAT((5, 3)), FLAT((5,)), rcond=-0.5)),
    *blamed("tol", NEGATIVE, call("matrix_rank", tensor(4, 3), tol=-0.5)),
    *blamed("b", NEGATIVE, call("squareplus", tensor(3), b=-0.5)),
    *blamed(
        "filter_sigma",
        NEGATIVE,
        call("image.ssim", tensor(16, 16, 3), tensor(16, 16, 3), filter_sigma=-0.5),
    ),
    *blamed("minlength", NEGATIVE, call("bincount", tensor(5, dtype="int32"), minlength=-1)),
    *blamed("mask_index", NEGATIVE, call("ctc_loss", *WORDS, mask_index=-65)),
    *blamed(
        "mask_index",
        NEGATIVE,
        call("ctc_decode", tensor(9, 4), tensor(dtype="int32"), mask_index=-1),
    ),
    *blamed("padding", NEGATIVE, call("unfold", tensor(3, 8, 8), kernel_size=2, padding=-1)),
    *blamed(
        "q",
        BEYOND,
        call("quantile", tensor(4, 3), q=-0.5),
        call("percentile", tensor(4, 3), q=-0.5),
        call("nanquantile", tensor(4, 3), q=-0.5),
        call("nanpercentile", tensor(4, 3), q=-0.5),
    ),
    *blamed(
        "k",
        "farther than 32 bits count",
        call("tril", tensor(4, 3), k=-(2**31) - 1),
        call("rot90", tensor(4, 3), k=-(2**31) - 1, axes=[1, 2]),
    ),
    *blamed("shift", "farther than 32 bits count", call("roll", tensor(4, 3), shift=-(2**31) - 1)),
    *blamed("decimals", FRACTION, call("round", tensor(3, dtype="int32"), decimals=0.5)),
    *blamed("shape", FRACTION, call("unravel_index", FLAT((5,), "float16"), shape=[0.5])),
    *blamed(
        "beam_width",
        UNREAD,
        call("ctc_decode", tensor(9, 4), tensor(dtype="int32"), beam_width="foo"),
    ),
    *blamed(
        "top_paths",
        UNREAD,
        call("ctc_decode", tensor(9, 4), tensor(dtype="int32"), top_paths=0.5),
    ),
    *blamed("axisb", UNREAD, call("cross", tensor(3), tensor(3), axis=1, axisb="foo")),
    *blamed("axisa", UNREAD, call("cross", tensor(3), tensor(3), axis=1, axisa="foo")),
    *blamed("axisc", UNREAD, call("cross", tensor(3), tensor(3), axis=1, axisc="foo")),
    *blamed(
        "fill_value", UNREAD, call("image.resize", tensor(8, 8, 3), size=[4, 6], fill_value="foo")
    ),
    *blamed("posinf", UNREAD, call("nan_to_num", tensor(3, dtype="int32"), posinf="foo")),
    *blamed("neginf", UNREAD, call("nan_to_num", tensor(3, dtype="int32"), neginf="foo")),
    *blamed("nan", UNREAD, call("nan_to_num", tensor(3, dtype="int32"), nan="foo")),
    *blamed("window", UNREAD, call("istft", FRAMES, **SOUND, window="foo")),
    *blamed(
        "sigma",
        LONG,
        call("image.gaussian_blur", tensor(8, 8, 3), kernel_size=[5, 5], sigma=[1, 1, 1]),
    ),
    *blamed(
        "kernel_size",
        LONG,
        call("image.gaussian_blur", tensor(8, 8, 3), kernel_size=[1, 1, 1], sigma=[2.0, 2.0]),
    ),
    *blamed(
        "dilation",
        LONG,
        call(
            "fold",
            tensor(12, 16),
            **{"output_size": 8, "kernel_size": 2, "stride": 2, "dilation": [1, 1, 1]},
        ),
    ),
    *blamed(
        "left_padding",
        FRACTION,
        call(
            "image.pad_images",
            tensor(8, 8, 3),
            **{"top_padding": 1, "left_padding": 0.5, "target_height": 12, "target_width": 12},
        ),
    ),
    *blamed(
        "strides",
        "a stride of 0 gives as many numbers as it is told",
        call("conv_transpose", tensor(8, 8, 3), FLAT((3, 3, 5, 3)), strides=0, padding="same"),
    ),
    *each(
        STRICT,
        "what is padded beyond a stride is left at 0",
        "output_padding is below",
        lambda c: "output_padding" in c.arguments,
        call(
            "conv_transpose",
            *(tensor(8, 8, 4), FLAT((4, 4, 5, 4))),
            **{"strides": 2, "padding": "same", "output_padding": 2},
        ),
    ),
    *each(
        STRICT,
        "a fill that the dtype has not is cut to one that it has",
        "cannot be written so",
        lambda c: "fill_value" in c.arguments,
        call("image.map_coordinates", FLAT((8,), "int32"), FLAT((1, 5)), order=1, fill_value=0.5),
    ),
    *each(
        STRICT,
        "specc's tensors are dense",
        "dense tensors",
        lambda c: c.arguments.get("sparse") is True,
        call("one_hot", tensor(dtype="int32"), num_classes=3, sparse=True),
        call("multi_hot", tensor(4, dtype="int32"), num_classes=4, sparse=True),
        call("bincount", tensor(dtype="int32"), sparse=True),
    ),
    *each(
        STRICT,
        "unknown arguments are swallowed",
        "has no argument",
        lambda c: "unknown_argument" in c.arguments,
        call("einsum", (tensor(4, 5), FLAT((5, 6))), subscripts="bij,jk->bik", unknown_argument=1),
        call("multi_hot", tensor(4, dtype="int32"), num_classes=4, unknown_argument=1),
        call("layer_normalization", tensor(4, 3), unknown_argument=1),
    ),
)
