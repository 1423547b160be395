"""Functions that change how numbers are held, and that make tensors like another."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.kinds import Choice, Float, Number, Optional
from specc.catalogue.mismatch import DTypeMismatch, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import ANY, REAL, needs
from specc.catalogue.ops.reduction import NUMERIC, MaybeDType
from specc.catalogue.ops.shape import moved
from specc.catalogue.shapes import needs_rank, replaced
from specc.catalogue.types import TensorType

Target = Annotated[str, Choice(NUMERIC)]
_BYTES = {
    **dict.fromkeys(("bool", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16"), 2),
    **dict.fromkeys(("int32", "uint32", "float32"), 4),
    **dict.fromkeys(("int64", "uint64", "float64", "complex64"), 8),
    "complex128": 16,
}


def _cast(name: str, what: str) -> Definition:
    def rule(x: TensorType, *, dtype: Target) -> Result:
        needs(name, x.dtype, ANY)
        return Result(x.cast(dtype), (), 0)

    rule.__doc__ = f"{what}. Any shape, unchanged"
    return op(case(3, dtype="int32"), case((4, 3), dtype="float16"), name=name)(rule)


CASTS = (
    _cast("cast", "The numbers in another dtype"),
    _cast("saturate_cast", "The numbers in another dtype, cut at its ends"),
)


def _like(name: str, what: str) -> Definition:
    def rule(x: TensorType, *, dtype: MaybeDType = None) -> Result:
        return Result(TensorType(x.dims, dtype or to.same(x.dtype)), (), 0)

    rule.__doc__ = f"{what}. Any shape, unchanged"
    return op(case(3), case((4, 3), dtype="int32"), name=name)(rule)


LIKES = (
    _like("zeros_like", "Zeros in the shape of a tensor"),
    _like("ones_like", "Ones in the shape of a tensor"),
    _like("empty_like", "A tensor of the shape of another, of any numbers"),
)


@op(case(3, fill_value=2.0), case((4, 3), fill_value=1, dtype="int32"))
def full_like(x: TensorType, *, fill_value: Number, dtype: MaybeDType = None) -> Result:
    """One number in the shape of a tensor. Any shape, unchanged"""
    return Result(TensorType(x.dims, dtype or to.same(x.dtype)), (), 0)


@op(case(3), case(3, nan=1.0, posinf=9.0, neginf=-9.0))
def nan_to_num(
    x: TensorType,
    *,
    nan: Number = 0.0,
    posinf: Annotated[float | None, Optional(Float())] = None,
    neginf: Annotated[float | None, Optional(Float())] = None,
) -> Result:
    """Other numbers for NaN and infinity. Any shape, unchanged"""
    needs("nan_to_num", x.dtype, REAL)
    return moved(x, x.dims)


@op(case(4, dtype="int32"), case(4, dtype="int8"), case(tensor(4, dtype="int16"), dtype="float32"))
def view(x: TensorType, *, dtype: MaybeDType = None) -> Result:
    """The same bytes as another dtype. (batch, ..., n) -> (batch, ..., n * old / new)"""
    needs("view", x.dtype, ANY)
    new = dtype or to.same(x.dtype)
    needs("view", new, ANY)
    old_bytes, new_bytes = _BYTES[to.same(x.dtype)], _BYTES[new]
    if old_bytes == new_bytes:
        return Result(x.cast(new), (), 0)
    needs_rank("ops.view", x, 1, -1)
    last = x.dims[-1]
    if not isinstance(last, int):
        return Result(TensorType(replaced(x.dims, x.rank - 1, None), new), (), 0)
    if last * old_bytes % new_bytes:
        raise ShapeMismatch(
            f"{last} times {old_bytes} bytes make no whole number of {new}", inputs=(0,)
        )
    dims = replaced(x.dims, x.rank - 1, last * old_bytes // new_bytes)
    return Result(TensorType(dims, new), (), 0)


@op(case(2), case((4, 2)), case((4, 3, 2)))
def view_as_complex(x: TensorType) -> Result:
    """Pairs of a real and an imaginary part as complex numbers. (..., 2) -> (...)"""
    needs("view_as_complex", x.dtype, ANY)
    needs_rank("ops.view_as_complex", x, 1, -1)
    if x.dims[-1] not in (2, None):
        raise ShapeMismatch(
            f"the last axis holds a real and an imaginary part; this is {x}", inputs=(0,)
        )
    return Result(TensorType(x.dims[:-1], "complex64"), (), 0)


@op(case(tensor(3, dtype="complex64")))
def view_as_real(x: TensorType) -> Result:
    """Complex numbers as pairs of a real and an imaginary part. (...) -> (..., 2)"""
    if x.dtype not in ("complex64", "float32"):
        raise DTypeMismatch("ops.view_as_real takes complex64", inputs=(0,))
    return Result(TensorType((*x.dims, 2), "float32"), (), 0)


@op(case((4, 3)))
def size(x: TensorType) -> Result:
    """How many numbers there are. (...) -> ()"""
    return Result(TensorType((), "int32"), (), 0)
