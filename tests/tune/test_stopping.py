"""A trial's own callbacks act on it as they do in a run of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from specc.train.train import train
from specc.tune.epoch import Epoch

from .trials import Given, spec, trial

pytestmark = pytest.mark.keras

STOPPING = {"EarlyStopping": {"monitor": "val_loss", "patience": 1, "restore_best_weights": True}}
SLOWER = {"ReduceLROnPlateau": {"monitor": "loss", "patience": 1, "min_delta": 0.2, "factor": 0.1}}
LAYERS: list[Any] = [{"Dense": {"units": 4}}, {"Dropout": {"rate": 0.5}}]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A trial that is stopped early, one that is slowed down, and one of the group that is not."""
    fast = {"SGD": {"learning_rate": 2.0, "momentum": 0.9}}
    slow = {"SGD": {"learning_rate": 0.2, "momentum": 0.8}}
    written = [
        spec(LAYERS, optimizer=fast, epochs=8, callbacks=[STOPPING], seed=1),
        spec(LAYERS, optimizer=slow, epochs=6, callbacks=[SLOWER], seed=2),
        spec(LAYERS, optimizer=slow, epochs=3, seed=3),
    ]
    trials = [trial(i, w) for i, w in enumerate(written)]
    engine = Epoch()
    source = Given(trials, tmp_path_factory.mktemp("models"), engine.group_key)
    engine.run(source)
    assert source.failures == {}
    assert len(engine._groups) == 1
    runs = [train(t.program, runs=source.folder / "runs", progress="none") for t in trials]
    return source, runs


def test_it_stops_and_slows_down_in_the_same_epochs(done):
    source, runs = done
    for number, run in enumerate(runs):
        seen = [report["val_loss"] for report in source.reports[number]]
        assert seen == run.history["val_loss"]
    assert len(source.reports[0]) < 8
    assert runs[1].history["learning_rate"][-1] < 0.1, "or nothing has been slowed down"


def test_the_best_weights_are_kept_and_measured(done):
    """What is logged of the validation is then the best epoch's, and not the last one's."""
    import keras

    source, runs = done
    for number, run in enumerate(runs):
        ours = keras.saving.load_model(source.model(number), compile=False)
        for a, b in zip(ours.get_weights(), run.model.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    reports = [report["val_loss"] for report in source.reports[0]]
    assert source.results[0].logs["val_loss"] == min(reports) < reports[-1]
