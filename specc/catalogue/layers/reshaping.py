"""What only moves numbers: flattening, reshaping, repeating, padding, cropping, upsampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from specc.catalogue.cost import for_each
from specc.catalogue.define import Case, Definition, Result, case, layer, tensor
from specc.catalogue.kinds import (
    Choice,
    DataFormat,
    EachAxis,
    Int,
    ListOf,
    Optional,
    PerAxis,
    Positive,
    Sizes,
)
from specc.catalogue.layers.layout import layout
from specc.catalogue.mismatch import BadArgument, ShapeMismatch, UnknownSize
from specc.catalogue.shapes import Dims, needs_rank, product
from specc.catalogue.types import Dim, Symbol, TensorType

_AMOUNT = Int(0, 2**31 - 1)
Pair = Annotated[tuple[int, int], PerAxis(_AMOUNT, 2)]
Pairs = Annotated[tuple[tuple[int, int], ...], EachAxis(PerAxis(_AMOUNT, 2))]
Lengths = Annotated[tuple[int | None, ...], ListOf(Optional(Int(-1, 2**31 - 1)))]
Order = Annotated[tuple[int, ...], ListOf(Int(1, 64), 1)]
Interpolation = Annotated[
    str, Choice(("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"))
]


def _size(dims: Dims) -> Dim:
    """How many numbers there are; a lone symbol beside ones is itself."""
    others = [d for d in dims if d != 1]
    return others[0] if len(others) == 1 else product(others)


@layer(
    case((20, 17, 3)),
    case((None, 3)),
    case(()),
    case((3, 20, 17), data_format="channels_first"),
    case(tensor(2, 3, dtype="int32")),
    text=True,
)
def Flatten(inputs: TensorType, *, data_format: DataFormat = None) -> Result:
    """Puts all of an example in one row. (batch, ...) -> (batch, features)"""
    needs_rank("Flatten", inputs, 1, -1, form="(batch, ...)")
    return Result(inputs.of(inputs[0], _size(inputs[1:])), (), 0)


@layer(
    case((10, 8), target_shape=[5, -1]),
    case((10, 8), target_shape=[20, 4]),
    case((None, 8), target_shape=[-1, 4]),
    case((10, 8), target_shape=[80]),
    case(1, target_shape=[]),
    case(tensor(6, dtype="int32"), target_shape=[2, 3]),
    text=True,
)
def Reshape(inputs: TensorType, *, target_shape: Lengths) -> Result:
    """Arranges the numbers anew. (batch, ...) -> (batch, target_shape...)

    One length may be -1 (or null): it is what is left over.
    """
    needs_rank("Reshape", inputs, 1, -1, form="(batch, ...)")
    free = [i for i, d in enumerate(target_shape) if d in (-1, None)]
    for i, length in enumerate(target_shape):
        if length == 0:
            raise BadArgument("a length is at least 1", argument=("target_shape", i))
    if len(free) > 1:
        raise BadArgument(
            "only one length may be left open (-1)", argument=("target_shape", free[1])
        )
    asked = product(d for d in target_shape if d is not None and d != -1) or 1
    rest = inputs[1:]
    unknown = [d for d in rest if not isinstance(d, int)]
    there = product(d for d in rest if isinstance(d, int)) or 0
    if not free:
        _check_size(inputs, target_shape, unknown, there=there, asked=asked)
        return Result(inputs.of(inputs[0], *target_shape), (), 0)
    left: Dim = None
    if not unknown:
        if there % asked:
            raise ShapeMismatch(
                f"Reshape has {there} numbers, which {asked} does not divide, in {inputs}",
                argument="target_shape",
                inputs=(0,),
            )
        left = there // asked
    elif len(unknown) == 1 and there == asked:
        left = unknown[0]
    return Result(
        inputs.of(inputs[0], *target_shape[: free[0]], left, *target_shape[free[0] + 1 :]), (), 0
    )


def _check_size(
    inputs: TensorType,
    target: tuple[int | None, ...],
    unknown: Sequence[Dim],
    *,
    there: int,
    asked: int,
) -> None:
    names = [d for d in unknown if isinstance(d, Symbol)]
    if names:
        raise UnknownSize(
            f"Reshape to {list(target)} needs {asked} numbers, and `{names[0]}` in {inputs} can be"
            " any length",
            argument="target_shape",
            help="write -1 for one of the lengths",
            inputs=(0,),
        )
    if (not unknown and there != asked) or (unknown and there and asked % there):
        raise ShapeMismatch(
            f"Reshape to {list(target)} needs {asked} numbers, and {inputs} has"
            f" {there if not unknown else f'a multiple of {there}'}",
            argument="target_shape",
            inputs=(0,),
            help="write -1 for one of the lengths",
        )


@layer(
    case((10, 8), dims=[2, 1]),
    case((None, 4, 5), dims=[3, 1, 2]),
    case(tensor(4, dtype="int32"), dims=[1]),
    text=True,
)
def Permute(inputs: TensorType, *, dims: Order) -> Result:
    """Puts the axes in another order; they count from 1. (batch, a, b) -> (batch, b, a)"""
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise BadArgument(
            f"this wants each axis from 1 to {len(dims)} once, not {list(dims)}",
            argument="dims",
            help="the batch is not among them",
        )
    needs_rank("Permute", inputs, len(dims) + 1)
    return Result(inputs.of(inputs[0], *(inputs[d] for d in dims)), (), 0)


@layer(case(8, n=5), case(None, n=1))
def RepeatVector(inputs: TensorType, *, n: Positive, dtype: str) -> Result:
    """Repeats a row. (batch, features) -> (batch, n, features)"""
    needs_rank("RepeatVector", inputs, 2, form="(batch, features)")
    return Result(TensorType((inputs[0], n, inputs[1]), dtype), (), 0)


def _padded(length: Dim, before: int, after: int) -> Dim:
    if isinstance(length, int):
        return length + before + after
    return None if before or after else length


def _cropped(name: str, inputs: TensorType, length: Dim, before: int, after: int) -> Dim:
    if not isinstance(length, int):
        return None if before or after else length
    if before + after >= length:
        raise ShapeMismatch(
            f"{name} takes {before} and {after} away from {length}, which leaves nothing; its input"
            f" is {inputs}",
            argument="cropping",
            inputs=(0,),
        )
    return length - before - after


def _enlarged(length: Dim, factor: int) -> Dim:
    if isinstance(length, int):
        return length * factor
    return length if factor == 1 else None


@layer(
    case((10, 8)),
    case((10, 8), padding=[0, 3]),
    case((None, 8), padding=2),
    case((8, 10), data_format="channels_first"),
)
def ZeroPadding1D(
    inputs: TensorType, *, padding: Pair = (1, 1), data_format: DataFormat = None, dtype: str
) -> Result:
    """Adds zeros at both ends. (batch, time, channels) -> (batch, longer, channels)"""
    shape = layout("ZeroPadding1D", inputs, 1, data_format)
    space = (_padded(shape.space[0], *padding),)
    return Result(TensorType(shape.of(space, shape.channels), dtype), (), 0)


@layer(case((10, 8)), case((10, 8), cropping=[0, 3]), case((None, 8), cropping=2))
def Cropping1D(inputs: TensorType, *, cropping: Pair = (1, 1), dtype: str) -> Result:
    """Takes away at both ends. (batch, time, channels) -> (batch, fewer, channels)"""
    shape = layout("Cropping1D", inputs, 1)
    space = (_cropped("Cropping1D", inputs, shape.space[0], *cropping),)
    return Result(TensorType(shape.of(space, shape.channels), dtype), (), 0)


@layer(case((10, 8)), case((None, 8), size=3), case((10, 8), size=1))
def UpSampling1D(inputs: TensorType, *, size: Positive = 2, dtype: str) -> Result:
    """Repeats each step. (batch, time, channels) -> (batch, time * size, channels)"""
    shape = layout("UpSampling1D", inputs, 1)
    space = (_enlarged(shape.space[0], size),)
    return Result(TensorType(shape.of(space, shape.channels), dtype), (), 0)


def zero_padding(axes: int, *cases: Case) -> Definition:
    """`ZeroPadding2D` or `ZeroPadding3D`."""
    name = f"ZeroPadding{axes}D"
    default = ((1, 1),) * axes

    def rule(
        inputs: TensorType, *, padding: Pairs = default, data_format: DataFormat = None, dtype: str
    ) -> Result:
        """Adds zeros around. (batch, space..., channels) -> (batch, larger space..., channels)

        One number for all sides, one for each axis, or `[before, after]` for each axis.
        """
        shape = layout(name, inputs, axes, data_format)
        space = tuple(_padded(d, *p) for d, p in zip(shape.space, padding, strict=True))
        return Result(TensorType(shape.of(space, shape.channels), dtype), (), 0)

    return layer(*cases, name=name, axes=axes)(rule)


def cropping(axes: int, by_default: int, *cases: Case) -> Definition:
    """`Cropping2D` or `Cropping3D`."""
    name = f"Cropping{axes}D"
    default = ((by_default, by_default),) * axes

    def rule(
        inputs: TensorType, *, cropping: Pairs = default, data_format: DataFormat = None, dtype: str
    ) -> Result:
        """Takes away all around. (batch, space..., channels) -> (batch, smaller space..., channels)

        One number for all sides, one for each axis, or `[before, after]` for each axis.
        """
        shape = layout(name, inputs, axes, data_format)
        space = tuple(
            _cropped(name, inputs, d, *c) for d, c in zip(shape.space, cropping, strict=True)
        )
        return Result(TensorType(shape.of(space, shape.channels), dtype), (), 0)

    return layer(*cases, name=name, axes=axes)(rule)


@layer(
    case((10, 9, 3)),
    case((10, None, 3), size=[2, 3], interpolation="bilinear"),
    case((3, 10, 9), size=3, data_format="channels_first"),
    axes=2,
)
def UpSampling2D(
    inputs: TensorType,
    *,
    size: Sizes = (2, 2),
    data_format: DataFormat = None,
    interpolation: Interpolation = "nearest",
    dtype: str,
) -> Result:
    """Enlarges a picture. (batch, height, width, channels) -> (batch, size * space..., channels)"""
    shape = layout("UpSampling2D", inputs, 2, data_format)
    space = tuple(_enlarged(d, s) for d, s in zip(shape.space, size, strict=True))
    outputs = TensorType(shape.of(space, shape.channels), dtype)
    return Result(outputs, (), 0 if interpolation == "nearest" else for_each(outputs, 7))


@layer(
    case((5, 6, 7, 3)),
    case((5, None, 7, 3), size=[2, 3, 1]),
    case((3, 5, 6, 7), data_format="channels_first"),
    axes=3,
)
def UpSampling3D(
    inputs: TensorType, *, size: Sizes = (2, 2, 2), data_format: DataFormat = None, dtype: str
) -> Result:
    """Enlarges a volume. (batch, space..., channels) -> (batch, size * space..., channels)"""
    shape = layout("UpSampling3D", inputs, 3, data_format)
    space = tuple(_enlarged(d, s) for d, s in zip(shape.space, size, strict=True))
    return Result(TensorType(shape.of(space, shape.channels), dtype), (), 0)


ZeroPadding2D = zero_padding(
    2,
    case((10, 9, 3)),
    case((10, 9, 3), padding=[[1, 2], [0, 3]]),
    case((10, None, 3), padding=[1, 2]),
    case((3, 10, 9), padding=0, data_format="channels_first"),
)
ZeroPadding3D = zero_padding(
    3, case((5, 6, 7, 3)), case((5, None, 7, 3), padding=[[1, 2], 3, [0, 0]])
)
Cropping2D = cropping(
    2,
    0,
    case((10, 9, 3)),
    case((10, 9, 3), cropping=[[1, 2], [0, 3]]),
    case((10, None, 3), cropping=[1, 2]),
    case((3, 10, 9), cropping=2, data_format="channels_first"),
)
Cropping3D = cropping(3, 1, case((5, 6, 7, 3)), case((5, None, 7, 3), cropping=[[1, 2], 1, [0, 0]]))
