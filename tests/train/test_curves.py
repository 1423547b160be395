"""Curves show what was logged, and mark the best."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest

from specc.train.curves import curves_svg, mean, panels

HISTORY = {
    "epoch": [1, 2, 3],
    "accuracy": [0.5, 0.7, 0.8],
    "learning_rate": [0.1, 0.01, 0.001],
    "loss": [100.0, 3.0, 0.5],
    "val_loss": [110.0, 1.5, 2.0],
    "val_accuracy": [0.4, 0.75, 0.6],
}


def texts(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text")]


def test_there_is_a_panel_for_each_thing_and_the_best_epoch_is_told() -> None:
    """Of validation where there is one; what has no better way has no best."""
    shown = texts(curves_svg(HISTORY, "digits"))
    assert panels(HISTORY) == ["loss", "accuracy", "learning_rate"]
    assert {"digits", "loss", "accuracy", "learning_rate", "training", "validation"} <= set(shown)
    assert [t for t in shown if t.startswith("best")] == ["best 1.5 at 2", "best 0.75 at 2"]


def test_a_loss_that_falls_far_is_in_powers_of_ten() -> None:
    """And no text is TeX."""
    shown = texts(curves_svg({"epoch": [1, 2], "loss": [1000.0, 0.01]}, "a$b$"))
    assert {"0.1", "10", "a$b$"} <= set(shown)
    assert not [t for t in shown if "mathdefault" in t]


def test_epochs_are_whole_numbers() -> None:
    """Also where there are few."""
    shown = texts(curves_svg({"epoch": [1, 2], "loss": [0.52, 0.51]}, "x"))
    assert "1.5" not in shown


@pytest.mark.parametrize("epochs", [0, 1])
def test_there_may_be_one_epoch_or_none(epochs: int) -> None:
    """An empty picture is one."""
    history = {n: v[:epochs] for n, v in HISTORY.items()}
    ElementTree.fromstring(curves_svg(history, "x"))


def test_many_metrics_and_numbers_that_are_none() -> None:
    """A panel each; NaN leaves a gap."""
    history = {"epoch": [1, 2], **{f"m{i}_accuracy": [math.nan, 0.5] for i in range(20)}}
    shown = texts(curves_svg(history, "x"))
    assert sum(t.endswith("_accuracy") for t in shown) == 20


def test_folds_are_drawn_beside_their_mean() -> None:
    """The mean is of those that went that far."""
    folds = [
        {"epoch": [1, 2], "loss": [1.0, 2.0]},
        {"epoch": [1, 2, 3], "loss": [3.0, 4.0, 5.0]},
    ]
    found = mean(folds)
    assert found == {"epoch": [1, 2, 3], "loss": [2.0, 3.0, 5.0]}
    alone, among = curves_svg(found, "x"), curves_svg(found, "x", folds=folds)
    thin = "stroke-opacity: 0.4"
    assert (among.count(thin), alone.count(thin)) == (2, 0)


def test_a_picture_is_the_same_each_time() -> None:
    """So that a run made again has the same files."""
    assert curves_svg(HISTORY, "x") == curves_svg(HISTORY, "x")
