"""Where specc and Keras's symbolic answer differ on purpose, each with the reason and an example.

Not listed is what Keras accepts without numbers and refuses with them: the test runs numbers
through and finds that out by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops_parity import Call

from specc.catalogue.define import tensor
from specc.catalogue.ops.promotion import group
from specc.catalogue.types import TensorType

STRICT = "specc refuses what Keras accepts"
WRONG = "Keras's symbolic answer is not what comes out"


@dataclass(frozen=True)
class Known:
    """One disagreement: which calls it is about, and a call that shows it."""

    kind: str
    reason: str
    applies: Callable[[Call], bool]
    example: Call
    says: str = ""
    """What the difference matches."""


def _types(call: Call) -> list[TensorType]:
    return [t for value in call.inputs for t in (value if isinstance(value, tuple) else (value,))]


def _groups(call: Call) -> set[str]:
    return {group(t.dtype) for t in _types(call)}


def _of(*names: str, where: Callable[[Call], bool] = lambda _: True) -> Callable[[Call], bool]:
    return lambda call: call.name in names and where(call)


def _call(name: str, *inputs: Any, **arguments: Any) -> Call:
    return Call(name, inputs, arguments)


def _broadcasts(call: Call) -> bool:
    one, other = call.inputs
    return one.rank < other.rank or any(d == 1 for d in one.dims) or None in one.shape


def _short(call: Call, argument: str) -> bool:
    given = call.arguments.get(argument)
    return isinstance(given, list) and 1 < len(given) != call.inputs[0].rank - 2


def _names_twice(call: Call) -> bool:
    for key in ("axis", "axes"):
        given = call.arguments.get(key)
        if isinstance(given, list) and all(isinstance(a, int) for a in given):
            rank = max(call.inputs[0].rank, 1)
            if len({a % rank for a in given}) < len(given):
                return True
    return False


_BITS = ("bitwise_and", "bitwise_or", "bitwise_xor")
_SHIFTS = ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
_PICTURE = (8, 8, 3)

KNOWN: tuple[Known, ...] = (
    Known(
        WRONG,
        "Keras gives the first tensor's shape, though the two broadcast",
        _of(*_BITS, *_SHIFTS, where=_broadcasts),
        _call("bitwise_and", tensor(1, dtype="int32"), tensor(3, dtype="int32")),
        says="^(shape|rank)",
    ),
    Known(
        WRONG,
        "Keras changes the axes' places after a half turn too",
        _of("rot90", where=lambda c: c.arguments.get("k", 1) % 2 == 0),
        _call("rot90", tensor(4, 3), k=2, axes=[1, 2]),
        says="^shape",
    ),
    Known(
        WRONG,
        "Keras forgets the batch of the sign",
        _of("slogdet", where=lambda c: c.inputs[0].rank > 2),
        _call("slogdet", tensor(4, 4)),
        says="^rank",
    ),
    Known(
        STRICT,
        "Keras says whole numbers, and fractions come out",
        _of("leaky_relu", where=lambda c: _groups(c) <= set("iu")),
        _call("leaky_relu", tensor(3, dtype="int32")),
        says="takes floating-point numbers",
    ),
    Known(
        STRICT,
        "Keras says real numbers or complex ones, and the other come out",
        _of(
            *("deg2rad", "rad2deg", "hypot", "nanmean", "trapezoid", "layer_normalization"),
            *("batch_normalization", "rms_normalization", "sparse_categorical_crossentropy"),
            *(
                "isin",
                "extract_sequences",
                "linspace",
                "logspace",
                "geomspace",
                "one_hot",
                "cdist",
                "fold",
                "unfold",
                "norm",
                "std",
                "svd",
                "qr",
                "lu_factor",
                "view_as_real",
            ),
            where=lambda c: "c" in _groups(c),
        ),
        _call("deg2rad", tensor(3, dtype="complex64")),
        says="takes (numbers|integers|floating|whole|complex)|not complex|have no dtype in common",
    ),
    Known(
        STRICT,
        "Keras says float32, and the dtype that came in comes out",
        _of("view_as_real", where=lambda c: c.inputs[0].dtype != "complex64"),
        _call("view_as_real", tensor(3, dtype="float16")),
        says="takes complex64",
    ),
    Known(
        STRICT,
        "whether a backend has it for these dtypes hangs on the shape or the device",
        _of(
            *("nanmedian", "conv", "depthwise_conv", "separable_conv", "conv_transpose"),
            *("image.ssim", "dot_product_attention", "categorical_crossentropy", "psnr"),
            *("binary_crossentropy", "moments", "nanquantile", "nanpercentile"),
            *("batch_normalization", "searchsorted", "solve", "solve_triangular", "threshold"),
            *("image.affine_transform", "lstsq"),
            where=lambda c: _groups(c) != {"f"} or len({t.dtype for t in _types(c)}) > 1,
        ),
        _call("nanmedian", tensor(3, dtype="int32")),
        says="takes (floating|whole|integers|numbers)|of one dtype|no dtype in common|^dtype",
    ),
    Known(
        STRICT,
        "the kernel asks for sizes that a graph does not know",
        _of("lstsq", "image.map_coordinates", where=lambda c: None in c.inputs[0].shape),
        _call("lstsq", TensorType((5, None)), TensorType((5,))),
        says="needs to know",
    ),
    Known(
        STRICT,
        "Keras drops the imaginary part without a word",
        _of(
            "correlate",
            "image.map_coordinates",
            "ctc_decode",
            where=lambda c: "c" in _groups(c),
        ),
        _call("correlate", TensorType((9,), "complex64"), TensorType((4,))),
        says="not complex|takes (integers|floating|numbers)",
    ),
    Known(
        STRICT,
        "places are fractions, and truths have none between them",
        _of(
            "image.map_coordinates",
            where=lambda c: c.inputs[0].dtype == "bool" or group(c.inputs[1].dtype) in "iu",
        ),
        _call(
            "image.map_coordinates",
            TensorType((8, 6)),
            TensorType((2, 5), "int32"),
            order=0,
        ),
        says="takes (integers and floats|floating)",
    ),
    Known(
        STRICT,
        "a fill that the dtype has not is cut to one that it has",
        _of("image.map_coordinates", where=lambda c: "fill_value" in c.arguments),
        _call(
            "image.map_coordinates",
            TensorType((8,), "int32"),
            TensorType((1, 5)),
            order=1,
            fill_value=0.5,
        ),
        says="cannot be written so",
    ),
    Known(
        STRICT,
        "a class that is not there is taken for the last one",
        _of("ctc_decode", where=lambda c: c.arguments.get("strategy") == "beam_search"),
        _call(
            "ctc_decode",
            tensor(9, 4),
            tensor(dtype="int32"),
            strategy="beam_search",
            mask_index=5,
        ),
        says="is not one of",
    ),
    Known(
        STRICT,
        "half precision has a kernel on some devices only",
        _of(
            *("inv", "det", "logdet", "slogdet", "cholesky", "cholesky_inverse", "eig", "eigh"),
            *("qr", "svd", "lu_factor", "pinv", "matrix_rank", "solve", "solve_triangular"),
            where=lambda c: any(t.dtype in ("float16", "bfloat16") for t in _types(c)),
        ),
        _call("inv", tensor(4, 4, dtype="float16")),
        says="half precision",
    ),
    Known(
        STRICT,
        "frames of another length are cut or filled up without a word",
        _of("istft"),
        _call(
            "istft",
            (tensor(12, 6), tensor(12, 6)),
            sequence_length=16,
            sequence_stride=8,
            fft_length=16,
            length=90,
        ),
        says="in the last axis",
    ),
    Known(
        STRICT,
        "without a turn the axes are not looked at",
        _of("rot90", where=lambda c: c.arguments.get("k", 1) % 4 == 0),
        _call("rot90", tensor(4, 3), k=0, axes=[0, -3]),
        says="two different axes",
    ),
    Known(
        STRICT,
        "Keras says the dtype of the start, and that of both comes out, or float32",
        _of("linspace", "logspace", "geomspace"),
        _call("linspace", tensor(4), tensor(4, dtype="float64")),
        says="the dtype of the start",
    ),
    Known(
        STRICT,
        "a start of fewer axes happens to fit, whose sign Keras multiplies with at the end",
        _of("geomspace", where=lambda c: c.inputs[0].rank < c.inputs[1].rank),
        _call("geomspace", TensorType((3,)), tensor(3), axis=1, num=2),
        says="along axis 0 only",
    ),
    Known(
        STRICT,
        "a row of one happens to broadcast with the sign that Keras multiplies with at the end",
        _of("geomspace", where=lambda c: c.arguments.get("num") == 1),
        _call("geomspace", tensor(4), tensor(4), axis=1, num=1),
        says="along axis 0 only",
    ),
    Known(
        STRICT,
        "Keras announces what broadcasts, and adds a column as a bias to each row",
        _of("add", where=lambda c: c.inputs[1].dims[-1:] == (1,)),
        _call("add", tensor(3, dtype="int32"), TensorType((3, 1), "int32")),
        says="cannot broadcast",
    ),
    Known(
        STRICT,
        "TensorFlow multiplies along axes of unlike lengths whose product is the same",
        _of("tensordot"),
        _call("tensordot", tensor(5, 4), TensorType((4, 5, 6))),
        says="cannot multiply",
    ),
    Known(
        STRICT,
        "TensorFlow takes fewer channels in a pointwise kernel for groups",
        _of("separable_conv"),
        _call("separable_conv", tensor(8, 3), TensorType((3, 3, 6)), TensorType((1, 6, 3))),
        says="kernel takes",
    ),
    Known(
        STRICT,
        "a kernel's size must be known, or the weights cannot be made",
        _of(
            *("conv", "depthwise_conv", "separable_conv", "conv_transpose"),
            where=lambda c: any(None in t.shape for t in c.inputs[1:]),
        ),
        _call("conv", tensor(8, 3), TensorType((3, 3, None))),
        says="of known size|needs to know|is unknown",
    ),
    Known(
        STRICT,
        "Keras takes a list of another length than there are axes, and what it does is undefined",
        _of(
            *("max_pool", "average_pool", "conv_transpose", "conv", "separable_conv"),
            *("depthwise_conv",),
            where=lambda c: any(
                _short(c, a) for a in ("pool_size", "strides", "output_padding", "dilation_rate")
            ),
        ),
        _call("max_pool", tensor(9, 3), pool_size=[3, 1, 1], padding="same"),
        says="this wants",
    ),
    Known(
        STRICT,
        "specc's tensors are dense",
        _of(
            *("one_hot", "multi_hot", "bincount"),
            where=lambda c: c.arguments.get("sparse") is True,
        ),
        _call("one_hot", tensor(dtype="int32"), num_classes=3, sparse=True),
        says="dense tensors",
    ),
    Known(
        STRICT,
        "places and classes are whole numbers; Keras cuts fractions off",
        _of(
            *("take", "take_along_axis", "bincount", "unravel_index", "ctc_loss", "ctc_decode"),
            *("one_hot", "multi_hot"),
            where=lambda c: bool(_groups(c) & set("fbc")),
        ),
        _call("take_along_axis", TensorType((4, 3)), TensorType((4, 1)), axis=1),
        says="takes (whole|integers|other|numbers that)",
    ),
    Known(
        STRICT,
        "Keras says the shape of x, and that of the scale comes out",
        _of("rms_normalization", where=lambda c: len(c.inputs) > 1),
        _call("rms_normalization", tensor(4, 1), TensorType((3,))),
        says="is larger than|cannot",
    ),
    Known(
        STRICT,
        "a scalar has no axis",
        _of("rms_normalization", "bincount", where=lambda c: c.inputs[0].rank == 0),
        _call("rms_normalization", TensorType(())),
        says="no axis|takes at least|takes 1 to",
    ),
    Known(
        STRICT,
        "a piece or picture of three sides is `extract_patches_3d`'s",
        _of(
            "image.extract_patches",
            where=lambda c: any(
                isinstance(c.arguments.get(a), list) and len(c.arguments[a]) == 3
                for a in ("size", "strides")
            ),
        ),
        _call("image.extract_patches", tensor(*_PICTURE), size=[1, 5, 4]),
        says="two sides",
    ),
    Known(
        STRICT,
        "nothing would be left",
        _of(
            "image.crop_images", "image.pad_images", "extract_sequences", "stft", "istft", "unfold"
        ),
        _call("extract_sequences", tensor(2), sequence_length=3, sequence_stride=2),
        says="fewer than|leaves nothing|cannot make|does not fit|fft_length is at least",
    ),
    Known(
        STRICT,
        "Keras compares pictures of unlike sizes after broadcasting them, or too small ones",
        _of("image.ssim"),
        _call("image.ssim", tensor(16, 16, 3), tensor(16, 16, 1)),
        says="of one size|does not fit into",
    ),
    Known(
        STRICT,
        "what does not fit is moved or broadcast by Keras without a word",
        _of("slice_update"),
        _call("slice_update", TensorType((4, 3)), TensorType((2, 3)), start_indices=[3, 0]),
        says="does not fit",
    ),
    Known(
        STRICT,
        "Keras's symbolic shape of tensors of too few axes is wrong",
        _of(
            *("vstack", "hstack", "dstack"),
            where=lambda c: any(t.rank < 3 for t in c.inputs[0]),
        ),
        _call("vstack", (TensorType((3,)), TensorType((3,)))),
        says="takes at least",
    ),
    Known(
        STRICT,
        "Keras's symbolic shape of tensors of unlike ranks is wrong",
        _of("kron", where=lambda c: c.inputs[0].rank != c.inputs[1].rank),
        _call("kron", TensorType((2, 3)), TensorType((3,))),
        says="equally many axes",
    ),
    Known(
        STRICT,
        "Keras says the shape of b, though the two broadcast",
        _of("solve", "solve_triangular", where=lambda c: c.inputs[0].rank > 2),
        _call("solve_triangular", tensor(4, 4), TensorType((1, 4, 2))),
        says="do not fit|takes as many axes",
    ),
    Known(
        STRICT,
        "Keras's symbolic shape leaves out the last axis, whatever the axis of the classes",
        _of("categorical_crossentropy", where=lambda c: c.arguments.get("axis", -1) != -1),
        _call("categorical_crossentropy", tensor(4, 3), tensor(4, 3), axis=1),
        says="in the last axis",
    ),
    Known(
        STRICT,
        "Keras says the query's shape, and does not look at the value's, the bias's and the mask's",
        _of("dot_product_attention"),
        _call("dot_product_attention", tensor(5, 2, 8), tensor(7, 2, 8), tensor(7, 2, 4)),
        says="is not|takes|can be|does not broadcast",
    ),
    Known(
        STRICT,
        "an axis is named twice, which Keras takes away twice",
        _names_twice,
        _call("squeeze", tensor(1, 1, 3), axis=[1, 1]),
        says="named twice",
    ),
)


def known(call: Call, found: str) -> Known | None:
    """The first entry that a call belongs to, which differs in the way of `found`."""
    return next((k for k in KNOWN if k.applies(call) and re.search(k.says, found)), None)
