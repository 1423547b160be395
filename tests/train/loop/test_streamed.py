"""Training on data that is read in pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import specc
from specc.train.train import train

pytestmark = pytest.mark.keras

FLOWERS = Path(__file__).parents[3] / "specs" / "flowers.yaml"
IN_PIECES = "data.source={csv: {path: data/flowers.csv, stream: true}}"


def _run(folder, *sets):
    program = specc.compile(FLOWERS, sets=["train.epochs=4", *sets])
    return train(program, runs=folder, progress="none")


def test_a_stream_trains_in_the_loop_by_batch_and_learns(tmp_path):
    """Every epoch takes each example once, in an order of its own; the parts are measured."""
    run = _run(tmp_path, IN_PIECES, "train.epochs=25")
    assert run.metrics["loop"] == "batch"
    assert run.metrics["test"]["accuracy"] > 0.8
    assert run.history["loss"][-1] < run.history["loss"][0] / 2


def test_a_stream_in_its_own_order_is_what_memory_holds(tmp_path):
    """With one batch an epoch, the order does not matter: the weights are nearly the same."""
    whole = ["train.batch_size=full", "data.split={validation: 0.2}"]
    there = _run(tmp_path, IN_PIECES, *whole)
    here = _run(tmp_path, *whole)
    assert len(there.history["loss"]) == len(here.history["loss"]) == 4
    # The two split by the same fractions, but not into the same examples.
    np.testing.assert_allclose(there.history["loss"], here.history["loss"], rtol=0.15)


def test_a_resumed_stream_goes_on_where_it_was(tmp_path):
    """Two epochs and two more are four: the same weights, and the same history."""
    whole = _run(tmp_path / "a", IN_PIECES)
    first = specc.compile(FLOWERS, sets=[IN_PIECES, "train.epochs=4"])
    part = train(first, runs=tmp_path / "b", progress="none", epochs=2)
    rest = train(first, runs=tmp_path / "b", progress="none", epochs=4, resume=part.path)
    for a, b in zip(whole.model.get_weights(), rest.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert rest.history["loss"] == pytest.approx(whole.history["loss"])


def test_a_run_of_a_stream_is_evaluated_and_reported(tmp_path, monkeypatch):
    """Its data is found again, and read in pieces again."""
    from specc.train.report.page import report_html

    run = _run(tmp_path, IN_PIECES)
    monkeypatch.chdir(FLOWERS.parent)
    again = specc.open_run(run.path)
    assert again.evaluate("test") == pytest.approx(run.metrics["test"])
    assert "species" in report_html(again)
