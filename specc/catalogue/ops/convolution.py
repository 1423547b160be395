"""Convolutions with a kernel that is a tensor, and pooling, over 1, 2 or 3 spatial axes."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import multiply_adds, operations
from specc.catalogue.define import Definition, Result, case, op
from specc.catalogue.kinds import DataFormat, Int, ListOf, Optional, Padding, Union
from specc.catalogue.mismatch import BadArgument, BadCombination, DTypeMismatch, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import FLOATS, NUMBERS, needs
from specc.catalogue.shapes import (
    Dims,
    clash,
    needs_rank,
    product,
    transposed_length,
    window_length,
)
from specc.catalogue.types import Dim, TensorType

_SIZE = Int(1, 2**31 - 1)
Sizes = Annotated[int | tuple[int, ...], Union((_SIZE, ListOf(_SIZE, 1, 3)))]
MaybeSizes = Annotated[int | tuple[int, ...] | None, Optional(Union((_SIZE, ListOf(_SIZE, 1, 3))))]
_PAD = Int(0, 2**31 - 1)
OutputPadding = Annotated[int | tuple[int, ...] | None, Optional(Union((_PAD, ListOf(_PAD, 1, 3))))]


def _each(
    sizes: int | tuple[int, ...], axes: int, argument: str, *, alone: bool = True
) -> tuple[int, ...]:
    """One size for each axis; `alone` lets a list of one stand for all."""
    if isinstance(sizes, int):
        return (sizes,) * axes
    if len(sizes) == 1 and alone:
        return sizes * axes
    if len(sizes) != axes:
        raise BadArgument(f"this wants one number, or {axes}", argument=argument)
    return sizes


def _split(inputs: TensorType, data_format: str | None) -> tuple[Dims, Dim]:
    """The spatial dimensions and the channels."""
    if data_format == "channels_first":
        return inputs.dims[2:], inputs.dims[1]
    return inputs.dims[1:-1], inputs.dims[-1]


def _joined(inputs: TensorType, space: Dims, channels: Dim, data_format: str | None) -> TensorType:
    dims = (channels, *space) if data_format == "channels_first" else (*space, channels)
    return TensorType((inputs.dims[0], *dims), to.same(inputs.dtype))


def _windows(
    name: str,
    inputs: TensorType,
    space: Dims,
    *,
    window: tuple[int, ...],
    strides: tuple[int, ...],
    padding: str,
    dilation: tuple[int, ...],
) -> Dims:
    try:
        return tuple(
            window_length(length, size, stride, padding, rate)
            for length, size, stride, rate in zip(space, window, strides, dilation, strict=True)
        )
    except ShapeMismatch as error:
        raise ShapeMismatch(f"ops.{name}: {error.message}, {inputs}", inputs=(0,)) from None


def _kernel(name: str, inputs: TensorType, kernel: TensorType, ranks: tuple[int, int]) -> None:
    """A kernel of known size, of the inputs' rank and dtype."""
    needs(name, inputs.dtype, FLOATS, 0)
    needs_rank(f"ops.{name}", inputs, *ranks)
    needs_rank(f"ops.{name}", kernel, inputs.rank, input=1)
    if to.same(inputs.dtype) != to.same(kernel.dtype):
        raise DTypeMismatch(
            f"ops.{name} takes a kernel of the inputs' dtype, {inputs.dtype}", inputs=(0, 1)
        )
    if not all(isinstance(d, int) for d in kernel.dims):
        raise ShapeMismatch(
            f"ops.{name} takes a kernel of known size, such as a variable", inputs=(1,)
        )


def _channels(name: str, channels: Dim, wanted: Dim, inputs: TensorType) -> None:
    if channels is not None and clash(channels, wanted) is not None:
        raise ShapeMismatch(
            f"ops.{name}: the kernel takes {wanted} channels, and {inputs} has {channels}",
            inputs=(0, 1),
        )


def _numbers(dims: Dims) -> tuple[int, ...]:
    return tuple(d for d in dims if isinstance(d, int))


def _convolution(name: str, *, depthwise: bool, what: str) -> Definition:
    def rule(
        inputs: TensorType,
        kernel: TensorType,
        *,
        strides: Sizes = 1,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dilation_rate: Sizes = 1,
    ) -> Result:
        _kernel(name, inputs, kernel, (3, 4 if depthwise else 5))
        space, channels = _split(inputs, data_format)
        *window, into, out = _numbers(kernel.dims)
        _channels(name, channels, into, inputs)
        steps = _each(strides, len(space), "strides")
        rates = _each(dilation_rate, len(space), "dilation_rate", alone=False)
        if not depthwise and max(steps) > 1 and max(rates) > 1:
            raise BadCombination(
                "strides or dilation_rate is above 1, not both", argument="strides"
            )
        left = _windows(
            name,
            inputs,
            space,
            window=tuple(window),
            strides=steps,
            padding=padding,
            dilation=rates,
        )
        filters = into * out if depthwise else out
        output = _joined(inputs, left, filters, data_format)
        each = product(window) if depthwise else product((*window, into))
        return Result(output, (), multiply_adds(output.size, each))

    rule.__doc__ = f"{what}. (batch, space..., channels), (window..., channels, n) -> …"
    cases = (
        case((8, 8, 3), TensorType((3, 3, 3, 5))),
        case((8, 8, 3), TensorType((3, 3, 3, 5)), strides=2, padding="same"),
        case((None, 3), TensorType((3, 3, 2)), dilation_rate=2),
        case((3, 8), TensorType((3, 3, 2)), data_format="channels_first"),
    )
    return op(*cases, name=name)(rule)


