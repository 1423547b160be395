"""Functions of pictures, (batch, height, width, channels) or one without a batch."""

from __future__ import annotations

from typing import Annotated, Literal

from specc.catalogue.define import Definition, Result, case, op, tensor
from specc.catalogue.kinds import (
    Choice,
    DataFormat,
    Flag,
    Float,
    Int,
    ListOf,
    Number,
    Optional,
    Padding,
    Union,
)
from specc.catalogue.mismatch import BadArgument, BadCombination, MissingArgument, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import ANY, FLOATS, NUMBERS, REAL, needs
from specc.catalogue.ops.shape import moved
from specc.catalogue.shapes import Dims, merge_dims, needs_rank, window_length
from specc.catalogue.types import Dim, TensorType

_SIZE = Int(1, 2**31 - 1)
Side = Annotated[tuple[int, ...], ListOf(_SIZE, 2, 2)]
Patch = Annotated[int | tuple[int, ...], Union((_SIZE, ListOf(_SIZE, 2, 3)))]
MaybePatch = Annotated[int | tuple[int, ...] | None, Optional(Union((_SIZE, ListOf(_SIZE, 2, 3))))]
Block = Annotated[int, Int(2, 2**15)]
MaybeSize = Annotated[int | None, Optional(Int(0, 2**31 - 1))]
Layout = Annotated[
    Literal["channels_last", "channels_first"], Choice(("channels_last", "channels_first"))
]
Fill = Annotated[str, Choice(("constant", "nearest", "wrap", "reflect"))]
Method = Annotated[str, Choice(("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"))]
Small = Annotated[str, Choice(("nearest", "bilinear"))]


def _axes(name: str, images: TensorType, data_format: str | None) -> tuple[int, int, int]:
    """Where height, width and channels are, counted from the end."""
    needs_rank(f"ops.image.{name}", images, 3, 4)
    return (-2, -1, -3) if data_format == "channels_first" else (-3, -2, -1)


def _with(images: TensorType, changes: dict[int, Dim]) -> Result:
    dims = list(images.dims)
    for axis, dim in changes.items():
        dims[axis] = dim
    return Result(TensorType(tuple(dims), to.same(images.dtype)))


@op(
    case((8, 8, 3), size=[4, 6]),
    case((3, 8, 8), size=[4, 6], data_format="channels_first", interpolation="nearest"),
    case((None, None, 3), size=[4, 6], pad_to_aspect_ratio=True),
    name="image.resize",
)
def resize(
    images: TensorType,
    *,
    size: Side,
    interpolation: Method = "bilinear",
    antialias: Flag = False,
    crop_to_aspect_ratio: Flag = False,
    pad_to_aspect_ratio: Flag = False,
    fill_mode: Annotated[str, Choice(("constant",))] = "constant",
    fill_value: Number = 0.0,
    data_format: DataFormat = None,
) -> Result:
    """Pictures of another size. (batch, h, w, channels) -> (batch, height, width, channels)"""
    height, width, _ = _axes("resize", images, data_format)
    needs("image.resize", images.dtype, NUMBERS)
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise BadCombination(
            "crop or pad to the aspect ratio, not both", argument="pad_to_aspect_ratio"
        )
    return _with(images, {height: size[0], width: size[1]})


def _colours(name: str, count: tuple[int, ...], what: str, left: int | None) -> Definition:
    def rule(images: TensorType, *, data_format: DataFormat = None) -> Result:
        *_, channels = _axes(name, images, data_format)
        needs(f"image.{name}", images.dtype, FLOATS if left is None else ANY)
        if images.dims[channels] not in (None, *count):
            raise ShapeMismatch(
                f"ops.image.{name} takes {' or '.join(map(str, count))} channels; this is {images}",
                inputs=(0,),
            )
        return _with(images, {} if left is None else {channels: left})

    rule.__doc__ = f"{what}. (batch, h, w, 3) -> (batch, h, w, {left or 3})"
    cases = (case((8, 8, 3)), case((3, 8, 8), data_format="channels_first"))
    return op(*cases, name=f"image.{name}")(rule)


COLOURS = (
    _colours("rgb_to_grayscale", (3, 1), "Pictures without colour", 1),
    _colours("rgb_to_hsv", (3,), "Red, green, blue as hue, saturation, value", None),
    _colours("hsv_to_rgb", (3,), "Hue, saturation, value as red, green, blue", None),
)


