"""Transforms of pictures: `resize`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Bool, Choice, Int, Kind, ListOf
from specc.catalogue.mismatch import RankMismatch
from specc.data.dataset import FieldType
from specc.data.extra import needed
from specc.data.transforms.transform import Transform

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Resize(Transform):
    """Pictures of another height and width, as Pillow makes them smaller or larger.

    With `crop` the sides' proportion is kept, and what is then left over is cut off, half at each
    side. Bytes stay bytes; other numbers become float32.
    """

    name: ClassVar[str] = "resize"
    takes: ClassVar[Mapping[str, Kind]] = {
        "size": ListOf(Int(1, 2**14), 2, 2),
        "how": Choice(("bilinear", "nearest", "bicubic", "box")),
        "crop": Bool(),
    }
    main: ClassVar[str | None] = "size"

    size: tuple[int, int]
    how: str = "bilinear"
    crop: bool = False

    def type(self, field: FieldType) -> FieldType:
        """(height, width) or (height, width, colours) -> the size and the colours."""
        self.numbers(field)
        if len(field.shape) not in (2, 3):
            raise RankMismatch(
                f"resize wants pictures, (height, width) or (height, width, colours), and the "
                f"field is {field}"
            )
        dtype = "uint8" if field.dtype == "uint8" else "float32"
        shape = (*self.size, *field.shape[2:])
        return replace(field, shape=shape, dtype=dtype, classes=None, names=())

    def apply(self, values: Array) -> Array:
        """(examples, height, width, …) -> (examples, *size, …)."""
        import numpy as np

        dtype = np.uint8 if values.dtype == np.uint8 else np.float32
        made = np.empty((len(values), *self.size, *values.shape[3:]), dtype)
        for i, picture in enumerate(values):
            made[i] = self.resized(picture.astype(dtype, copy=False))
        return made

    def resized(self, picture: Array) -> Array:
        """One picture, (height, width) or (height, width, colours), of bytes or float32."""
        import numpy as np

        colours = picture.shape[2] if picture.ndim == 3 else 0
        if colours and (picture.dtype != np.uint8 or colours not in (3, 4)):
            return np.stack([self.resized(c) for c in np.moveaxis(picture, 2, 0)], axis=2)
        pil = needed("PIL.Image")
        return np.asarray(self.of(pil.fromarray(np.ascontiguousarray(picture))))

    def of(self, image: Any) -> Any:
        """A Pillow image of this size."""
        height, width = self.size
        box = (0.0, 0.0, float(image.width), float(image.height))
        if self.crop:
            scale = min(image.width / width, image.height / height)
            left, top = (image.width - width * scale) / 2, (image.height - height * scale) / 2
            box = (left, top, left + width * scale, top + height * scale)
        way = getattr(needed("PIL.Image").Resampling, self.how.upper())
        return image.resize((width, height), way, box=box)
