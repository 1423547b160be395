"""Which dtypes an op takes and which it gives: what Keras says, and what its backends can compute.

Keras's symbolic answer takes any dtype for most ops; the kernels do not. `needs` refuses what would
fail at the first batch.
"""

from __future__ import annotations

from collections.abc import Callable

from specc.catalogue import dtypes
from specc.catalogue.dtypes import WEAK, resolved, result_type
from specc.catalogue.mismatch import BadArgument, DTypeMismatch
from specc.catalogue.types import TensorType

Promotion = Callable[[str], str]

# Each letter is a group of dtypes: floats, integers, unsigned, bool, complex.
FLOATS = "f"
WHOLE = "iu"
FLOAT_OR_COMPLEX = "fc"
NUMBERS = "fiu"
REAL = "fiub"
SIGNED = "fic"
ARITHMETIC = "fiuc"
ANY = "fiubc"

_SHOWN = {
    FLOATS: "floating-point numbers",
    WHOLE: "whole numbers",
    FLOAT_OR_COMPLEX: "floating-point or complex numbers",
    NUMBERS: "integers and floats",
    REAL: "numbers that are not complex",
    SIGNED: "numbers with a sign",
    ARITHMETIC: "numbers",
    ANY: "numbers",
}


def group(dtype: str) -> str:
    """The letter of a dtype's group; `s` for text and what else no op computes with."""
    if dtypes.is_float(dtype):
        return "f"
    if dtypes.is_int(dtype):
        return "u" if dtype.startswith("u") else "i"
    return {"bool": "b", "complex64": "c", "complex128": "c"}.get(dtype, "s")


def needs(op: str, dtype: str, groups: str, *inputs: int) -> None:
    """Raises `DTypeMismatch` unless the dtype is of one of the groups."""
    if group(dtype) in groups:
        return
    target = "int32" if groups == WHOLE else "float32"
    raise DTypeMismatch(
        f"ops.{op} takes {_SHOWN.get(groups, 'other dtypes')}; this is {resolved(dtype)}",
        help=f"write `ops.cast: {{dtype: {target}}}` before",
        inputs=inputs or (0,),
    )


def whole_for_whole(value: float | None, dtype: str, argument: str) -> None:
    """Raises `BadArgument` for a fraction among whole numbers, and a negative among unsigned."""
    among = group(dtype)
    if value is None or among not in "iu":
        return
    if isinstance(value, float) or (value < 0 and among != "i"):
        raise BadArgument(
            f"this stands among {resolved(dtype)}, so {value} cannot be written so",
            argument=argument,
            help="write a whole number without a point" + ("" if among == "i" else ", not below 0"),
        )


def refuse_plain(name: str, *tensors: TensorType) -> None:
    """Raises `DTypeMismatch` where a plain number stands and Keras wants a tensor."""
    for i, x in enumerate(tensors):
        if x.dtype in WEAK:
            raise DTypeMismatch(
                f"ops.{name} takes tensors, not a plain number",
                help="an input or a variable can hold the number",
                inputs=(i,),
            )


def one_dtype(op: str, *tensors: TensorType) -> None:
    """Raises `DTypeMismatch` where the kernel wants one dtype and converts nothing."""
    found = {resolved(t.dtype) for t in tensors}
    if len(found) > 1:
        raise DTypeMismatch(
            f"ops.{op} takes tensors of one dtype, not {' and '.join(sorted(found))}",
            help="write `ops.cast` before",
            inputs=tuple(range(len(tensors))),
        )


def promoted(op: str, *tensors: TensorType) -> str:
    """The common dtype of several tensors; the error names the op."""
    try:
        return result_type(*(t.dtype for t in tensors))
    except DTypeMismatch as error:
        raise DTypeMismatch(
            f"ops.{op}: {error.message}", help=error.help, inputs=tuple(range(len(tensors)))
        ) from None


def same(dtype: str) -> str:
    """The dtype that comes in."""
    return resolved(dtype)


def floating(dtype: str) -> str:
    """A float of the dtype's precision; int64 becomes float32."""
    return "float32" if dtype == "int64" else result_type(dtype, "float")


def floating_if_whole(dtype: str) -> str:
    """Whole numbers become float32, others stay."""
    return "float32" if group(dtype) in "iub" else resolved(dtype)


def floating_if_small(dtype: str) -> str:
    """Whole numbers become float32, int64 float64, others stay."""
    if dtype == "int64":
        return "float64"
    whole = group(dtype) in "iub" and dtype != "uint64"
    return "float32" if whole else resolved(dtype)


def floating_by_width(dtype: str) -> str:
    """int64 and float64 become float64, half precision stays, all else becomes float32."""
    if dtype in ("int64", "float64"):
        return "float64"
    return dtype if dtype in ("bfloat16", "float16") else "float32"


def counting(dtype: str) -> str:
    """Bool becomes int32, others stay."""
    return "int32" if dtype == "bool" else resolved(dtype)


def summing(dtype: str) -> str:
    """Small whole numbers become 32 bits wide, so that a sum fits."""
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    if dtype in ("uint8", "uint16"):
        return "uint32"
    return resolved(dtype)


def truth(dtype: str) -> str:
    """Always bool."""
    return "bool"


def float32(dtype: str) -> str:
    """Always float32: what Keras says of a few ops, whatever comes in."""
    return "float32"


def index(dtype: str) -> str:
    """Always int32."""
    return "int32"
