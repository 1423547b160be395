"""What differs between two locks is named."""

from __future__ import annotations

import pytest

from specc.train.replay import Differs, check_data, differences


def test_what_may_change_a_number_is_named() -> None:
    """Versions, machine and threads; not the time, nor what is compared elsewhere."""
    then = {
        "specc": "1", "started": "a", "python": "3.11", "threads": {"cpus": 2, "OMP": None},
        "packages": {"keras": "3.15", "jax": "1"}, "program": "x",
    }  # fmt: skip
    now = {
        **then,
        "started": "b",
        "specc": "2",
        "threads": {"cpus": 4},
        "packages": {"keras": "3.15"},
    }
    assert list(map(str, differences(then, now))) == [
        "specc was 1, and is 2", "cpus was 2, and is 4", "jax was 1, and is not set",
    ]  # fmt: skip
    assert differences(then, then) == []
    assert [d.what for d in differences({}, now)] == ["specc", "python", "cpus", "keras"]


def test_other_data_is_refused() -> None:
    """With both hashes."""
    check_data("a", "a")
    with pytest.raises(Differs, match="its hash was a, and is b"):
        check_data("a", "b")
