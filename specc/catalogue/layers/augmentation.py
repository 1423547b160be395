"""Pictures changed: at random while training, or always. All keep the batch and the channels."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import for_each
from specc.catalogue.define import Case, Definition, Result, case, layer, tensor
from specc.catalogue.kinds import (
    Choice,
    DataFormat,
    Flag,
    Float,
    Int,
    ListOf,
    Optional,
    Positive,
    Rate,
    Union,
)
from specc.catalogue.mismatch import BadArgument, BadCombination, ShapeMismatch
from specc.catalogue.shapes import Dims, needs_rank
from specc.catalogue.types import TensorType

Range = Annotated[tuple[float, ...], ListOf(Float(), 2, 2)]
FillMode = Annotated[str, Choice(("constant",))]
_SIZE = Int(1, 2**31 - 1)
Tiles = Annotated[tuple[int, ...], ListOf(_SIZE, 2, 2)]
BlurSize = Annotated[int | tuple[int, ...], Union((_SIZE, ListOf(_SIZE, 2, 2)))]
Turn = Annotated[float | tuple[float, ...], Union((Float(-1, 1), ListOf(Float(-1, 1), 2, 2)))]
ShareOrNone = Annotated[
    float | tuple[float, ...] | None,
    Optional(Union((Float(0, 1), ListOf(Float(0, 1), 2, 2)))),
]

_COLOUR = (3,)
_COLOUR_OR_GREY = (1, 3)


def _picture(name: str, data: TensorType, data_format: str | None) -> tuple[int, int]:
    """The positions of height and channels in `(batch, height, width, channels)`.

    A tensor without a batch may be one picture, of three dimensions.
    """
    first = data_format == "channels_first"
    form = "channels, height, width" if first else "height, width, channels"
    needs_rank(name, data, 4 if data.batched else 3, 4, form=f"(batch, {form})")
    return (-2, -3) if first else (-3, -1)


def _check_channels(name: str, data: TensorType, axis: int, allowed: tuple[int, ...]) -> None:
    channels = data[axis]
    if allowed and isinstance(channels, int) and channels not in allowed:
        grey = "1 channel, or of " if 1 in allowed else ""
        raise ShapeMismatch(
            f"{name} takes pictures of {grey}3 channels, red, green and blue; this is {data}",
            inputs=(0,),
            help=None if 1 in allowed else "`Concatenate` of a grey picture with itself has 3",
        )


def augmentation(name: str, doc: str, *cases: Case, channels: tuple[int, ...] = ()) -> Definition:
    """A layer that gives pictures of the size that they had; `channels` are those that it takes."""

    def rule(data: TensorType, *, data_format: DataFormat = None, dtype: str) -> Result:
        """(batch, height, width, channels), unchanged"""
        _, axis = _picture(name, data, data_format)
        _check_channels(name, data, axis, channels)
        return Result(data.cast(dtype), (), 0)

    rule.__doc__ = f"{doc} (batch, height, width, channels), unchanged"
    return layer(*cases, name=name)(rule)


def _check_range(name: str, value_range: tuple[float, ...]) -> None:
    """Raises where a layer that divides by the width of a range would divide by 0."""
    if value_range[0] == value_range[1]:
        raise BadArgument(
            f"{name} takes a range of values from the darkest to the brightest",
            argument="value_range",
            help="such as [0, 255], or [0, 1]",
        )


def mixture(name: str, doc: str, *cases: Case) -> Definition:
    """`AugMix` or `RandAugment`, which apply other augmentations."""

    def rule(
        data: TensorType,
        *,
        value_range: Range = (0, 255),
        data_format: DataFormat = None,
        dtype: str,
    ) -> Result:
        """(batch, height, width, channels), unchanged"""
        _, axis = _picture(name, data, data_format)
        _check_channels(name, data, axis, _COLOUR_OR_GREY)
        _check_range(name, value_range)
        return Result(data.cast(dtype), (), 0)

    rule.__doc__ = f"{doc} (batch, height, width, channels), unchanged"
    return layer(*cases, name=name)(rule)


def _sized(data: TensorType, height_axis: int, height: int, width: int) -> Dims:
    dims = list(data.dims)
    dims[height_axis], dims[height_axis + 1] = height, width
    return tuple(dims)


@layer(
    case((9, 10, 3), height=4, width=5),
    case((3, 9, 10), height=12, width=5, data_format="channels_first"),
    case((None, None, 1), height=4, width=5),
)
def CenterCrop(
    data: TensorType,
    *,
    height: Positive,
    width: Positive,
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Cuts out the middle, or enlarges. (batch, h, w, c) -> (batch, height, width, c)"""
    axis, _ = _picture("CenterCrop", data, data_format)
    return Result(TensorType(_sized(data, axis, height, width), dtype), (), 0)


