"""Pooling: by windows, over everything, and to a given size."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import for_each, operations
from specc.catalogue.define import Case, Definition, Result, case, layer
from specc.catalogue.kinds import DataFormat, EachAxis, Flag, Int, Padding, Sizes
from specc.catalogue.layers.convolution import Window, convolved
from specc.catalogue.layers.layout import Layout, layout
from specc.catalogue.mismatch import ShapeMismatch
from specc.catalogue.shapes import product
from specc.catalogue.types import TensorType

Strides = Annotated[tuple[int, ...] | None, EachAxis(Int(1, 2**31 - 1), optional=True)]


def _pooled(name: str, inputs: TensorType, shape: Layout, window: Window, dtype: str) -> Result:
    space = convolved(name, inputs, shape, window)
    outputs = TensorType(shape.of(space, shape.channels), dtype)
    return Result(outputs, (), operations(product(window.size), outputs.size))


def max_pooling(axes: int, *cases: Case) -> Definition:
    """`MaxPooling1D`, `MaxPooling2D` or `MaxPooling3D`."""
    name = f"MaxPooling{axes}D"
    ones = (1,) * axes
    twos = (2,) * axes

    def rule(
        inputs: TensorType,
        *,
        pool_size: Sizes = twos,
        strides: Strides = None,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dtype: str,
    ) -> Result:
        """The largest of each window.

        (batch, space..., channels) -> (batch, space / strides..., channels). The strides are the
        window's size where they are left out.
        """
        shape = layout(name, inputs, axes, data_format)
        window = Window(pool_size, pool_size if strides is None else strides, padding, ones)
        return _pooled(name, inputs, shape, window, dtype)

    return layer(*cases, name=name, axes=axes)(rule)


def average_pooling(axes: int, *cases: Case) -> Definition:
    """`AveragePooling1D`, `AveragePooling2D` or `AveragePooling3D`."""
    name = f"AveragePooling{axes}D"
    ones = (1,) * axes

    def rule(
        inputs: TensorType,
        *,
        pool_size: Sizes,
        strides: Strides = None,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dtype: str,
    ) -> Result:
        """The mean of each window.

        (batch, space..., channels) -> (batch, space / strides..., channels). The strides are the
        window's size where they are left out.
        """
        shape = layout(name, inputs, axes, data_format)
        window = Window(pool_size, pool_size if strides is None else strides, padding, ones)
        return _pooled(name, inputs, shape, window, dtype)

    return layer(*cases, name=name, axes=axes)(rule)


def global_pooling(kind: str, axes: int, *cases: Case) -> Definition:
    """`GlobalMaxPooling1D` … `GlobalAveragePooling3D`."""
    name = f"Global{kind}Pooling{axes}D"

    def rule(
        inputs: TensorType,
        *,
        data_format: DataFormat = None,
        keepdims: Flag = False,
        dtype: str,
    ) -> Result:
        """The largest, or the mean, over all of space.

        (batch, space..., channels) -> (batch, channels), or (batch, 1..., channels) with `keepdims`
        """
        shape = layout(name, inputs, axes, data_format)
        dims = shape.of((1,) * axes, shape.channels) if keepdims else (shape.batch, shape.channels)
        return Result(TensorType(dims, dtype), (), for_each(inputs))

    return layer(*cases, name=name, axes=axes)(rule)


def adaptive_pooling(kind: str, axes: int, *cases: Case) -> Definition:
    """`AdaptiveMaxPooling1D` … `AdaptiveAveragePooling3D`."""
    name = f"Adaptive{kind}Pooling{axes}D"

    def rule(
        inputs: TensorType, *, output_size: Sizes, data_format: DataFormat = None, dtype: str
    ) -> Result:
        """The largest, or the mean, of as many parts as are asked for.

        (batch, space..., channels) -> (batch, output_size..., channels)
        """
        shape = layout(name, inputs, axes, data_format)
        if kind == "Max" and axes == 1 and (output_size == (1,) or shape.space == (1,)):
            raise ShapeMismatch(
                f"{name} to one part, or of one place, ends TensorFlow's process; its input is"
                f" {inputs}",
                argument="output_size",
                inputs=(0,),
                help="`GlobalMaxPooling1D` with `keepdims: true` gives the same",
            )
        dims = shape.of(output_size, shape.channels)
        return Result(TensorType(dims, dtype), (), for_each(inputs))

    return layer(*cases, name=name, axes=axes)(rule)


_LINE_SHAPE = (20, 4)
_PICTURE_SHAPE = (20, 17, 4)
_VOLUME_SHAPE = (9, 10, 11, 4)
_LINE = (
    case((20, 4), pool_size=3, strides=2, padding="same"),
    case((None, 4), pool_size=3, strides=1, padding="same"),
    case((4, 20), pool_size=2, data_format="channels_first"),
)
_PICTURE = (
    case((20, 17, 4), pool_size=[3, 2], strides=2, padding="same"),
    case((None, 17, 4), pool_size=3, strides=1),
    case((4, 20, 17), pool_size=2, data_format="channels_first"),
)
_VOLUME = (
    case((9, 10, 11, 4), pool_size=3, strides=[1, 2, 3], padding="same"),
    case((9, None, 11, 4), pool_size=3),
)
_WHOLE_LINE = (
    case((20, 4)),
    case((20, 4), keepdims=True),
    case((4, None), data_format="channels_first"),
)
_WHOLE_PICTURE = (
    case((20, 17, 4)),
    case((20, None, 4), keepdims=True),
    case((4, 20, 17), data_format="channels_first", keepdims=True),
)
_WHOLE_VOLUME = (
    case((9, 10, 11, 4)),
    case((9, 10, 11, 4), keepdims=True),
    case((4, 9, 10, 11), data_format="channels_first"),
)
_PARTS_LINE = (
    case((20, 4), output_size=5),
    case((4, 20), output_size=[3], data_format="channels_first"),
)
_PARTS_PICTURE = (
    case((20, 17, 4), output_size=4),
    case((20, 17, 4), output_size=[5, 3]),
    case((4, 20, 17), output_size=1, data_format="channels_first"),
)
_PARTS_VOLUME = (case((9, 10, 11, 4), output_size=3), case((9, 10, 11, 4), output_size=[3, 5, 1]))

MaxPooling1D = max_pooling(1, case(_LINE_SHAPE), *_LINE)
MaxPooling2D = max_pooling(2, case(_PICTURE_SHAPE), *_PICTURE)
MaxPooling3D = max_pooling(3, case(_VOLUME_SHAPE), *_VOLUME)
AveragePooling1D = average_pooling(1, case(_LINE_SHAPE, pool_size=2), *_LINE)
AveragePooling2D = average_pooling(2, case(_PICTURE_SHAPE, pool_size=2), *_PICTURE)
AveragePooling3D = average_pooling(3, case(_VOLUME_SHAPE, pool_size=2), *_VOLUME)
GlobalMaxPooling1D = global_pooling("Max", 1, *_WHOLE_LINE)
GlobalMaxPooling2D = global_pooling("Max", 2, *_WHOLE_PICTURE)
GlobalMaxPooling3D = global_pooling("Max", 3, *_WHOLE_VOLUME)
GlobalAveragePooling1D = global_pooling("Average", 1, *_WHOLE_LINE)
GlobalAveragePooling2D = global_pooling("Average", 2, *_WHOLE_PICTURE)
GlobalAveragePooling3D = global_pooling("Average", 3, *_WHOLE_VOLUME)
AdaptiveMaxPooling1D = adaptive_pooling("Max", 1, *_PARTS_LINE)
AdaptiveMaxPooling2D = adaptive_pooling("Max", 2, *_PARTS_PICTURE)
AdaptiveMaxPooling3D = adaptive_pooling("Max", 3, *_PARTS_VOLUME)
AdaptiveAveragePooling1D = adaptive_pooling("Average", 1, *_PARTS_LINE)
AdaptiveAveragePooling2D = adaptive_pooling("Average", 2, *_PARTS_PICTURE)
AdaptiveAveragePooling3D = adaptive_pooling("Average", 3, *_PARTS_VOLUME)
