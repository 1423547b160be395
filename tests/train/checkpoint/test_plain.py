"""What goes into a checkpoint comes out of it, and what is no data does not go in."""

from __future__ import annotations

import numpy as np
import pytest

from specc.train.checkpoint.plain import NotPlain, flattened, restored


def test_data_comes_back_as_it_was():
    """Numbers to the bit, NaN, tuples, dicts with any keys, arrays in lists."""
    value = {"a": [1, 2.5, float("inf"), None, True], 3: (np.float32(0.1), "x"), "w": [np.eye(2)]}
    arrays: list = []
    again = restored(flattened(value, arrays), arrays)
    assert again["a"] == value["a"]
    assert again[3] == value[3]
    assert isinstance(again[3][0], np.float32)
    np.testing.assert_array_equal(again["w"][0], np.eye(2))


@pytest.mark.parametrize("value", [len, object(), np.array([object()]), {"a": {1, 2}}])
def test_what_is_more_than_data_is_refused(value):
    """A function, an object, an array of objects, a set inside a dict."""
    with pytest.raises(NotPlain):
        flattened(value, [])
