"""The order of the examples."""

from __future__ import annotations

import numpy as np

from specc.data.order import order


def test_an_order_follows_from_seed_and_epoch_alone() -> None:
    """The same twice; another for another epoch or seed; every example once."""
    first = order(100, 7, 0)
    np.testing.assert_array_equal(first, order(100, 7, 0))
    assert not np.array_equal(first, order(100, 7, 1))
    assert not np.array_equal(first, order(100, 8, 0))
    np.testing.assert_array_equal(np.sort(first), np.arange(100))
