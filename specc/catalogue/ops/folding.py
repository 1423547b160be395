"""Windows of a picture as columns, and columns as a picture: `ops.unfold`, `ops.fold`."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, case, op
from specc.catalogue.kinds import Int, ListOf, Union
from specc.catalogue.mismatch import ShapeMismatch, UnknownSize
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import NUMBERS, needs
from specc.catalogue.shapes import needs_rank
from specc.catalogue.types import TensorType

_SIZE = Int(1, 2**31 - 1)
_EDGE = Int(0, 2**31 - 1)
Pair = Annotated[int | tuple[int, ...], Union((_SIZE, ListOf(_SIZE, 2, 2)))]
Edges = Annotated[int | tuple[int, ...], Union((_EDGE, ListOf(_EDGE, 2, 2)))]


def _two(value: int | tuple[int, ...]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else value


def _places(
    name: str,
    sides: tuple[int, ...],
    *,
    kernel: tuple[int, ...],
    dilation: tuple[int, ...],
    padding: tuple[int, ...],
    stride: tuple[int, ...],
) -> int:
    """How many windows there are."""
    count = 1
    for side, k, d, p, s in zip(sides, kernel, dilation, padding, stride, strict=True):
        rest = side + 2 * p - d * (k - 1) - 1
        if rest < 0:
            raise ShapeMismatch(f"ops.{name}: a window does not fit into {side}", inputs=(0,))
        count *= rest // s + 1
    return count


@op(
    case((3, 8, 8), kernel_size=2, stride=2),
    case((3, 8, 8), kernel_size=[3, 2], padding=1),
    case((3, 8, 8), kernel_size=3, dilation=2),
)
def unfold(
    x: TensorType, *, kernel_size: Pair, dilation: Pair = 1, padding: Edges = 0, stride: Pair = 1
) -> Result:
    """Windows as columns. (batch, channels, h, w) -> (batch, channels * kernel, windows)"""
    needs("unfold", x.dtype, NUMBERS)
    needs_rank("ops.unfold", x, 4, form="(batch, channels, height, width)")
    _, channels, height, width = x.dims
    if not (isinstance(channels, int) and isinstance(height, int) and isinstance(width, int)):
        raise UnknownSize(f"ops.unfold needs to know all sizes but the batch; {x}", inputs=(0,))
    kernel = _two(kernel_size)
    windows = _places(
        "unfold",
        (height, width),
        kernel=kernel,
        dilation=_two(dilation),
        padding=_two(padding),
        stride=_two(stride),
    )
    dims = (x.dims[0], channels * kernel[0] * kernel[1], windows)
    return Result(TensorType(dims, to.same(x.dtype)), (), 0)


@op(
    case((12, 16), output_size=8, kernel_size=2, stride=2),
    case((12, 49), output_size=[8, 8], kernel_size=2),
)
def fold(
    x: TensorType,
    *,
    output_size: Pair,
    kernel_size: Pair,
    dilation: Pair = 1,
    padding: Edges = 0,
    stride: Pair = 1,
) -> Result:
    """Columns added up to a picture. (batch, channels * kernel, windows) -> (batch, c, h, w)"""
    needs("fold", x.dtype, NUMBERS)
    needs_rank("ops.fold", x, 3, form="(batch, channels * kernel, windows)")
    kernel, sides = _two(kernel_size), _two(output_size)
    count = kernel[0] * kernel[1]
    _, columns, windows = x.dims
    if not isinstance(columns, int) or columns % count:
        raise ShapeMismatch(f"{columns} is not a multiple of the kernel's {count}", inputs=(0,))
    wanted = _places(
        "fold",
        sides,
        kernel=kernel,
        dilation=_two(dilation),
        padding=_two(padding),
        stride=_two(stride),
    )
    if windows != wanted:
        raise ShapeMismatch(f"ops.fold takes {wanted} windows here, not {windows}", inputs=(0,))
    return Result(TensorType((x.dims[0], columns // count, *sides), to.same(x.dtype)), (), 0)
