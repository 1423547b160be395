"""Shapes over which specc and Keras differ: see `ops_known`."""

from __future__ import annotations

from ops_known import STRICT, WRONG, Known, always, call, each
from ops_parity import Call

from specc.catalogue.define import tensor
from specc.catalogue.types import Symbol, TensorType
from specc.infer.program import Constant

FLAT = TensorType
WHOLE = "int32"
PICTURE = (8, 8, 3)
TIME = Symbol("time")


def _broadcasts(call: Call) -> bool:
    one, other = call.inputs
    return one.rank < other.rank or any(d == 1 for d in one.dims) or None in one.shape


def _turns(call: Call, of: int) -> bool:
    times = call.arguments.get("k", 1)
    return isinstance(times, int) and times % of == 0


def _short(call: Call) -> bool:
    given = [
        call.arguments.get(a) for a in ("pool_size", "strides", "output_padding", "dilation_rate")
    ]
    return any(isinstance(g, list) and 1 < len(g) != call.inputs[0].rank - 2 for g in given)


def _named_twice(call: Call) -> bool:
    for key in ("axis", "axes"):
        given = call.arguments.get(key)
        if isinstance(given, list) and all(isinstance(a, int) for a in given):
            rank = max(call.inputs[0].rank, 1)
            if len({a % rank for a in given}) < len(given):
                return True
    return False


