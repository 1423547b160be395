"""Equations that have no solution, solved as nearly as can be."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, case, op
from specc.catalogue.kinds import Float, Optional
from specc.catalogue.mismatch import DTypeMismatch, ShapeMismatch
from specc.catalogue.ops.promotion import FLOATS, needs, one_dtype, same
from specc.catalogue.shapes import needs_rank, needs_size
from specc.catalogue.types import TensorType


@op(
    case(TensorType((5, 3)), TensorType((5,))),
    case(TensorType((5, 3)), TensorType((5, 2))),
    case(TensorType((3, 5)), TensorType((3, None)), rcond=1e-3),
)
def lstsq(
    a: TensorType,
    b: TensorType,
    *,
    rcond: Annotated[float | None, Optional(Float(0))] = None,
) -> Result:
    """X where a x is nearest to b. (m, n), (m,) or (m, k) -> (n,) or (n, k)"""
    needs_rank("ops.lstsq", a, 2, form="(m, n)")
    needs_rank("ops.lstsq", b, 1, 2, input=1)
    for i, x in enumerate((a, b)):
        needs("lstsq", x.dtype, FLOATS, i)
    one_dtype("lstsq", a, b)
    if a.dtype not in ("float32", "float64"):
        raise DTypeMismatch(
            "ops.lstsq takes float32 or float64",
            help="write `ops.cast: {dtype: float32}` before",
            inputs=(0, 1),
        )
    rows = needs_size("ops.lstsq", a, 0, "number of equations")
    columns = needs_size("ops.lstsq", a, 1, "number of unknowns")
    if b.dims[0] != rows:
        raise ShapeMismatch(f"ops.lstsq: {a} and {b} are not of one height", inputs=(0, 1))
    return Result(TensorType((columns, *b.dims[1:]), same(a.dtype)))