@layer(
    case((9, 10, 3), height=4, width=5),
    case((3, 9, 10), height=4, width=5, data_format="channels_first"),
    case((9, 10, 1), height=9, width=10),
)
def RandomCrop(
    data: TensorType,
    *,
    height: Positive,
    width: Positive,
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Cuts out a piece at random while training. (batch, h, w, c) -> (batch, height, width, c)"""
    axis, _ = _picture("RandomCrop", data, data_format)
    return Result(TensorType(_sized(data, axis, height, width), dtype), (), 0)


@layer(
    case((9, 10, 3), height=4, width=5),
    case((3, 9, 10), height=12, width=5, data_format="channels_first"),
    case((None, None, 1), height=4, width=5),
    case(tensor(9, 10, 3, dtype="uint8"), height=4, width=5),
)
def Resizing(
    data: TensorType,
    *,
    height: Positive,
    width: Positive,
    crop_to_aspect_ratio: Flag = False,
    pad_to_aspect_ratio: Flag = False,
    fill_mode: FillMode = "constant",
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Makes pictures of one size. (batch, h, w, c) -> (batch, height, width, c)"""
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise BadCombination(
            "Resizing keeps the picture's proportions by cropping or by padding, not by both",
            argument="pad_to_aspect_ratio",
        )
    axis, _ = _picture("Resizing", data, data_format)
    outputs = TensorType(_sized(data, axis, height, width), dtype)
    return Result(outputs, (), for_each(outputs, 7))


_PICTURE = case((9, 10, 3))
_FIRST = case((3, 9, 10), data_format="channels_first")
_GREY = case((9, 10, 1))
_ANY = (_PICTURE, _FIRST, _GREY)


def _by(**arguments: object) -> tuple[Case, ...]:
    return (case((9, 10, 3), **arguments), case((9, 10, 1), **arguments))


def _rgb(**arguments: object) -> tuple[Case, ...]:
    return (case((9, 10, 3), **arguments), case((12, 8, 3), **arguments))


@layer(case((16, 16, 3)), case((16, 24, 1), tile_grid_size=[4, 4]), case((None, 9, 1)))
def ContrastLimitedAdaptiveHistogramEqualization(
    data: TensorType,
    *,
    tile_grid_size: Tiles = (8, 8),
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Evens out the brightness of each neighbourhood. (batch, height, width, channels), unchanged

    The sides are padded to a multiple of `tile_grid_size`, by at most their own length. (Zuiderveld
    1994)
    """
    name = "ContrastLimitedAdaptiveHistogramEqualization"
    height, _ = _picture(name, data, data_format)
    for side, tiles in zip(data.dims[height : (height + 2) or None], tile_grid_size, strict=True):
        if isinstance(side, int) and -side % tiles > side:
            raise ShapeMismatch(
                f"{name} cannot lay {tiles} tiles along {side}; its input is {data}",
                argument="tile_grid_size",
                inputs=(0,),
            )
    return Result(data.cast(dtype), (), 0)


@layer(*_rgb(), case((9, 10, 1), brightness_factor=0.2), case((9, 10, 3), hue_factor=0.1))
def RandomColorJitter(
    data: TensorType,
    *,
    saturation_factor: ShareOrNone = None,
    hue_factor: ShareOrNone = None,
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Changes light and colours. (batch, height, width, channels), unchanged

    For saturation and hue the channels are red, green and blue.
    """
    _, axis = _picture("RandomColorJitter", data, data_format)
    if saturation_factor is not None or hue_factor is not None:
        _check_channels("RandomColorJitter", data, axis, _COLOUR)
    return Result(data.cast(dtype), (), 0)


@layer(*_ANY, case(tensor(9, 10, 3, dtype="uint8")))
def Equalization(
    data: TensorType, *, value_range: Range = (0, 255), data_format: DataFormat = None
) -> Result:
    """Evens out the brightness. (batch, height, width, channels), unchanged; so is the dtype"""
    _picture("Equalization", data, data_format)
    _check_range("Equalization", value_range)
    return Result(data, (), 0)


@layer(*_ANY, case((9, 10, 3), kernel_size=[3, 5]))
def RandomGaussianBlur(
    data: TensorType, *, kernel_size: BlurSize = 3, data_format: DataFormat = None, dtype: str
) -> Result:
    """Blurs. (batch, height, width, channels), unchanged

    The kernel's sizes are odd.
    """
    _picture("RandomGaussianBlur", data, data_format)
    for size in (kernel_size,) if isinstance(kernel_size, int) else kernel_size:
        if size % 2 == 0:
            raise BadArgument(
                f"this wants an odd number, not {size}",
                argument="kernel_size",
                help=f"`{size + 1}` is one",
            )
    return Result(data.cast(dtype), (), 0)


@layer(*_rgb(), _FIRST, case((9, 10, 1), factor=1))
def RandomGrayscale(
    data: TensorType, *, factor: Rate = 0.5, data_format: DataFormat = None
) -> Result:
    """Takes the colours away. (batch, height, width, channels), unchanged"""
    _, axis = _picture("RandomGrayscale", data, data_format)
    _check_channels("RandomGrayscale", data, axis, _COLOUR_OR_GREY)
    return Result(data, (), 0)


@layer(*_by(factor=0.1), case((9, 10, 3), factor=[-0.2, 0.3]))
def RandomRotation(
    data: TensorType, *, factor: Turn, data_format: DataFormat = None, dtype: str
) -> Result:
    """Turns, by at most `factor` of a full turn. (batch, height, width, channels), unchanged"""
    _picture("RandomRotation", data, data_format)
    return Result(data.cast(dtype), (), 0)


AugMix = mixture("AugMix", "Mixes chains of changes. (Hendrycks et al. 2020)", *_rgb(), _GREY)
AutoContrast = augmentation("AutoContrast", "Stretches the contrast to the full range.", *_by())
CutMix = augmentation("CutMix", "Pastes a piece of another picture in. (Yun et al. 2019)", *_ANY)
MaxNumBoundingBoxes = augmentation(
    "MaxNumBoundingBoxes", "Pads boxes to a number; pictures stay.", *_by(max_number=5)
)
MixUp = augmentation("MixUp", "Blends pairs of pictures. (Zhang et al. 2018)", *_ANY)
RandAugment = mixture("RandAugment", "Applies changes at random. (Cubuk et al. 2019)", *_rgb())
RandomBrightness = augmentation("RandomBrightness", "Lighter or darker.", *_by(factor=0.2))
RandomColorDegeneration = augmentation(
    "RandomColorDegeneration",
    "Mixes with the grey picture.",
    *_rgb(factor=0.5),
    channels=_COLOUR,
)
RandomContrast = augmentation("RandomContrast", "More or less contrast.", *_by(factor=0.2))
RandomElasticTransform = augmentation(
    "RandomElasticTransform", "Bends, as rubber. (Simard et al. 2003)", *_ANY
)
RandomErasing = augmentation("RandomErasing", "Blanks out a piece. (Zhong et al. 2017)", *_ANY)
RandomFlip = augmentation("RandomFlip", "Mirrors.", *_ANY, case((9, 10, 3), mode="vertical"))
RandomHue = augmentation("RandomHue", "Turns the colours.", *_rgb(factor=0.2), channels=_COLOUR)
RandomInvert = augmentation("RandomInvert", "Turns light and dark around.", *_ANY)
RandomPerspective = augmentation("RandomPerspective", "Tilts.", *_ANY)
RandomPosterization = augmentation("RandomPosterization", "Fewer shades.", *_by(factor=4))
RandomSaturation = augmentation(
    "RandomSaturation", "Paler or stronger colours.", *_rgb(factor=0.5), channels=_COLOUR
)
RandomSharpness = augmentation("RandomSharpness", "Sharper or softer.", *_by(factor=0.5))
RandomShear = augmentation("RandomShear", "Slants.", *_by(x_factor=0.1, y_factor=0.1))
RandomTranslation = augmentation(
    "RandomTranslation", "Moves.", *_by(height_factor=0.1, width_factor=0.2)
)
RandomZoom = augmentation("RandomZoom", "Nearer or farther.", *_by(height_factor=0.1))
Solarization = augmentation("Solarization", "Inverts what is bright.", *_by())
