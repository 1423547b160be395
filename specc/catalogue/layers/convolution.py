"""Convolutions: plain, depthwise and separable, over 1, 2 or 3 spatial axes."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from specc.catalogue.cost import altogether, multiply_adds, operations
from specc.catalogue.define import Case, Definition, Result, Weight, case, layer
from specc.catalogue.kinds import (
    Choice,
    DataFormat,
    Flag,
    ForAxes,
    Padding,
    Positive,
    Sizes,
)
from specc.catalogue.layers.layout import Layout, layout
from specc.catalogue.mismatch import BadCombination, ShapeMismatch
from specc.catalogue.shapes import Dims, needs_size, product, window_length
from specc.catalogue.types import TensorType

CausalPadding = Annotated[
    str,
    ForAxes(1, Choice(("valid", "same", "causal")), Choice(("valid", "same"))),
]


class Window(NamedTuple):
    """How a kernel is laid over the spatial axes."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str
    dilation: tuple[int, ...]


def convolved(name: str, inputs: TensorType, shape: Layout, window: Window) -> Dims:
    """The spatial lengths that a window leaves; raises `ShapeMismatch` where it does not fit."""
    try:
        return tuple(
            window_length(length, size, stride, window.padding, dilation)
            for length, size, stride, dilation in zip(
                shape.space, window.size, window.strides, window.dilation, strict=True
            )
        )
    except ShapeMismatch as error:
        raise ShapeMismatch(
            f"{name}: {error.message}; its input is {inputs}",
            help="`padding: same` fits; or take a smaller window, or fewer poolings before",
            inputs=(0,),
        ) from None


def strides_or_dilation(
    name: str, strides: tuple[int, ...], dilation_rate: tuple[int, ...]
) -> None:
    """Raises `BadCombination` where both are above 1, which Keras does not have."""
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise BadCombination(
            f"{name} takes strides above 1 or a dilation_rate above 1, not both",
            argument="dilation_rate",
            help="leave out one of them, or put a pooling after the dilated convolution",
        )


def channels_of(name: str, inputs: TensorType, shape: Layout) -> int:
    """How many channels there are; raises `UnknownSize`."""
    return needs_size(name, inputs, shape.channel_axis, "number of channels")


