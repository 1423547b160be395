"""Volumes in pieces, and pictures seen from elsewhere."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, case, op
from specc.catalogue.kinds import Choice, DataFormat, Int, ListOf, Number, Optional, Padding, Union
from specc.catalogue.mismatch import BadCombination, ShapeMismatch
from specc.catalogue.ops.promotion import FLOATS, NUMBERS, needs, whole_for_whole
from specc.catalogue.ops.shape import moved
from specc.catalogue.shapes import merge_dims, needs_rank, needs_size, window_length
from specc.catalogue.types import TensorType

_SIZE = Int(1, 2**31 - 1)
Cube = Annotated[int | tuple[int, ...], Union((_SIZE, ListOf(_SIZE, 3, 3)))]
MaybeCube = Annotated[int | tuple[int, ...] | None, Optional(Union((_SIZE, ListOf(_SIZE, 3, 3))))]


@op(
    case((8, 8, 8, 3), size=4),
    case((9, 8, 7, 2), size=[3, 2, 2], strides=1, padding="same"),
    case((3, 8, 8, 8), size=2, data_format="channels_first"),
    name="image.extract_patches_3d",
)
def extract_patches_3d(
    volumes: TensorType,
    *,
    size: Cube,
    strides: MaybeCube = None,
    dilation_rate: Annotated[int, _SIZE] = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
) -> Result:
    """Pieces of volumes, laid into the channels. (batch, d, h, w, c) -> (batch, ..., n * c)"""
    name = "ops.image.extract_patches_3d"
    window = (size,) * 3 if isinstance(size, int) else size
    steps = window if strides is None else (strides,) * 3 if isinstance(strides, int) else strides
    if max(steps) > 1 and dilation_rate > 1:
        raise BadCombination("strides or dilation_rate is above 1, not both", argument="strides")
    needs_rank(name, volumes, 4, 5)
    needs("image.extract_patches_3d", volumes.dtype, FLOATS)
    at = -4 if data_format == "channels_first" else -1
    first = -3 if data_format == "channels_first" else -4
    dims = list(volumes.dims)
    dims[at] = needs_size(name, volumes, at, "channels") * window[0] * window[1] * window[2]
    for i, (length, step) in enumerate(zip(window, steps, strict=True), first):
        dims[i] = window_length(volumes.dims[i], length, step, padding, dilation_rate)
    return moved(volumes, tuple(dims))


@op(
    case((8, 8, 3), (4, 2), (4, 2)),
    case((8, 8, 3), TensorType((4, 2)), TensorType((4, 2)), interpolation="nearest"),
    case((3, 8, 8), (4, 2), (4, 2), data_format="channels_first"),
    case(TensorType((8, 8, 3)), TensorType((4, 2)), TensorType((4, 2))),
    name="image.perspective_transform",
)
def perspective_transform(
    images: TensorType,
    start_points: TensorType,
    end_points: TensorType,
    *,
    interpolation: Annotated[str, Choice(("nearest", "bilinear"))] = "bilinear",
    fill_value: Number = 0,
    data_format: DataFormat = None,
) -> Result:
    """Pictures whose corners are moved. (batch, h, w, c), (batch, 4, 2) twice -> unchanged"""
    name = "ops.image.perspective_transform"
    needs_rank(name, images, 3, 4)
    needs("image.perspective_transform", images.dtype, NUMBERS)
    for i, points in enumerate((start_points, end_points), 1):
        needs_rank(name, points, 2, images.rank - 1, input=i)
        needs("image.perspective_transform", points.dtype, FLOATS, i)
        if points.shape[-2:] != (4, 2):
            raise ShapeMismatch(f"four corners are (4, 2); this is {points}", inputs=(i,))
        if points.rank == 3 and points.dims[0] != 1:
            merge_dims(images.dims[0], points.dims[0])
    if start_points.dims != end_points.dims:
        raise ShapeMismatch(
            f"as many corners before as after: {start_points} and {end_points}", inputs=(1, 2)
        )
    return moved(images, images.dims)


Fill = Annotated[str, Choice(("constant", "nearest", "wrap", "mirror", "reflect"))]


@op(
    case(TensorType((8, 6)), TensorType((2, 5)), order=1),
    case(TensorType((8, 6, 3)), TensorType((3, 4, None)), order=0, fill_mode="reflect"),
    case(TensorType((8,), "int32"), TensorType((1, 5)), order=1, fill_value=2),
    name="image.map_coordinates",
)
def map_coordinates(
    inputs: TensorType,
    coordinates: TensorType,
    *,
    order: Annotated[int, Int(0, 1)],
    fill_mode: Fill = "constant",
    fill_value: Number = 0,
) -> Result:
    """The numbers at places, one coordinate for each axis. (a, b), (2, ...) -> (...)"""
    name = "ops.image.map_coordinates"
    needs_rank(name, inputs, 1, -1)
    needs_rank(name, coordinates, 2, -1, input=1)
    needs("image.map_coordinates", inputs.dtype, NUMBERS)
    needs("image.map_coordinates", coordinates.dtype, FLOATS, 1)
    whole_for_whole(fill_value, inputs.dtype, "fill_value")
    for axis in range(inputs.rank):
        needs_size(name, inputs, axis, f"length of axis {axis}")
    if coordinates.dims[0] != inputs.rank:
        raise ShapeMismatch(
            f"{name} takes a coordinate for each of {inputs.rank} axes, the first axis of the "
            f"places; this is {coordinates}",
            inputs=(0, 1),
        )
    return moved(inputs, coordinates.dims[1:])
