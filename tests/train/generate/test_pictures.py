"""Pictures of examples."""

from __future__ import annotations

import io

import numpy as np
import pytest
from matplotlib.image import imread

from specc.data.columns import Columns
from specc.data.dataset import FieldType
from specc.data.feed import Feed, Part
from specc.train.generate.origins import origins
from specc.train.generate.pictures import Picture, as_levels, grid, pictures, png

from .specs import coded


def test_a_row_of_numbers_is_a_picture_where_the_data_hold_one_of_as_many():
    """The shape is the field's, and the range that of the training part."""
    values = np.linspace(0, 2, 128, dtype=np.float32).reshape(2, 64)
    feeds = {"pixels": Feed(Columns(("image",), FieldType((8, 8), "float32")))}
    part = Part({"pixels": values}, {}, None)
    program = coded()
    found = pictures(program, origins(program), feeds, part)
    assert found["again"] == found["learned"] == Picture((8, 8, 1), 0.0, 2.0)
    assert set(found) == {"again", "learned"}  # a row of eight by itself is none
    assert Picture.restore(found["again"].state()) == found["again"]


def test_levels_go_from_black_to_white_over_the_range_and_stop_there():
    """What is not finite, or beyond the range, does not wrap around."""
    values = np.array([[-1.0, -2.0, 1.0, 9.0, 0.0, np.nan]])
    levels = as_levels(values, Picture((2, 3, 1), -1.0, 1.0))
    assert levels.reshape(-1).tolist() == [0, 0, 255, 255, 128, 128]


@pytest.mark.parametrize("count", [1, 5, 16])
def test_a_grid_holds_every_example_once_in_order(count):
    """Row by row; small pictures are magnified, and none is stretched."""
    levels = np.arange(count, dtype=np.uint8).reshape(count, 1, 1, 1).repeat(8, 1).repeat(8, 2)
    made = grid(levels)
    tile = 64
    columns = (made.shape[1] + 2) // (tile + 2) if count > 1 else 1
    for i in range(count):
        top, left = (i // columns) * (tile + 2), (i % columns) * (tile + 2)
        assert (made[top : top + tile, left : left + tile] == i).all()


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_reads_back_as_it_was(channels):
    """Nothing is scaled or compressed away."""
    levels = np.random.default_rng(0).integers(0, 256, (5, 7, channels)).astype(np.uint8)
    if channels == 4:
        levels[..., 3] = 255
    back = (imread(io.BytesIO(png(levels)), format="png")[..., :3] * 255 + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(back, np.broadcast_to(levels[..., :3], back.shape))
