"""Which way a number is better follows from its name, where it does."""

from __future__ import annotations

import math

import pytest

from specc.catalogue.catalogue import builtin
from specc.train.better import best, direction
from specc.train.logged import metric_name

NEITHER = {
    "Mean", "Sum", "MeanMetricWrapper", "Metric", "SumOverBatchSize",
}  # fmt: skip


@pytest.mark.parametrize("cls", sorted(builtin().families["metric"].classes))
def test_every_metric_of_keras_has_a_direction(cls: str) -> None:
    """But those that only add up what they are given."""
    parameters = builtin().families["metric"].classes[cls]
    needed = {"recall": 0.5, "precision": 0.5, "sensitivity": 0.5, "specificity": 0.5,
              "num_classes": 2, "target_class_ids": [0], "fn": "x"}  # fmt: skip
    arguments = {n: needed[n] for n, p in parameters.items() if p.required and n in needed}
    name = metric_name(builtin(), {cls: arguments})
    assert (direction(name) is None) == (cls in NEITHER)
    assert direction(f"val_{name}") == direction(f"age_{name}") == direction(name)


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("loss", "min"), ("kl_loss", "min"), ("val_mae", "min"), ("top3_accuracy", "max"),
        ("learning_rate", None), ("fooled", None),
    ],
)  # fmt: skip
def test_names_of_ones_own(name: str, way: str | None) -> None:
    """What a name does not say is not guessed."""
    assert direction(name) == way


def test_the_best_is_the_first_of_equal_ones_and_a_number() -> None:
    """NaN is nowhere the best."""
    assert best("accuracy", [math.nan, 0.5, 0.9, 0.9]) == 2
    assert best("loss", [3, 1, 2]) == 1
    assert best("loss", [math.nan]) is None
    assert best("other", [1, 2]) is None
