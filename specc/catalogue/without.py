"""The functions of `keras.ops` that no spec can use (S512), each with the reason."""

from __future__ import annotations

_FUNCTION = "it takes a Python function"
_NO_TENSOR = "it gives no tensor"
_SHAPE = "the shape of what it gives depends on the numbers"
_NO_INPUT = "it takes no tensor; write a variable, or `ops.full_like`"
_WINDOW = "it takes a length, not a tensor; `ops.stft` has `window`"
_IS_ONE = "every tensor of a graph is one already; write `ops.cast` for another dtype"

OPS_WITHOUT: dict[str, str] = {
    "associative_scan": _FUNCTION,
    "cond": _FUNCTION,
    "custom_gradient": _FUNCTION,
    "fori_loop": _FUNCTION,
    "jvp": _FUNCTION,
    "map": _FUNCTION,
    "scan": _FUNCTION,
    "switch": _FUNCTION,
    "vectorize": _FUNCTION,
    "vectorized_map": _FUNCTION,
    "while_loop": _FUNCTION,
    "convert_to_numpy": _NO_TENSOR,
    "dtype": _NO_TENSOR,
    "is_tensor": _NO_TENSOR,
    "ndim": _NO_TENSOR,
    "shape": _NO_TENSOR,
    "nonzero": _SHAPE,
    "arange": _NO_INPUT,
    "empty": _NO_INPUT,
    "eye": _NO_INPUT,
    "full": _NO_INPUT,
    "identity": _NO_INPUT,
    "ones": _NO_INPUT,
    "tri": _NO_INPUT,
    "zeros": _NO_INPUT,
    "bartlett": _WINDOW,
    "blackman": _WINDOW,
    "hamming": _WINDOW,
    "hanning": _WINDOW,
    "kaiser": _WINDOW,
    "array": _IS_ONE,
    "convert_to_tensor": _IS_ONE,
    "adaptive_average_pool": "Keras's symbolic shape is wrong; use the layer",
    "adaptive_max_pool": "Keras's symbolic shape is wrong; use the layer",
    "argpartition": "TensorFlow's fails for more than two axes; use `ops.argsort`",
    "corrcoef": "Keras says the shape that comes in, and (n, n) comes out",
    "meshgrid": "Keras says float32 whatever comes in; use `ops.expand_dims` and broadcasting",
    "select": "Keras says the first choice's shape, whatever the others are; use `ops.where`",
    "digitize": "it takes a tensor of bins that TensorFlow refuses; use `Discretization`",
    "polar": "Keras says float32, and complex numbers come out",
    "rearrange": "Keras's fails over unknown sizes; use `ops.reshape` and `ops.transpose`",
    "image.elastic_transform": "it is random; use `RandomElasticTransform`",
    "image.scale_and_translate": "it takes its output's shape as a tensor",
    "unique": _SHAPE,
}