@op(
    case((8, 8, 3), size=4),
    case((9, 8, 3), size=[3, 2], strides=1, padding="same"),
    case((3, 8, 8), size=2, data_format="channels_first"),
    name="image.extract_patches",
)
def extract_patches(
    images: TensorType,
    *,
    size: Patch,
    strides: MaybePatch = None,
    dilation_rate: Annotated[int, _SIZE] = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
) -> Result:
    """Square pieces, laid into the channels. (batch, h, w, c) -> (batch, rows, columns, n * c)"""
    window = (size, size) if isinstance(size, int) else size
    steps = window if strides is None else (strides,) * 2 if isinstance(strides, int) else strides
    if len(window) != 2 or len(steps) != 2:
        raise BadArgument("a piece of a picture has two sides", argument="size")
    if max(steps) > 1 and dilation_rate > 1:
        raise BadCombination("strides or dilation_rate is above 1, not both", argument="strides")
    axes = _axes("extract_patches", images, data_format)
    needs("image.extract_patches", images.dtype, NUMBERS)
    channels = images.dims[axes[2]]
    if not isinstance(channels, int):
        raise ShapeMismatch("ops.image.extract_patches needs to know the channels", inputs=(0,))
    changes: dict[int, Dim] = {axes[2]: channels * window[0] * window[1]}
    for axis, length, step in zip(axes, window, steps, strict=False):
        changes[axis] = window_length(images.dims[axis], length, step, padding, dilation_rate)
    return _with(images, changes)


def _edges(
    name: str,
    size: Dim,
    *,
    before: int | None,
    behind: int | None,
    target: int | None,
    sign: int,
) -> Dim:
    """The length after padding (`sign` 1) or cropping (-1): two of three are given."""
    given = [v for v in (before, behind, target) if v is not None]
    if len(given) != 2:
        raise MissingArgument(f"ops.image.{name} wants two of three: both edges and the target")
    if target is None:
        return size + sign * sum(given) if isinstance(size, int) else None
    edge = before if behind is None else behind
    if isinstance(size, int) and sign * (target - size) < (edge or 0):
        raise ShapeMismatch(f"ops.image.{name} cannot make {target} of {size} so", inputs=(0,))
    return target


def _framed(name: str, word: str, sign: int, what: str) -> Definition:
    def rule(
        images: TensorType,
        edges: tuple[int | None, int | None, int | None, int | None],
        target: tuple[int | None, int | None],
        data_format: str | None,
    ) -> Result:
        top, left, bottom, right = edges
        height, width, _ = _axes(name, images, data_format)
        needs(f"image.{name}", images.dtype, REAL)
        rows = _edges(
            name, images.dims[height], before=top, behind=bottom, target=target[0], sign=sign
        )
        columns = _edges(
            name, images.dims[width], before=left, behind=right, target=target[1], sign=sign
        )
        for length in (rows, columns):
            if isinstance(length, int) and length <= 0:
                raise ShapeMismatch(f"ops.image.{name} leaves nothing of {images}", inputs=(0,))
            if length is None and sign < 0:
                raise ShapeMismatch(
                    f"ops.image.{name} needs to know the size of {images}, or a target", inputs=(0,)
                )
        return _with(images, {height: rows, width: columns})

    def padding(
        images: TensorType,
        *,
        top_padding: MaybeSize = None,
        left_padding: MaybeSize = None,
        bottom_padding: MaybeSize = None,
        right_padding: MaybeSize = None,
        target_height: MaybeSize = None,
        target_width: MaybeSize = None,
        data_format: DataFormat = None,
    ) -> Result:
        target = (target_height, target_width)
        edges = (top_padding, left_padding, bottom_padding, right_padding)
        return rule(images, edges, target, data_format)

    def cropping(
        images: TensorType,
        *,
        top_cropping: MaybeSize = None,
        left_cropping: MaybeSize = None,
        bottom_cropping: MaybeSize = None,
        right_cropping: MaybeSize = None,
        target_height: MaybeSize = None,
        target_width: MaybeSize = None,
        data_format: DataFormat = None,
    ) -> Result:
        target = (target_height, target_width)
        edges = (top_cropping, left_cropping, bottom_cropping, right_cropping)
        return rule(images, edges, target, data_format)

    chosen = padding if sign > 0 else cropping
    chosen.__doc__ = f"{what}. (batch, h, w, channels) -> (batch, height, width, channels)"
    edges = {f"{side}_{word}": 1 for side in ("top", "left")}
    both = edges | {f"{side}_{word}": 1 for side in ("bottom", "right")}
    size = 8 + 4 * sign
    cases = (
        case((8, 8, 3), **both),
        case((8, 8, 3), **edges, target_height=size, target_width=size),
    )
    return op(*cases, name=f"image.{name}")(chosen)


FRAMES = (
    _framed("pad_images", "padding", 1, "Pictures with edges around them"),
    _framed("crop_images", "cropping", -1, "Pictures without their edges"),
)


