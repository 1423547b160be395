"""The functions of `keras.ops` that no spec can use, each with the reason."""

from __future__ import annotations

_FUNCTION = "takes a Python function"
_NO_TENSOR = "gives no tensor"
_SHAPE = "the shape of what it gives depends on the numbers"

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
    "nonzero": _SHAPE,
    "unique": _SHAPE,
}