CONVOLUTIONS = (
    _convolution("conv", depthwise=False, what="A convolution"),
    _convolution("depthwise_conv", depthwise=True, what="A convolution of each channel"),
)


@op(
    case((8, 8, 3), TensorType((3, 3, 3, 2)), TensorType((1, 1, 6, 5))),
    case((8, 3), TensorType((3, 3, 2)), TensorType((1, 6, 5)), padding="same", strides=2),
)
def separable_conv(
    inputs: TensorType,
    depthwise_kernel: TensorType,
    pointwise_kernel: TensorType,
    *,
    strides: Sizes = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Sizes = 1,
) -> Result:
    """A convolution of each channel, then a mix of channels. (batch, space..., channels) -> …"""
    inner = CONVOLUTIONS[1].rule(
        inputs,
        depthwise_kernel,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilation_rate=dilation_rate,
    )
    assert isinstance(inner.outputs, TensorType)
    _kernel("separable_conv", inner.outputs, pointwise_kernel, (3, 4))
    space, channels = _split(inner.outputs, data_format)
    *window, into, out = _numbers(pointwise_kernel.dims)
    if max(window) > 1:
        raise ShapeMismatch("the pointwise kernel is of one place", inputs=(2,))
    _channels("separable_conv", channels, into, inner.outputs)
    output = _joined(inputs, space, out, data_format)
    mixing = multiply_adds(output.size, into)
    return Result(
        output, (), None if None in (inner.flops, mixing) else (inner.flops or 0) + (mixing or 0)
    )


@op(
    case((8, 8, 3), TensorType((3, 3, 5, 3))),
    case((8, 8, 3), TensorType((3, 3, 5, 3)), strides=2, padding="same"),
    case((None, 3), TensorType((4, 5, 3)), strides=2),
)
def conv_transpose(
    inputs: TensorType,
    kernel: TensorType,
    *,
    strides: Sizes = 1,
    padding: Padding = "valid",
    output_padding: OutputPadding = None,
    data_format: DataFormat = None,
    dilation_rate: Sizes = 1,
) -> Result:
    """A convolution the other way round. (batch, space..., channels), (window..., n, channels)"""
    name = "conv_transpose"
    _kernel(name, inputs, kernel, (3, 5))
    space, channels = _split(inputs, data_format)
    *window, out, into = _numbers(kernel.dims)
    _channels(name, channels, into, inputs)
    axes = len(space)
    steps = _each(strides, axes, "strides", alone=False)
    rates = _each(dilation_rate, axes, "dilation_rate", alone=False)
    extra: tuple[int | None, ...] = (None,) * axes
    if output_padding is not None:
        added = _each(output_padding, axes, "output_padding", alone=False)
        if any(more >= step for more, step in zip(added, steps, strict=True)):
            raise BadCombination("output_padding is below strides", argument="output_padding")
        extra = added
    left = tuple(
        transposed_length(n, size, step, padding, output_padding=more, dilation=rate)
        for n, size, step, more, rate in zip(space, window, steps, extra, rates, strict=True)
    )
    output = _joined(inputs, left, out, data_format)
    places = operations(product(_numbers(space)) if len(_numbers(space)) == axes else None)
    return Result(output, (), multiply_adds(places, product((*window, out, into))))


def _pool(name: str, what: str) -> Definition:
    def rule(
        inputs: TensorType,
        *,
        pool_size: Sizes,
        strides: MaybeSizes = None,
        padding: Padding = "valid",
        data_format: DataFormat = None,
    ) -> Result:
        needs(name, inputs.dtype, FLOATS if name == "average_pool" else NUMBERS)
        needs_rank(f"ops.{name}", inputs, 3, 5)
        space, channels = _split(inputs, data_format)
        window = _each(pool_size, len(space), "pool_size")
        steps = _each(window if strides is None else strides, len(space), "strides")
        left = _windows(
            name,
            inputs,
            space,
            window=window,
            strides=steps,
            padding=padding,
            dilation=(1,) * len(space),
        )
        output = _joined(inputs, left, channels, data_format)
        return Result(output, (), operations(output.size, product(window)))

    rule.__doc__ = f"{what} of each window. (batch, space..., channels) -> …"
    cases = (
        case((8, 8, 3), pool_size=2),
        case((9, 3), pool_size=3, strides=1, padding="same"),
        case((3, 8, 8), pool_size=[2, 4], data_format="channels_first"),
        case((None, 3), pool_size=2),
    )
    return op(*cases, name=name)(rule)


POOLS = (
    _pool("max_pool", "The largest number"),
    _pool("average_pool", "The mean"),
)
