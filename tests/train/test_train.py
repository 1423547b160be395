"""A training leaves a run that says what it was and does what it did."""

from __future__ import annotations

import json
import signal
import sys
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from specc import pipeline
from specc.data.dataset import Dataset, FieldType
from specc.data.registry import DATASETS
from specc.diagnostics.report import SpecError
from specc.train.failure import Interrupted, RunFailed
from specc.train.run import NotARun, open_run
from specc.train.train import train

from .small import program

pytestmark = pytest.mark.keras

FILES = {
    "resolved.yaml", "program.json", "data.json", "lock.json", "model.keras", "history.csv", "metrics.json",
    "curves.svg", "architecture.svg", "checkpoints",
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(program(), runs=tmp_path_factory.mktemp("runs"), progress="none")


def test_the_folder_holds_everything_and_nothing_half_written(run):
    assert {p.name for p in run.path.iterdir()} == FILES
    assert run.path.parent.name == "flowers"
    for name in ("curves.svg", "architecture.svg"):
        ElementTree.parse(run.path / name)


def test_the_lock_says_what_the_run_was_made_of(run):
    assert len(run.lock["program"]) == len(run.lock["data"]) == 64
    assert run.lock["packages"]["keras"]
    assert run.lock["seed"] == 0


def test_the_history_has_an_epoch_a_row(run):
    assert list(run.history) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert run.history["epoch"] == [1, 2, 3]


def test_an_opened_run_measures_what_was_measured(run):
    again = open_run(run.path)
    assert again.evaluate() == run.metrics["test"]
    assert again.evaluate("validation") == run.metrics["validation"]
    assert again.history == run.history


def test_predicting_is_the_models_own_after_the_transforms(run):
    features = DATASETS["iris"].load()["features"][:7]
    scaled = run.feeds.inputs["measures"].apply(features)
    expected = run.model.predict(scaled, verbose=0)
    np.testing.assert_array_equal(open_run(run.path).predict(features), expected)
    np.testing.assert_array_equal(run.predict({"features": features}), expected)


def test_transforms_learn_from_the_training_part_only(tmp_path):
    """A field whose last half, the test part or not, would move the mean if it were looked at."""
    rng = np.random.default_rng(0)
    seen: dict[str, np.ndarray] = {}

    def load():
        seen["x"] = rng.normal(0, 1, (40, 4)).astype(np.float32)
        return {"features": seen["x"], "label": rng.integers(0, 3, 40)}

    fields = {"features": FieldType((4,), "float32"), "label": FieldType((), "int64", classes=3)}
    datasets = {"iris": Dataset("iris", fields, load, "")}
    made = train(
        program(data__split={"test": 0.5}), runs=tmp_path, progress="none", datasets=datasets
    )
    from specc.data.split import parts
    from specc.document.spec import Split

    index = parts(40, Split(test=0.5)).train
    (standardize,) = made.feeds.inputs["measures"].transforms
    np.testing.assert_allclose(standardize.mean, seen["x"][index].mean(axis=0), rtol=1e-6)


def test_a_seed_gives_the_same_weights(run, tmp_path):
    again = train(program(), runs=tmp_path, progress="none")
    for a, b in zip(run.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.lock["program"] == run.lock["program"]
    other = train(program(train__seed=1), runs=tmp_path, progress="none")
    assert other.lock["program"] != run.lock["program"]


def test_it_is_keras_fit(tmp_path):
    """The same weights as compile and fit by hand from the same seed, in the same order."""
    import keras

    from specc.data.order import order
    from specc.lower.keras import to_keras

    made = program(data__inputs={"measures": {"field": "features"}}, data__split={})
    ours = train(made, runs=tmp_path, progress="none")
    assert ours.metrics["loop"] == "epoch"
    arrays = DATASETS["iris"].load()
    keras.utils.set_random_seed(0)
    model = to_keras(made)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    for epoch in range(3):
        places = order(150, 0, epoch)
        x, y = arrays["features"][places], arrays["label"][places]
        model.fit(x, y, batch_size=16, shuffle=False, verbose=0)
    for a, b in zip(ours.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    again = train(
        replace(made, train=made.train.model_copy(update={"loop": "batch"})),
        runs=tmp_path,
        progress="none",
    )
    for a, b in zip(ours.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_callbacks_write_into_the_run(tmp_path):
    callbacks = [
        {"ModelCheckpoint": {"filepath": "best/{epoch:02d}.keras", "save_best_only": True}},
        {"CSVLogger": {"filename": "log.csv"}},
        {"ReduceLROnPlateau": {"monitor": "val_loss"}},
        {"EarlyStopping": {"patience": 1, "restore_best_weights": True}},
    ]
    made = train(program(train__callbacks=callbacks), runs=tmp_path, progress="none")
    assert (made.path / "best" / "01.keras").is_file()
    assert (made.path / "log.csv").is_file()
    assert "learning_rate" in made.history


def test_schedules_and_clipping_reach_the_optimizer(tmp_path):
    decay = {
        "ExponentialDecay": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}
    }
    optimizer = {"SGD": {"learning_rate": decay, "momentum": 0.9, "clipnorm": 1.0}}
    made = train(
        program(train__optimizer=optimizer, train__batch_size="full"),
        runs=tmp_path,
        progress="none",
    )
    assert type(made.model.optimizer).__name__ == "SGD"
    assert made.model.optimizer.clipnorm == 1.0
    assert int(made.model.optimizer.iterations) == 3
    assert float(made.model.optimizer.learning_rate) == pytest.approx(0.1 * 0.5 ** (3 / 5))


def test_a_loss_that_is_no_number_ends_the_run(tmp_path):
    callbacks = [{"ModelCheckpoint": {"filepath": "best.keras"}}]
    wild = {"SGD": {"learning_rate": 1e30}}
    made = program(
        train__optimizer=wild,
        train__callbacks=callbacks,
        outputs={"kind": {"loss": "mse"}},
        data__targets={"kind": {"field": "label", "transform": [{"one_hot": 3}]}},
        graph={"kind": {"from": "measures", "layers": [{"Dense": {"units": 3}}]}},
    )
    with pytest.raises(RunFailed, match="became") as caught:
        train(made, runs=tmp_path, progress="none")
    assert caught.value.status == 3
    (folder,) = (tmp_path / "flowers").iterdir()
    assert not list(folder.glob("**/*.keras"))


def test_ctrl_c_saves_the_model(tmp_path):
    import keras

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                signal.raise_signal(signal.SIGINT)

    assert threading.current_thread() is threading.main_thread()
    with pytest.raises(Interrupted) as caught:
        train(program(train__epochs=50), runs=tmp_path, progress="none", callbacks=[Stop()])
    assert caught.value.status == 130
    again = open_run(caught.value.run.path)
    assert again.model.count_params() > 0
    assert again.metrics["finished"] is False
    assert "test" not in again.metrics


def test_a_full_disk_is_said_and_older_files_stay(tmp_path, monkeypatch):
    import errno

    first = train(program(), runs=tmp_path, progress="none")
    before = (first.path / "model.keras").read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device", "model.keras")

    monkeypatch.setattr(sys.modules["specc.train.job"], "whole", full)
    with pytest.raises(RunFailed, match="disk is full"):
        train(program(), runs=tmp_path, progress="none")
    assert (first.path / "model.keras").read_bytes() == before


def test_what_cannot_be_trained_leaves_no_folder(tmp_path):
    with pytest.raises(SpecError):
        train(replace(program(), data=None), runs=tmp_path)
    assert not list(tmp_path.iterdir())


def test_arrays_in_place_of_the_specs_data(tmp_path):
    arrays = DATASETS["iris"].load()
    made = train(
        replace(program(), data=None),
        data=(arrays["features"], arrays["label"]),
        runs=tmp_path,
        progress="none",
    )
    assert made.metrics["train"]["accuracy"] > 0.3
    assert open_run(made.path).predict(arrays["features"]).shape == (150, 3)


def test_sample_weights_count(tmp_path):
    """Weight 0 for all but one class: nothing else is learned."""
    arrays = DATASETS["iris"].load()
    fields = {**DATASETS["iris"].fields, "weight": FieldType((), "float32")}
    weight = (arrays["label"] == 2).astype(np.float32)
    datasets = {"iris": Dataset("iris", fields, lambda: {**arrays, "weight": weight}, "")}
    plain = program(train__epochs=8)
    weighted = plain.data.model_copy(update={"sample_weight": "weight"})
    made = train(replace(plain, data=weighted), runs=tmp_path, progress="none", datasets=datasets)
    assert (made.predict(arrays["features"]).argmax(axis=1) == 2).mean() > 0.9


def test_outputs_without_a_loss_and_further_losses(tmp_path):
    graph = {
        "hidden": {"from": "measures", "layers": [{"Dense": {"units": 4, "activation": "relu"}}]},
        "kind": {"from": "hidden", "layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
        "back": {"from": "hidden", "layers": [{"Dense": {"units": 4}}]},
    }
    outputs = {
        "kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        "hidden": {},
    }
    losses = {
        "again": {"MeanSquaredError": {}, "y_true": "measures", "y_pred": "back", "weight": 0.5}
    }
    made = program(graph=graph, outputs=outputs, losses=losses)
    run = train(made, runs=tmp_path, progress="none")
    assert list(run.history)[:4] == ["epoch", "loss", "accuracy", "again"]
    total, term = run.history["loss"], run.history["again"]
    assert all(a > b > 0 for a, b in zip(total, term, strict=True))
    opened = open_run(run.path)
    assert set(opened.predict(DATASETS["iris"].load()["features"])) == {"kind", "hidden"}
    with pytest.raises(NotARun, match="not compiled here"):
        opened.evaluate()
    for whole in (run, pipeline.open_run(run.path)):
        assert whole.evaluate() == pytest.approx(run.metrics["test"], rel=1e-5)
    without = program(graph={k: graph[k] for k in ("hidden", "kind")}, outputs=outputs)
    plain = train(without, runs=tmp_path, progress="none")
    assert list(plain.history)[:3] == ["epoch", "loss", "accuracy"]
    assert open_run(plain.path).evaluate() == plain.metrics["test"]


def test_a_sampled_input_is_drawn_while_training(tmp_path):
    inputs = {
        "measures": {"shape": [4]},
        "noise": {"shape": [4], "sample": {"normal": {"stddev": 0.1}}},
    }
    layers = ["Add", {"Dense": {"units": 3, "activation": "softmax"}}]
    graph = {"kind": {"from": ["measures", "noise"], "layers": layers}}
    run = train(program(inputs=inputs, graph=graph), runs=tmp_path, progress="none")
    assert open_run(run.path).evaluate() == run.metrics["test"]


def test_a_folder_that_is_no_run_is_said(tmp_path, run):
    with pytest.raises(NotARun, match="no folder"):
        open_run(tmp_path / "none")
    with pytest.raises(NotARun, match="its last run is"):
        open_run(run.path.parent)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "lock.json").write_text(json.dumps({}))
    (broken / "model.keras").write_text("no zip")
    with pytest.raises(NotARun, match="cannot be loaded"):
        _ = open_run(broken).model
    (broken / "metrics.json").write_text("{")
    with pytest.raises(NotARun, match=r"metrics\.json"):
        _ = open_run(broken).metrics


def test_what_a_run_saves_loads_by_keras_alone(tmp_path):
    """With its optimizer, loss and metrics, as Keras loads what it has saved itself."""
    import keras

    made = train(
        program(
            train__epochs=1,
            train__callbacks=[{"ModelCheckpoint": {"filepath": "each.keras"}}],
        ),
        runs=tmp_path,
        progress="none",
    )
    for name in ("model.keras", "each.keras"):
        loaded = keras.saving.load_model(made.path / name)
        assert loaded.compiled