@op(
    case((8, 8, 3)),
    case((8, 8, 3), kernel_size=[5, 5], sigma=[2.0, 2.0]),
    name="image.gaussian_blur",
)
def gaussian_blur(
    images: TensorType,
    *,
    kernel_size: Side = (3, 3),
    sigma: Annotated[tuple[float, ...], ListOf(Float(0, None, True), 2, 2)] = (1.0, 1.0),
    data_format: DataFormat = None,
) -> Result:
    """Blurred pictures. (batch, h, w, channels), unchanged"""
    _axes("gaussian_blur", images, data_format)
    needs("image.gaussian_blur", images.dtype, FLOATS)
    return moved(images, images.dims)


@op(case((8, 8, 3), tensor(8)), name="image.affine_transform")
def affine_transform(
    images: TensorType,
    transform: TensorType,
    *,
    interpolation: Small = "bilinear",
    fill_mode: Fill = "constant",
    fill_value: Number = 0,
    data_format: DataFormat = None,
) -> Result:
    """Turned, moved and stretched pictures. (batch, h, w, channels), (batch, 8) -> unchanged"""
    _axes("affine_transform", images, data_format)
    needs("image.affine_transform", images.dtype, FLOATS)
    needs("image.affine_transform", transform.dtype, FLOATS, 1)
    needs_rank("ops.image.affine_transform", transform, 1, images.rank - 2, input=1)
    if transform.rank == 2 and transform.dims[0] != 1:
        merge_dims(images.dims[0], transform.dims[0])
    if transform.dims[-1] not in (None, 8):
        raise ShapeMismatch("a transform is 8 numbers", inputs=(1,))
    return moved(images, images.dims)


@op(case((8, 8, 3)), name="image.sobel_edges")
def sobel_edges(images: TensorType, *, data_format: DataFormat = None) -> Result:
    """How steeply pictures change downwards and across. (batch, h, w, c) -> (batch, h, w, c, 2)"""
    needs_rank("ops.image.sobel_edges", images, 4)
    needs("image.sobel_edges", images.dtype, FLOATS)
    height, width, _ = _axes("sobel_edges", images, data_format)
    if 1 in (images.dims[height], images.dims[width]):
        raise ShapeMismatch(f"ops.image.sobel_edges takes at least 2 by 2; this is {images}")
    return moved(images, (*images.dims, 2))


@op(case((16, 16, 3), (16, 16, 3)), name="image.ssim")
def ssim(
    image1: TensorType,
    image2: TensorType,
    *,
    max_val: Number = 1.0,
    filter_size: Annotated[int, _SIZE] = 11,
    filter_sigma: Annotated[float, Float(0, None, True)] = 1.5,
    k1: Number = 0.01,
    k2: Number = 0.03,
    data_format: DataFormat = None,
) -> Result:
    """How alike two pictures are. (batch, h, w, channels) twice -> (batch,)"""
    for i, image in enumerate((image1, image2)):
        height, width, _ = _axes("ssim", image, data_format)
        needs("image.ssim", image.dtype, FLOATS, i)
        for axis in (height, width):
            window_length(image.dims[axis], filter_size, 1)
    if image1.dims != image2.dims:
        raise ShapeMismatch(f"{image1} and {image2} are pictures of one size", inputs=(0, 1))
    dims: Dims = () if image1.rank == 3 else image1.dims[:1]
    return Result(TensorType(dims, to.same(image1.dtype)))


def _blocks(name: str, deeper: bool, what: str) -> Definition:
    def rule(x: TensorType, *, block_size: Block, data_format: Layout = "channels_last") -> Result:
        needs_rank(f"ops.{name}", x, 4)
        first = data_format == "channels_first"
        channels, height, width = (1, 2, 3) if first else (3, 1, 2)
        dims = list(x.dims)
        shares = {height: block_size, width: block_size, channels: block_size**2}
        for axis, share in shares.items():
            dim = dims[axis]
            if not isinstance(dim, int):
                dims[axis] = None
            elif deeper is (axis == channels):
                dims[axis] = dim * share
            elif dim % share:
                raise ShapeMismatch(f"{share} does not divide axis {axis} of {x}", inputs=(0,))
            else:
                dims[axis] = dim // share
        return moved(x, tuple(dims))

    rule.__doc__ = f"{what}. (batch, h, w, channels) -> …"
    cases = (
        case((4, 4, 8), block_size=2),
        case((8, 4, 4), block_size=2, data_format="channels_first"),
    )
    return op(*cases, name=name)(rule)


BLOCKS = (
    _blocks("depth_to_space", False, "Channels laid out into blocks"),
    _blocks("space_to_depth", True, "Blocks laid into the channels"),
)
