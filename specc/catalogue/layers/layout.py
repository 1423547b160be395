"""Where batch, channels and spatial axes stand: `data_format` of pictures, sequences, volumes."""

from __future__ import annotations

from typing import NamedTuple

from specc.catalogue.shapes import Dims, needs_rank
from specc.catalogue.types import Dim, TensorType

_SPACE = {1: "time", 2: "height, width", 3: "depth, height, width"}


class Layout(NamedTuple):
    """A tensor's dimensions by what they mean; `first` where the channels come first."""

    batch: Dim
    space: Dims
    channels: Dim
    first: bool

    def of(self, space: Dims, channels: Dim) -> Dims:
        """The dimensions of other spatial lengths and channels, in the same order."""
        if self.first:
            return (self.batch, channels, *space)
        return (self.batch, *space, channels)

    @property
    def channel_axis(self) -> int:
        """The position of the channels."""
        return 1 if self.first else len(self.space) + 1


def layout(layer: str, tensor: TensorType, axes: int, data_format: str | None = None) -> Layout:
    """The layout of `(batch, space..., channels)`; raises `RankMismatch`."""
    first = data_format == "channels_first"
    dims = tensor.dims
    if len(dims) != axes + 2:
        space = _SPACE[axes]
        form = f"(batch, channels, {space})" if first else f"(batch, {space}, channels)"
        needs_rank(layer, tensor, axes + 2, form=form)
    if first:
        return Layout(dims[0], dims[2:], dims[1], True)
    return Layout(dims[0], dims[1:-1], dims[-1], False)