def conv(axes: int, *cases: Case) -> Definition:
    """`Conv1D`, `Conv2D` or `Conv3D`."""
    name = f"Conv{axes}D"
    ones = (1,) * axes

    def rule(
        inputs: TensorType,
        *,
        filters: Positive,
        kernel_size: Sizes,
        strides: Sizes = ones,
        padding: CausalPadding = "valid",
        data_format: DataFormat = None,
        dilation_rate: Sizes = ones,
        groups: Positive = 1,
        use_bias: Flag = True,
        dtype: str,
    ) -> Result:
        """A convolution. (batch, space..., channels) -> (batch, space..., filters)

        The number of channels must be known, and `groups` must divide it and `filters`. Strides and
        dilation are not both above 1.
        """
        shape = layout(name, inputs, axes, data_format)
        strides_or_dilation(name, strides, dilation_rate)
        if filters % groups:
            raise BadCombination(
                f"{name} shares {filters} filters out to {groups} groups, which does not divide",
                argument="groups",
                help=f"take a number of filters that is a multiple of {groups}",
            )
        channels = channels_of(name, inputs, shape)
        if channels % groups:
            raise ShapeMismatch(
                f"{name} shares its input's {channels} channels out to {groups} groups, which does"
                f" not divide; the input is {inputs}",
                argument="groups",
                inputs=(0,),
                help=f"the number of channels must be a multiple of {groups}",
            )
        window = Window(kernel_size, strides, padding, dilation_rate)
        space = convolved(name, inputs, shape, window)
        kernel = Weight("kernel", (*kernel_size, channels // groups, filters))
        positions = product(space)
        cost = multiply_adds(kernel.size, positions)
        if use_bias:
            cost = altogether(cost, operations(filters, positions))
        weights = (kernel, Weight("bias", (filters,))) if use_bias else (kernel,)
        return Result(TensorType(shape.of(space, filters), dtype), weights, cost)

    return layer(*cases, name=name, axes=axes)(rule)


def depthwise(axes: int, *cases: Case) -> Definition:
    """`DepthwiseConv1D` or `DepthwiseConv2D`."""
    name = f"DepthwiseConv{axes}D"
    ones = (1,) * axes

    def rule(
        inputs: TensorType,
        *,
        kernel_size: Sizes,
        strides: Sizes = ones,
        padding: Padding = "valid",
        depth_multiplier: Positive = 1,
        data_format: DataFormat = None,
        dilation_rate: Sizes = ones,
        use_bias: Flag = True,
        dtype: str,
    ) -> Result:
        """A convolution of each channel by itself.

        (batch, space..., channels) -> (batch, space..., channels * depth_multiplier). The number
        of channels must be known.
        """
        shape = layout(name, inputs, axes, data_format)
        channels = channels_of(name, inputs, shape)
        window = Window(kernel_size, strides, padding, dilation_rate)
        space = convolved(name, inputs, shape, window)
        filters = channels * depth_multiplier
        kernel = Weight("kernel", (*kernel_size, channels, depth_multiplier))
        positions = product(space)
        cost = multiply_adds(kernel.size, positions)
        if use_bias:
            cost = altogether(cost, operations(filters, positions))
        weights = (kernel, Weight("bias", (filters,))) if use_bias else (kernel,)
        return Result(TensorType(shape.of(space, filters), dtype), weights, cost)

    return layer(*cases, name=name, axes=axes)(rule)


def separable(axes: int, *cases: Case) -> Definition:
    """`SeparableConv1D` or `SeparableConv2D`."""
    name = f"SeparableConv{axes}D"
    ones = (1,) * axes

    def rule(
        inputs: TensorType,
        *,
        filters: Positive,
        kernel_size: Sizes,
        strides: Sizes = ones,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dilation_rate: Sizes = ones,
        depth_multiplier: Positive = 1,
        use_bias: Flag = True,
        dtype: str,
    ) -> Result:
        """A depthwise convolution, then one of 1x1 over the channels.

        (batch, space..., channels) -> (batch, space..., filters). The number of channels must be
        known. (Chollet 2017)
        """
        shape = layout(name, inputs, axes, data_format)
        channels = channels_of(name, inputs, shape)
        window = Window(kernel_size, strides, padding, dilation_rate)
        space = convolved(name, inputs, shape, window)
        deep = channels * depth_multiplier
        spread = Weight("depthwise_kernel", (*kernel_size, channels, depth_multiplier))
        mix = Weight("pointwise_kernel", (*ones, deep, filters))
        positions = product(space)
        cost = multiply_adds(spread.size + mix.size, positions)
        if use_bias:
            cost = altogether(cost, operations(filters, positions))
        weights = (spread, mix, Weight("bias", (filters,))) if use_bias else (spread, mix)
        return Result(TensorType(shape.of(space, filters), dtype), weights, cost)

    return layer(*cases, name=name, axes=axes)(rule)


Conv1D = conv(
    1,
    case((20, 4), filters=6, kernel_size=3),
    case((20, 4), filters=6, kernel_size=3, padding="causal", dilation_rate=2),
    case((20, 4), filters=6, kernel_size=[5], strides=2, padding="same", use_bias=False),
    case((None, 4), filters=6, kernel_size=3, groups=2, padding="same"),
    case((4, 20), filters=6, kernel_size=3, data_format="channels_first"),
)
Conv2D = conv(
    2,
    case((20, 17, 4), filters=6, kernel_size=3),
    case((20, 17, 4), filters=6, kernel_size=[3, 2], strides=2, padding="same"),
    case((20, 17, 4), filters=6, kernel_size=3, dilation_rate=[2, 1], groups=2, use_bias=False),
    case((None, None, 4), filters=6, kernel_size=1),
    case((4, 20, 17), filters=6, kernel_size=3, data_format="channels_first"),
)
Conv3D = conv(
    3,
    case((9, 10, 11, 4), filters=6, kernel_size=3),
    case((9, 10, 11, 4), filters=6, kernel_size=[3, 2, 1], strides=[2, 1, 1], padding="same"),
    case((9, 10, None, 4), filters=6, kernel_size=3, groups=2, use_bias=False),
)
DepthwiseConv1D = depthwise(
    1,
    case((20, 4), kernel_size=3),
    case((20, 4), kernel_size=3, strides=2, padding="same", depth_multiplier=2, use_bias=False),
    case((None, 4), kernel_size=3, dilation_rate=2),
)
DepthwiseConv2D = depthwise(
    2,
    case((20, 17, 4), kernel_size=3),
    case((20, 17, 4), kernel_size=[3, 2], strides=2, padding="same", depth_multiplier=2),
    case((20, None, 4), kernel_size=3, dilation_rate=2, use_bias=False),
    case((4, 20, 17), kernel_size=3, data_format="channels_first"),
)
SeparableConv1D = separable(
    1,
    case((20, 4), filters=6, kernel_size=3),
    case((20, 4), filters=6, kernel_size=3, strides=2, padding="same", depth_multiplier=2),
    case((None, 4), filters=6, kernel_size=3, dilation_rate=2, use_bias=False),
)
SeparableConv2D = separable(
    2,
    case((20, 17, 4), filters=6, kernel_size=3),
    case((20, 17, 4), filters=6, kernel_size=[3, 2], strides=2, padding="same"),
    case((20, None, 4), filters=6, kernel_size=3, dilation_rate=2, depth_multiplier=2),
    case((20, 17, 4), filters=6, kernel_size=3, use_bias=False),
)
