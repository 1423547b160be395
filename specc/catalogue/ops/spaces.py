"""Rows of numbers between two: `ops.linspace`, `ops.logspace`, `ops.geomspace`."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, case, op
from specc.catalogue.dtypes import result_type
from specc.catalogue.kinds import Axis, Choice, Flag, Int, Number, Optional
from specc.catalogue.mismatch import BadArgument, BadCombination, DTypeMismatch
from specc.catalogue.ops.promotion import NUMBERS, REAL, needs
from specc.catalogue.shapes import broadcast_types, position
from specc.catalogue.types import TensorType

Count = Annotated[int, Int(1, 2**31 - 1)]
Floating = Annotated[str | None, Optional(Choice(("float16", "bfloat16", "float32", "float64")))]


def _row(
    name: str, start: TensorType, stop: TensorType, num: int, dtype: str | None, axis: int
) -> Result:
    for i, tensor in enumerate((start, stop)):
        needs(name, tensor.dtype, NUMBERS if name == "geomspace" else REAL, i)
    said = result_type(start.dtype, "float")
    given = "float32" if name == "geomspace" else result_type(start.dtype, stop.dtype, "float")
    if dtype is None and said != given:
        raise DTypeMismatch(
            f"ops.{name} gives {given} here, and Keras says {said}, the dtype of the start",
            help="write a `dtype`",
            inputs=(0, 1),
        )
    dims = list(broadcast_types(f"ops.{name}", (start, stop)))
    dims.insert(position(axis, len(dims) + 1), num)
    return Result(TensorType(tuple(dims), dtype or said))


_CASES = (case((4,), (4,)), case((4, 3), (4, 3), num=7, axis=1), case(3, 3, num=2, axis=-1))


@op(*_CASES, case((4,), (4,), endpoint=False, dtype="float16"))
def linspace(
    start: TensorType,
    stop: TensorType,
    *,
    num: Count = 50,
    endpoint: Flag = True,
    retstep: Flag = False,
    dtype: Floating = None,
    axis: Axis = 0,
) -> Result:
    """Numbers at one distance from start to stop. (...), (...) -> (num, ...)"""
    if retstep:
        raise BadCombination(
            "Keras gives no tensor for the step here", argument="retstep", help="leave it out"
        )
    return _row("linspace", start, stop, num, dtype, axis)


@op(*_CASES, case((4,), (4,), base=2.0))
def logspace(
    start: TensorType,
    stop: TensorType,
    *,
    num: Count = 50,
    endpoint: Flag = True,
    base: Number = 10,
    dtype: Floating = None,
    axis: Axis = 0,
) -> Result:
    """Powers of a base, from that of start to that of stop. (...), (...) -> (num, ...)"""
    return _row("logspace", start, stop, num, dtype, axis)


@op(_CASES[0], case((4, 3), (4, 3), num=7))
def geomspace(
    start: TensorType,
    stop: TensorType,
    *,
    num: Count = 50,
    endpoint: Flag = True,
    dtype: Floating = None,
    axis: Axis = 0,
) -> Result:
    """Numbers at one ratio from start to stop. (...), (...) -> (num, ...)"""
    result = _row("geomspace", start, stop, num, dtype, axis)
    if start.rank and axis not in (0, -1 - max(start.rank, stop.rank)):
        raise BadArgument("Keras lays these along axis 0 only", argument="axis")
    return result
