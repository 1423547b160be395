"""A configuration that is trained several times over: its mean, spread and running means."""

from __future__ import annotations

import random

import pytest

from specc.tune.opened import Opened, running


def opened(found: dict[int, float]) -> Opened:
    return Opened({}, 6, found=found)


def test_the_mean_does_not_depend_on_who_ended_first() -> None:
    """Sums of floats do, unless they are taken in one order."""
    values = [(6 + i, 0.1 * i + 1e-9) for i in range(9)]
    means: set[float] = set()
    for seed in range(20):
        random.Random(seed).shuffle(values)
        means.add(opened(dict(values)).mean)
    assert len(means) == 1


def test_the_deviation_is_the_samples() -> None:
    """Of one training there is none."""
    assert opened({6: 1.0}).deviation is None
    assert opened({6: 1.0, 7: 3.0}).deviation == pytest.approx(2**0.5)


def test_running_means_stop_at_a_gap() -> None:
    """The pruner hears of the third training only after the second."""
    assert opened({6: 1.0, 7: 2.0, 8: 6.0}).running == {1: 1.0, 2: 1.5, 3: 3.0}
    assert opened({6: 1.0, 8: 6.0}).running == {1: 1.0}
    assert running({7: 2.0}, 6) == {}
