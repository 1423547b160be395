"""Splits: every example in exactly one part, the same for the same seed, classes in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.data.split import CannotSplit, parts, why_not
from specc.document.spec import Split


@given(
    st.integers(10, 400), st.sampled_from([0.0, 0.1, 0.33]), st.sampled_from([0.0, 0.2, 0.5]),
    st.integers(0, 5), st.booleans(),
)  # fmt: skip
def test_every_example_is_in_one_part(count, validation, test, seed, stratified):
    split = Split(validation=validation, test=test, seed=seed)
    classes = np.random.default_rng(seed).integers(0, 3, count) if stratified else None
    try:
        made = parts(count, split, classes)
    except CannotSplit:
        assert count < 20
        return
    everything = np.concatenate([made.train, made.validation, made.test])
    assert sorted(everything) == list(range(count))
    assert abs(len(made.test) - count * test) <= 1
    assert abs(len(made.validation) - count * validation) <= 1


def test_a_seed_gives_one_split_and_another_gives_another():
    first, again = (parts(100, Split(test=0.2, seed=3)) for _ in range(2))
    other = parts(100, Split(test=0.2, seed=4))
    assert (first.test == again.test).all()
    assert (first.test != other.test).any()


def test_stratified_parts_hold_the_classes_in_proportion():
    classes = np.repeat([0, 1, 2], [70, 20, 10])
    made = parts(100, Split(validation=0.2, test=0.3), classes)
    assert np.bincount(classes[made.test]).tolist() == [21, 6, 3]
    assert np.bincount(classes[made.validation]).tolist() == [14, 4, 2]


def test_classes_may_be_text():
    made = parts(10, Split(test=0.5), np.array(["a", "b"] * 5, dtype=object))
    assert len(made.test) == 5


def test_a_split_that_leaves_nothing_is_refused():
    assert "leave nothing for training" in (why_not(Split(validation=0.6, test=0.5)) or "")
    with pytest.raises(CannotSplit, match="none for validation"):
        parts(3, Split(validation=0.1))
    with pytest.raises(CannotSplit, match="leave nothing"):
        parts(100, Split(validation=0.5, test=0.5))
