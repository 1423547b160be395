"""Transposed convolutions, which make a picture larger."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import altogether, multiply_adds, operations
from specc.catalogue.define import Case, Definition, Result, Weight, case, layer
from specc.catalogue.kinds import DataFormat, EachAxis, Flag, Int, Padding, Positive, Sizes
from specc.catalogue.layers.convolution import channels_of, strides_or_dilation
from specc.catalogue.layers.layout import layout
from specc.catalogue.mismatch import BadCombination
from specc.catalogue.shapes import product, transposed_length
from specc.catalogue.types import TensorType

OutputPadding = Annotated[tuple[int, ...] | None, EachAxis(Int(0, 2**31 - 1), optional=True)]


def transposed(axes: int, *cases: Case) -> Definition:
    """`Conv1DTranspose`, `Conv2DTranspose` or `Conv3DTranspose`."""
    name = f"Conv{axes}DTranspose"
    ones = (1,) * axes

    def rule(
        inputs: TensorType,
        *,
        filters: Positive,
        kernel_size: Sizes,
        strides: Sizes = ones,
        padding: Padding = "valid",
        output_padding: OutputPadding = None,
        data_format: DataFormat = None,
        dilation_rate: Sizes = ones,
        use_bias: Flag = True,
        dtype: str,
    ) -> Result:
        """A transposed convolution. (batch, space..., channels) -> (batch, space..., filters)

        With `padding: same` each length is multiplied by its stride; `output_padding` sets how much
        longer the result is than the shortest that fits, and is less than the stride.
        """
        shape = layout(name, inputs, axes, data_format)
        strides_or_dilation(name, strides, dilation_rate)
        extras = (None,) * axes if output_padding is None else output_padding
        for extra, stride in zip(extras, strides, strict=True):
            if extra is not None and extra >= stride:
                raise BadCombination(
                    f"{name} takes output_padding below its strides; {extra} is not below {stride}",
                    argument="output_padding",
                    help="leave `output_padding` out, and the usual one is taken",
                )
        channels = channels_of(name, inputs, shape)
        space = tuple(
            transposed_length(
                length, size, stride, padding, output_padding=extra, dilation=dilation
            )
            for length, size, stride, extra, dilation in zip(
                shape.space, kernel_size, strides, extras, dilation_rate, strict=True
            )
        )
        kernel = Weight("kernel", (*kernel_size, filters, channels))
        cost = multiply_adds(kernel.size, product(shape.space))
        if use_bias:
            cost = altogether(cost, operations(filters, product(space)))
        weights = (kernel, Weight("bias", (filters,))) if use_bias else (kernel,)
        return Result(TensorType(shape.of(space, filters), dtype), weights, cost)

    return layer(*cases, name=name, axes=axes)(rule)


Conv1DTranspose = transposed(
    1,
    case((20, 4), filters=6, kernel_size=3),
    case((20, 4), filters=6, kernel_size=3, strides=2, padding="same", use_bias=False),
    case((None, 4), filters=6, kernel_size=3, padding="same"),
    case((20, 4), filters=6, kernel_size=5, strides=3, output_padding=1),
)
Conv2DTranspose = transposed(
    2,
    case((20, 17, 4), filters=6, kernel_size=3),
    case((20, 17, 4), filters=6, kernel_size=[3, 2], strides=2, padding="same"),
    case((20, 17, 4), filters=6, kernel_size=3, strides=2, padding="same", output_padding=1),
    case((20, 17, 4), filters=6, kernel_size=3, dilation_rate=2, padding="same"),
    case((4, None, 17), filters=6, kernel_size=3, strides=2, data_format="channels_first"),
)
Conv3DTranspose = transposed(
    3,
    case((9, 10, 11, 4), filters=6, kernel_size=3),
    case((9, 10, 11, 4), filters=6, kernel_size=3, strides=2, padding="same", use_bias=False),
    case((9, None, 11, 4), filters=6, kernel_size=[3, 2, 1], strides=[2, 1, 1]),
)
