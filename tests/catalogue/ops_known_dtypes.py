"""Dtypes over which specc and Keras differ: see `ops_known`."""

from __future__ import annotations

from ops_known import STRICT, Known, call, complex_, each, groups, mixed, tensors

from specc.catalogue.define import tensor
from specc.catalogue.ops.promotion import group
from specc.catalogue.types import TensorType
from specc.infer.program import Constant

FLAT = TensorType
COMPLEX = "complex64"

DTYPES: tuple[Known, ...] = (
    *each(
        STRICT,
        "Keras says whole numbers, and fractions come out",
        "takes floating-point numbers",
        lambda c: groups(c) <= set("iu"),
        call("leaky_relu", tensor(3, dtype="int32")),
    ),
    *each(
        STRICT,
        "Keras says real numbers or complex ones, and the other come out",
        "takes (numbers|integers|floating|whole|complex)|not complex|have no dtype in common",
        complex_,
        call("deg2rad", tensor(3, dtype=COMPLEX)),
        call("rad2deg", tensor(3, dtype=COMPLEX)),
        call("hypot", tensor(3, dtype=COMPLEX), FLAT((3,), COMPLEX)),
        call("nanmean", tensor(4, 3, dtype=COMPLEX)),
        call("std", tensor(3, dtype=COMPLEX)),
        call("norm", tensor(3, dtype=COMPLEX), axis=1),
        call("qr", tensor(4, 3, dtype=COMPLEX)),
        call("svd", tensor(4, 3, dtype=COMPLEX), compute_uv=False),
        call("trapezoid", tensor(4, 8, dtype=COMPLEX), axis=2, dx=0.5),
        call("cdist", tensor(5, dtype=COMPLEX), tensor(6, 5, dtype=COMPLEX)),
        call("isin", tensor(4, 3, dtype=COMPLEX), FLAT((5,)), assume_unique=True),
        call("one_hot", tensor(dtype=COMPLEX), num_classes=2),
        call("sparse_categorical_crossentropy", tensor(dtype=COMPLEX), tensor(3)),
        call("layer_normalization", tensor(4, 3, dtype=COMPLEX)),
        call("rms_normalization", tensor(4, 3, dtype=COMPLEX)),
        call(
            "batch_normalization",
            *(tensor(4, 3, dtype=COMPLEX), FLAT((3,), COMPLEX), FLAT((3,), COMPLEX)),
            axis=-1,
        ),
        call("linspace", tensor(4, dtype=COMPLEX), tensor(4, dtype=COMPLEX)),
        call("logspace", tensor(4, dtype=COMPLEX), tensor(4, dtype=COMPLEX)),
        call("geomspace", tensor(4, 3, dtype=COMPLEX), FLAT((), COMPLEX), num=2),
        call("unfold", tensor(8, 8, 8, dtype=COMPLEX), kernel_size=1, padding=1),
        call("fold", tensor(12, 16, dtype=COMPLEX), output_size=8, kernel_size=2, stride=2),
        call("extract_sequences", tensor(100, dtype=COMPLEX), sequence_length=5, sequence_stride=8),
    ),
    *each(
        STRICT,
        "a picture is of real numbers",
        "not complex",
        complex_,
        call(
            "image.pad_images",
            tensor(8, 8, 3, dtype=COMPLEX),
            **{"top_padding": 1, "left_padding": 1, "target_height": 12, "target_width": 12},
        ),
        call(
            "image.crop_images",
            tensor(8, 8, 3, dtype=COMPLEX),
            **{"top_cropping": 1, "left_cropping": 1, "target_height": 4, "target_width": 4},
        ),
    ),
    *each(
        STRICT,
        "Keras says float32, and the dtype that came in comes out",
        "takes complex64",
        lambda c: c.inputs[0].dtype != COMPLEX,
        call("view_as_real", tensor(3, dtype="float16")),
    ),
    *each(
        STRICT,
        "whether a backend has it for these dtypes hangs on the shape or the device",
        "takes (floating|whole|integers|numbers)|of one dtype|no dtype in common|^dtype",
        mixed,
        call("nanmedian", tensor(4, 3, dtype="int32")),
        call("nanquantile", tensor(4, 3, dtype="bool"), q=0.5),
        call("nanpercentile", tensor(4, 3, dtype="uint8"), q=50.0),
        call("moments", tensor(4, 3, dtype="int64"), axes=[1]),
        call("threshold", tensor(2, 3, dtype="int32"), threshold=1, default_value=-1),
        call("conv", tensor(8, 8, 3, dtype="int32"), FLAT((3, 3, 3, 5), "int32")),
        call("conv_transpose", tensor(8, 8, 3, dtype="int32"), FLAT((3, 3, 5, 3), "int32")),
        call("batch_normalization", tensor(4, 3), Constant([1, 0, 1]), FLAT((3,)), axis=-1),
        call("image.affine_transform", tensor(8, 8, 3, dtype="int32"), tensor(8, dtype="int32")),
        call("image.ssim", tensor(16, 16, 3, dtype="uint8"), tensor(16, 16, 3, dtype="uint8")),
        call(
            "dot_product_attention",
            *(tensor(5, 2, 8), tensor(7, 2, 8), tensor(7, 2, 8, dtype="int8")),
        ),
        call("categorical_crossentropy", tensor(3, dtype="bool"), tensor(3), from_logits=True),
        call("psnr", tensor(4, 3, dtype=COMPLEX), tensor(4, 3, dtype=COMPLEX), max_val=1.0),
        call("lstsq", FLAT((5, 3)), FLAT((5, 2), "bfloat16")),
    ),
    *each(
        STRICT,
        "half precision has a kernel on some devices only",
        "half precision",
        lambda c: any(t.dtype in ("float16", "bfloat16") for t in tensors(c)),
        call("inv", tensor(16, 16, dtype="float16")),
        call("qr", tensor(3, 4, dtype="float16")),
    ),
    *each(
        STRICT,
        "Keras drops the imaginary part without a word",
        "not complex|takes (integers|floating|numbers)",
        complex_,
        call("correlate", FLAT((9,), COMPLEX), FLAT((4,))),
        call("image.map_coordinates", FLAT((8, 6), COMPLEX), FLAT((2, 5)), order=0),
    ),
    *each(
        STRICT,
        "places are fractions, and truths have none between them",
        "takes (integers and floats|floating)",
        lambda c: c.inputs[0].dtype == "bool" or group(c.inputs[1].dtype) in "iu",
        call("image.map_coordinates", FLAT((8, 6)), FLAT((2, 5), "int32"), order=0),
    ),
    *each(
        STRICT,
        "Keras says the dtype of the start, and that of both comes out, or float32",
        "the dtype of the start",
        lambda c: "dtype" not in c.arguments or c.arguments["dtype"] is None,
        call("linspace", tensor(4), tensor(4, dtype="float64")),
        call("logspace", tensor(4), tensor(4, dtype="float64")),
        call("geomspace", tensor(4, dtype="float64"), tensor(4, dtype="float64")),
    ),
    *each(
        STRICT,
        "places and classes are whole numbers; Keras cuts fractions off",
        "takes (whole|integers|other|numbers that)",
        lambda c: bool(groups(c) & set("fbc")),
        call("take_along_axis", FLAT((4, 3)), FLAT((4, 1)), axis=1),
        call("bincount", tensor(5, dtype="float64")),
        call("unravel_index", FLAT((5,)), shape=[3]),
        call("multi_hot", tensor(7, dtype=COMPLEX), num_classes=10),
        call(
            "ctc_loss",
            *(tensor(5, dtype="int32"), tensor(9, 4)),
            *(tensor(dtype="int32"), tensor(dtype="bool")),
        ),
        call("ctc_decode", tensor(9, 4), tensor()),
    ),
    *each(
        STRICT,
        "a list of fractions is written among other numbers",
        "of the dtype of what they go into",
        lambda c: c.inputs[0].dtype != c.inputs[1].dtype,
        call("slice_update", tensor(8, dtype="uint8"), Constant([[1.0]]), start_indices=[0, 3]),
    ),
    *each(
        STRICT,
        "text is handed on, or is never zero, infinite or complex",
        "takes (numbers|integers).*this is string",
        lambda c: "s" in groups(c),
        *(
            call(name, tensor(3, dtype="string"))
            for name in ("copy", "imag", "isfinite", "isinf", "isnan", "isneginf", "isposinf")
        ),
        *(
            call(name, tensor(4, 3, dtype="string"))
            for name in ("isreal", "nan_to_num", "count_nonzero")
        ),
        call("triu", tensor(24, 3, dtype="string"), k=5),
        call("tril", FLAT((4, 4, 3), "string"), k=-3),
        call("image.rgb_to_grayscale", tensor(8, 8, 1, dtype="string")),
        call("extract_sequences", tensor(9, dtype="string"), sequence_length=4, sequence_stride=2),
        call(
            "image.crop_images",
            tensor(8, 8, 3, dtype="string"),
            **{"top_cropping": 1, "left_cropping": 1, "target_height": 4, "target_width": 4},
        ),
        call(
            "image.pad_images",
            tensor(8, 8, 3, dtype="string"),
            **{"top_padding": 1, "left_padding": 1, "target_height": 12, "target_width": 12},
        ),
    ),
)