SHAPES: tuple[Known, ...] = (
    *each(
        WRONG,
        "Keras gives the first tensor's shape, though the two broadcast",
        "^(shape|rank)",
        _broadcasts,
        *(
            call(name, tensor(1, dtype=WHOLE), tensor(3, dtype=WHOLE))
            for name in ("bitwise_and", "bitwise_or", "bitwise_xor")
        ),
        *(
            call(name, tensor(1, dtype=WHOLE), tensor(3, dtype=WHOLE))
            for name in ("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
        ),
    ),
    *each(
        WRONG,
        "Keras changes the axes' places after a half turn too",
        "^shape",
        lambda c: _turns(c, 2),
        call("rot90", tensor(4, 3), k=2, axes=[1, 2]),
    ),
    *each(
        WRONG,
        "Keras forgets the batch of the sign",
        "^rank",
        lambda c: c.inputs[0].rank > 2,
        call("slogdet", tensor(4, 4)),
    ),
    *each(
        STRICT,
        "the kernel asks for sizes that a graph does not know",
        "needs to know",
        lambda c: None in c.inputs[0].shape,
        call("lstsq", FLAT((5, None)), FLAT((5,))),
        call("image.map_coordinates", tensor(5), FLAT((2, 5)), order=1),
    ),
    *each(
        STRICT,
        "frames of another length are cut or filled up without a word",
        "in the last axis",
        always,
        call(
            "istft",
            (tensor(12, 6), tensor(12, 6)),
            **{"sequence_length": 16, "sequence_stride": 8, "fft_length": 16, "length": 90},
        ),
    ),
    *each(
        STRICT,
        "without a turn the axes are not looked at",
        "two different axes",
        lambda c: _turns(c, 4),
        call("rot90", tensor(4, 3), k=0, axes=[0, -3]),
    ),
    *each(
        STRICT,
        "a start of fewer axes happens to fit, whose sign Keras multiplies with at the end",
        "along axis 0 only",
        lambda c: c.inputs[0].rank < c.inputs[1].rank,
        call("geomspace", FLAT((3,)), tensor(3), axis=1, num=2),
    ),
    *each(
        STRICT,
        "a row of one happens to broadcast with the sign that Keras multiplies with at the end",
        "along axis 0 only",
        lambda c: c.arguments.get("num") == 1,
        call("geomspace", tensor(4), tensor(4), axis=1, num=1),
    ),
    *each(
        STRICT,
        "Keras announces what broadcasts, and adds a column as a bias to each row",
        "cannot broadcast",
        lambda c: c.inputs[1].dims[-1:] == (1,),
        call("add", tensor(3, dtype=WHOLE), FLAT((3, 1), WHOLE)),
    ),
    *each(
        STRICT,
        "Keras adds a row as a bias along axis 1 where it does not fit the last one",
        "cannot broadcast",
        lambda c: c.inputs[1].rank == 1 and c.inputs[1].shape == (None,),
        call("add", tensor(TIME, 3), FLAT((TIME,))),
    ),
    *each(
        STRICT,
        "TensorFlow multiplies along axes of unlike lengths whose product is the same",
        "cannot multiply",
        always,
        call("tensordot", tensor(5, 4), FLAT((4, 5, 6))),
    ),
    *each(
        STRICT,
        "TensorFlow takes fewer channels in a pointwise kernel for groups",
        "kernel takes",
        always,
        call("separable_conv", tensor(8, 3), FLAT((3, 3, 6)), FLAT((1, 6, 3))),
    ),
    *each(
        STRICT,
        "a pointwise kernel of several places happens to fit",
        "is of one place",
        always,
        call(
            "separable_conv",
            *(tensor(5, 3), FLAT((3, 3, 2)), FLAT((4, 6, 5))),
            **{"padding": "same", "strides": 2, "dilation_rate": 6},
        ),
    ),
    *each(
        STRICT,
        "a kernel's size must be known, or the weights cannot be made",
        "of known size|needs to know|is unknown",
        lambda c: any(None in t.shape for t in c.inputs[1:]),
        call("conv", tensor(8, 3), FLAT((3, 3, None))),
        call("depthwise_conv", tensor(8, 3), FLAT((None, 3, 2)), padding="same"),
        call("separable_conv", tensor(8, 3), FLAT((3, 3, 2)), FLAT((1, 6, None))),
        call("conv_transpose", tensor(8, 8, 3), FLAT((3, 3, None, 3))),
    ),
    *each(
        STRICT,
        "Keras takes a list of another length than there are axes, and what it does is undefined",
        "this wants",
        _short,
        call("max_pool", tensor(9, 3), pool_size=[3, 1, 1], padding="same"),
        call("average_pool", tensor(9, 3), pool_size=3, strides=[6, 4, 6], padding="same"),
        call(
            "depthwise_conv",
            tensor(6, 3),
            FLAT((3, 3, 2)),
            strides=[1, 1, 2],
            dilation_rate=2,
            padding="same",
        ),
        call(
            "separable_conv",
            *(tensor(8, 3), FLAT((3, 3, 2)), FLAT((1, 6, 5))),
            **{"strides": [3, 6], "dilation_rate": 4, "padding": "same"},
        ),
        call(
            "conv_transpose",
            *(tensor(None, 3), FLAT((4, 5, 3))),
            **{"strides": 3, "padding": "same", "output_padding": [1, 1]},
        ),
    ),
    *each(
        STRICT,
        "Keras says the shape of x, and that of the scale comes out",
        "is larger than|cannot",
        lambda c: len(c.inputs) > 1,
        call("rms_normalization", tensor(4, 1), FLAT((3,))),
    ),
    *each(
        STRICT,
        "Keras says the shape of x, and that of the scale comes out",
        r"takes \(1,\) here",
        lambda c: c.inputs[0].rank == 1,
        call("layer_normalization", FLAT((1,)), FLAT((3,)), FLAT((3,))),
    ),
    *each(
        STRICT,
        "Keras's page asks for a row of weights, and broadcasts what has one axis more",
        r"takes \(.*\) here",
        lambda c: any(t.rank > 1 for t in c.inputs[1:]),
        call("layer_normalization", tensor(4, 3), Constant([[1.0, 2.0, 3.0]]), FLAT((3,))),
    ),
    *each(
        STRICT,
        "a scalar has no axis",
        "no axis|takes at least|takes 1 to",
        lambda c: c.inputs[0].rank == 0,
        call("rms_normalization", FLAT(())),
        call("bincount", FLAT((), WHOLE)),
    ),
    *each(
        STRICT,
        "a piece or picture of three sides is `extract_patches_3d`'s",
        "two sides",
        lambda c: any(
            isinstance(c.arguments.get(a), list) and len(c.arguments[a]) == 3
            for a in ("size", "strides")
        ),
        call("image.extract_patches", tensor(*PICTURE), size=[1, 5, 4]),
    ),
    *each(
        STRICT,
        "nothing would be left",
        "fewer than|leaves nothing|cannot make|does not fit|fft_length is at least|give nothing",
        always,
        call("extract_sequences", tensor(2), sequence_length=3, sequence_stride=2),
        call(
            "stft",
            tensor(8),
            **{"sequence_length": 16, "sequence_stride": 8, "fft_length": 16, "center": False},
        ),
        call(
            "istft",
            (tensor(1, 9), tensor(1, 9)),
            **{"sequence_length": 16, "sequence_stride": 8, "fft_length": 16},
        ),
        call("unfold", tensor(3, 8, 4), kernel_size=3, dilation=2),
        call(
            "image.crop_images",
            tensor(*PICTURE),
            **{"top_cropping": 1, "left_cropping": 1, "target_height": 4, "target_width": 0},
        ),
    ),
    *each(
        STRICT,
        "the shorter row stands first: Keras announces places, and gives none",
        "has no place where",
        lambda c: c.arguments.get("mode", "valid") == "valid",
        call("correlate", FLAT((4,)), FLAT((5,))),
    ),
    *each(
        STRICT,
        "Keras compares pictures of unlike sizes after broadcasting them, or too small ones",
        "of one size|does not fit into",
        always,
        call("image.ssim", tensor(16, 16, 3), tensor(16, 16, 1)),
    ),
    *each(
        STRICT,
        "what does not fit is moved or broadcast by Keras without a word",
        "does not fit",
        always,
        call("slice_update", FLAT((4, 3)), FLAT((2, 3)), start_indices=[3, 0]),
    ),
    *each(
        STRICT,
        "Keras's symbolic shape of tensors of too few axes is wrong",
        "takes at least",
        lambda c: any(t.rank < 3 for t in c.inputs[0]),
        call("vstack", (FLAT((3,)), FLAT((3,)))),
        call("dstack", (FLAT(()), FLAT(()))),
    ),
    *each(
        STRICT,
        "Keras's symbolic shape of tensors of unlike ranks is wrong",
        "equally many axes",
        lambda c: c.inputs[0].rank != c.inputs[1].rank,
        call("kron", FLAT((2, 3)), FLAT((3,))),
    ),
    *each(
        STRICT,
        "Keras says the shape of b, though the two broadcast",
        "do not fit|takes as many axes",
        lambda c: c.inputs[0].rank > 2,
        call("solve_triangular", tensor(4, 4), FLAT((1, 4, 2))),
    ),
    *each(
        STRICT,
        "Keras's symbolic shape leaves out the last axis, whatever the axis of the classes",
        "in the last axis",
        lambda c: c.arguments.get("axis", -1) != -1,
        call("categorical_crossentropy", tensor(4, 3), tensor(4, 3), axis=1),
    ),
    *each(
        STRICT,
        "Keras says the query's shape, and does not look at the value's, the bias's and the mask's",
        "is not|takes|can be|does not broadcast",
        always,
        call("dot_product_attention", tensor(5, 2, 8), tensor(7, 2, 8), tensor(7, 2, 4)),
    ),
    *each(
        STRICT,
        "an axis is named twice, which Keras takes away twice",
        "named twice",
        _named_twice,
        call("squeeze", tensor(1, 1, 3), axis=[1, 1]),
    ),
)
