"""Keras's dtypes, and how two of them become one, without Keras.

The lattice is Keras's own, which is JAX's: `int` and `float` are the dtypes of plain numbers, which
take their neighbour's precision. The answers are those of the TensorFlow backend.
"""

from __future__ import annotations

from functools import cache

from specc.catalogue.mismatch import DTypeMismatch

INTS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
FLOATS = ("bfloat16", "float16", "float32", "float64")
COMPLEX = ("complex64", "complex128")
FLOAT8 = ("float8_e4m3fn", "float8_e5m2")
WEAK = ("int", "float")
DTYPES = (*FLOATS, *INTS, "bool", "string", *COMPLEX)
"""The dtypes that a spec can name."""

_ABOVE: dict[str, tuple[str, ...]] = {
    "bool": ("int",),
    "int": ("uint8", "int8", "complex64"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}
_NARROW = {"uint64": "uint32", "complex128": "complex64"}
"""What Keras never gives by itself, and what it gives instead."""


@cache
def _bounds(dtype: str) -> frozenset[str]:
    return frozenset({dtype}).union(*(_bounds(above) for above in _ABOVE[dtype]))


@cache
def result_type(*dtypes: str) -> str:
    """The dtype of what is computed from these dtypes; raises `DTypeMismatch` if there is none."""
    known = set(dtypes)
    for dtype in dtypes:
        if dtype in FLOAT8:
            raise DTypeMismatch(
                f"{dtype} is not converted to other dtypes by itself",
                help="write `ops.cast: {dtype: float32}` before",
            )
    if known == set(WEAK):
        return "float32"
    if len(known) == 1:
        (only,) = known
        return resolved(_NARROW.get(only, only))
    if not known <= _ABOVE.keys():
        raise _no_path(dtypes)
    above: frozenset[str] = frozenset(_ABOVE)
    for dtype in known:
        above &= _bounds(dtype)
    least = (above & known) or {c for c in above if above <= _bounds(c)}
    if not least:
        raise _no_path(dtypes)
    (found,) = least
    return resolved(_NARROW.get(found, found))


def resolved(dtype: str) -> str:
    """The dtype of a plain number that has no neighbour to take one from."""
    return {"int": "int32", "float": "float32"}.get(dtype, dtype)


def is_float(dtype: str) -> bool:
    """Whether the dtype is one of floating-point numbers."""
    return dtype == "float" or dtype in FLOATS


def is_int(dtype: str) -> bool:
    """Whether the dtype is one of whole numbers; `bool` is not."""
    return dtype == "int" or dtype in INTS


def is_complex(dtype: str) -> bool:
    """Whether the dtype is one of complex numbers."""
    return dtype in COMPLEX


def _no_path(dtypes: tuple[str, ...]) -> DTypeMismatch:
    listed = " and ".join(dict.fromkeys(dtypes))
    return DTypeMismatch(
        f"{listed} have no dtype in common", help="write `ops.cast: {dtype: …}` before"
    )
