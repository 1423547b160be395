"""Pictures: which outputs are some, in what range their numbers are, and how they are drawn."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, prod, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.data.extra import needed
from specc.data.feed import Feed, Part
from specc.infer.program import Program
from specc.lower.writing import write_bytes
from specc.train.generate.origins import Origin

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LOOKED_AT = 1000
"""How many examples are looked at for the range of a picture's numbers."""
_TILE = 64
"""The least number of dots along a picture's shorter side; smaller ones are magnified."""
_GAP = 2


@dataclass(frozen=True)
class Picture:
    """How an output is a picture: (height, width, channels), and what is black and white."""

    shape: tuple[int, int, int]
    low: float = 0.0
    high: float = 1.0

    def state(self) -> dict[str, Any]:
        """The picture as JSON has it."""
        return {"shape": list(self.shape), "low": self.low, "high": self.high}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Picture:
        """The picture that `state` was taken of."""
        height, width, channels = state["shape"]
        return cls((height, width, channels), state["low"], state["high"])


def pictures(
    program: Program, origins: Mapping[str, Origin], feeds: Mapping[str, Feed], part: Part
) -> dict[str, Picture]:
    """The outputs with an origin that are pictures.

    One is a picture if it has the shape of one, or as many numbers as a picture that the data hold
    (one that `flatten` made a row of); the range is that of the training part's pictures of the
    same size, or 0 to 1.
    """
    known = {n: (f, part.inputs[n]) for n, f in feeds.items() if n in part.inputs}
    found: dict[str, Picture] = {}
    for name, origin in origins.items():
        dims = program.outputs[name].type.dims[1 if origin.batched else 0 :]
        shape = tuple(d for d in dims if isinstance(d, int))
        if len(shape) != len(dims):
            continue
        for feed, values in known.values():
            seen = _shape(feed.type.shape)
            if seen is not None and prod(values.shape[1:]) == prod(shape):
                sample = values[:LOOKED_AT]
                size = seen if prod(seen) == prod(shape) else (_shape(shape) or seen)
                if prod(size) == prod(shape):
                    found[name] = Picture(size, float(sample.min()), float(sample.max()))
                    break
        else:
            own = _shape(shape)
            if own is not None:
                found[name] = Picture(own)
    return found


def _shape(shape: Sequence[Any]) -> tuple[int, int, int] | None:
    """(height, width) or (height, width, 1, 3 or 4 channels); `None` for what is no picture."""
    if not all(isinstance(d, int) and d > 1 for d in shape[:2]):
        return None
    if len(shape) == 2:
        return (shape[0], shape[1], 1)
    if len(shape) == 3 and shape[2] in (1, 3, 4):
        return (shape[0], shape[1], shape[2])
    return None


def as_levels(values: Array, picture: Picture) -> Array:
    """(count, …) -> (count, height, width, channels) of 0 to 255; what is beyond is cut off."""
    import numpy as np

    span = picture.high - picture.low or 1.0
    unit = (np.nan_to_num(values.astype(np.float64)) - picture.low) / span
    return (np.clip(unit, 0, 1) * 255 + 0.5).astype(np.uint8).reshape(len(values), *picture.shape)


def grid(levels: Array, columns: int | None = None) -> Array:
    """(count, height, width, channels) -> one picture of all, row by row, small ones magnified."""
    import numpy as np

    count, height, width, channels = levels.shape
    columns = columns or ceil(sqrt(count))
    rows = ceil(count / columns)
    times = max(1, ceil(_TILE / min(height, width))) if count > 1 or min(height, width) < 64 else 1
    large = levels.repeat(times, axis=1).repeat(times, axis=2)
    height, width = height * times, width * times
    gap = _GAP if count > 1 else 0
    made = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, np.uint8
    )
    for i, tile in enumerate(large):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        made[top : top + height, left : left + width] = tile
    return made


def png(levels: Array) -> bytes:
    """A picture, (height, width, channels) of 0 to 255, as a PNG file."""
    image: Any = needed("matplotlib.image")
    held = io.BytesIO()
    shown = levels.repeat(3, axis=2) if levels.shape[2] == 1 else levels
    image.imsave(held, shown, format="png")
    return held.getvalue()


def write_grid(path: Path, values: Array, picture: Picture, columns: int | None = None) -> None:
    """Writes examples, (count, …), as one PNG, whole or not at all. Raises `OSError`."""
    write_bytes(path, png(grid(as_levels(values, picture), columns)))
