"""Pictures changed: at random while training, or always. All keep the batch and the channels."""

from __future__ import annotations

from specc.catalogue.cost import for_each
from specc.catalogue.define import Case, Definition, Result, case, layer, tensor
from specc.catalogue.kinds import DataFormat, Positive
from specc.catalogue.mismatch import ShapeMismatch
from specc.catalogue.shapes import Dims, needs_rank
from specc.catalogue.types import TensorType


def _picture(name: str, data: TensorType, data_format: str | None) -> tuple[int, int]:
    """The positions of height and channels in `(batch, height, width, channels)`.

    A tensor without a batch may be one picture, of three dimensions.
    """
    first = data_format == "channels_first"
    form = "channels, height, width" if first else "height, width, channels"
    needs_rank(name, data, 4 if data.batched else 3, 4, form=f"(batch, {form})")
    return (-2, -3) if first else (-3, -1)


def augmentation(name: str, doc: str, *cases: Case, colours: bool = False) -> Definition:
    """A layer that gives pictures of the size that they had; with `colours` it takes red, green, blue."""

    def rule(data: TensorType, *, data_format: DataFormat = None, dtype: str) -> Result:
        """(batch, height, width, channels), unchanged"""
        _, channels = _picture(name, data, data_format)
        if colours and isinstance(data[channels], int) and data[channels] != 3:
            raise ShapeMismatch(
                f"{name} takes pictures of 3 channels, red, green and blue; this is {data}",
                inputs=(0,),
                help="`Concatenate` of a grey picture with itself, twice, has 3 channels",
            )
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
    """Cuts out the middle; a smaller picture is enlarged. (batch, h, w, c) -> (batch, height, width, c)"""
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
    data_format: DataFormat = None,
    dtype: str,
) -> Result:
    """Makes pictures of one size. (batch, h, w, c) -> (batch, height, width, c)"""
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


AugMix = augmentation("AugMix", "Mixes chains of changes. (Hendrycks et al. 2020)", *_rgb())
AutoContrast = augmentation("AutoContrast", "Stretches the contrast to the full range.", *_by())
ContrastLimitedAdaptiveHistogramEqualization = augmentation(
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Evens out the brightness of each neighbourhood. (Zuiderveld 1994)",
    case((16, 16, 3)),
    case((16, 24, 1), tile_grid_size=[4, 4]),
)
CutMix = augmentation("CutMix", "Pastes a piece of another picture in. (Yun et al. 2019)", *_ANY)
Equalization = augmentation("Equalization", "Evens out the brightness.", *_ANY)
MaxNumBoundingBoxes = augmentation(
    "MaxNumBoundingBoxes", "Pads boxes to a number; pictures stay.", *_by(max_number=5)
)
MixUp = augmentation("MixUp", "Blends pairs of pictures. (Zhang et al. 2018)", *_ANY)
RandAugment = augmentation("RandAugment", "Applies changes at random. (Cubuk et al. 2019)", *_rgb())
RandomBrightness = augmentation("RandomBrightness", "Lighter or darker.", *_by(factor=0.2))
RandomColorDegeneration = augmentation(
    "RandomColorDegeneration", "Mixes with the grey picture.", *_rgb(factor=0.5), colours=True
)
RandomColorJitter = augmentation(
    "RandomColorJitter",
    "Brightness, contrast, saturation and hue at random.",
    *_rgb(),
    case((9, 10, 3), brightness_factor=0.2, hue_factor=0.1, saturation_factor=0.3),
)
RandomContrast = augmentation("RandomContrast", "More or less contrast.", *_by(factor=0.2))
RandomElasticTransform = augmentation(
    "RandomElasticTransform", "Bends, as rubber. (Simard et al. 2003)", *_ANY
)
RandomErasing = augmentation("RandomErasing", "Blanks out a piece. (Zhong et al. 2017)", *_ANY)
RandomFlip = augmentation("RandomFlip", "Mirrors.", *_ANY, case((9, 10, 3), mode="vertical"))
RandomGaussianBlur = augmentation("RandomGaussianBlur", "Blurs.", *_ANY)
RandomGrayscale = augmentation(
    "RandomGrayscale", "Takes the colours away.", *_rgb(), _FIRST, colours=True
)
RandomHue = augmentation("RandomHue", "Turns the colours.", *_rgb(factor=0.2), colours=True)
RandomInvert = augmentation("RandomInvert", "Turns light and dark around.", *_ANY)
RandomPerspective = augmentation("RandomPerspective", "Tilts.", *_ANY)
RandomPosterization = augmentation("RandomPosterization", "Fewer shades.", *_by(factor=4))
RandomRotation = augmentation("RandomRotation", "Turns.", *_by(factor=0.1))
RandomSaturation = augmentation(
    "RandomSaturation", "Paler or stronger colours.", *_rgb(factor=0.5), colours=True
)
RandomSharpness = augmentation("RandomSharpness", "Sharper or softer.", *_by(factor=0.5))
RandomShear = augmentation("RandomShear", "Slants.", *_by(x_factor=0.1, y_factor=0.1))
RandomTranslation = augmentation(
    "RandomTranslation", "Moves.", *_by(height_factor=0.1, width_factor=0.2)
)
RandomZoom = augmentation("RandomZoom", "Nearer or farther.", *_by(height_factor=0.1))
Solarization = augmentation("Solarization", "Inverts what is bright.", *_by())
