"""TensorBoard without arguments: scalars, histograms, the graph and the hyperparameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from specc.train.run import Run
from specc.train.train import train

from .small import program

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    made = program(train__callbacks=["TensorBoard"], train__epochs=2)
    return train(made, runs=tmp_path_factory.mktemp("runs"), progress="none")


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    found.Reload()
    return found


def test_scalars_and_histograms_are_written(run: Run) -> None:
    """Scalars each epoch, of training and validation; of every weight at the first and last."""
    events = read(run.path / "tensorboard" / "train")
    tags = set(events.Tags()["tensors"])
    assert {"epoch_loss", "epoch_accuracy"} <= tags
    histograms = [t for t in tags if "kernel" in t or "bias" in t]
    assert len(histograms) == 4
    assert [t.step for t in events.Tensors(histograms[0])] == [0, 1]
    assert [t.step for t in events.Tensors("epoch_loss")] == [0, 1]
    assert "epoch_loss" in read(run.path / "tensorboard" / "validation").Tags()["tensors"]


def test_histograms_are_what_keras_counts(tmp_path: Path) -> None:
    """Tags, buckets and counts are those of Keras's own callback, to float32's rounding."""
    import keras
    import numpy as np
    import tensorflow as tf

    from specc.train.tensorboard import tensorboard

    found = []
    for name, made in (
        ("ours", tensorboard({"log_dir": str(tmp_path / "ours")}, None, {})),
        ("keras", keras.callbacks.TensorBoard(str(tmp_path / "keras"), histogram_freq=1)),
    ):
        keras.utils.set_random_seed(1)
        model = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(40), keras.layers.BatchNormalization()]
        )
        made.write_graph = False
        made.set_params({})
        made.set_model(model)
        made._log_weights(4)
        made.on_train_end()
        events = read(tmp_path / name / "train")
        tags = sorted(t for t in events.Tags()["tensors"] if t.endswith("/histogram"))
        values = [events.Tensors(t) for t in tags]
        assert all(v[0].step == 4 for v in values)
        found.append((tags, [tf.make_ndarray(v[0].tensor_proto) for v in values]))
    (ours, mine), (theirs, its) = found
    assert [t.split("/")[-2] for t in ours] == [t.split("/")[-2] for t in theirs]
    assert len(ours) == 6
    for a, b in zip(mine, its, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def _told(tmp_path: Path, arguments: dict[str, Any], epochs: int) -> Any:
    """The events of ours and of Keras's, told the same logs of the same model."""
    import keras
    import numpy as np

    from specc.train.tensorboard import tensorboard

    found = []
    for name, made in (
        ("ours", tensorboard({"log_dir": str(tmp_path / "ours"), **arguments}, None, {})),
        ("keras", keras.callbacks.TensorBoard(str(tmp_path / "keras"), **arguments)),
    ):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
        model.compile("adam", "mse")
        made.write_graph = False
        made.set_params({"epochs": epochs})
        made.set_model(model)
        made.on_train_begin()
        for epoch in range(epochs):
            made.on_epoch_begin(epoch)
            made.on_test_begin()
            made.on_test_end({"loss": np.float32(epoch + 0.5)})
            made.on_epoch_end(epoch, {"loss": 2.0 * epoch, "val_loss": epoch + 0.5})
        made.on_train_end()
        found.append([read(tmp_path / name / part) for part in ("train", "validation")])
    return found


def test_scalars_are_those_that_keras_writes(tmp_path: Path) -> None:
    """Tags, steps and values, at the epoch's end and at the validation's."""
    import tensorflow as tf

    ours, theirs = _told(tmp_path, {}, 3)
    for mine, its in zip(ours, theirs, strict=True):
        tags = [t for t in mine.Tags()["tensors"] if not t.endswith("/histogram")]
        assert sorted(tags) == sorted(its.Tags()["tensors"])
        assert tags
        for tag in tags:
            values = [
                [(t.step, float(tf.make_ndarray(t.tensor_proto))) for t in e.Tensors(tag)]
                for e in (mine, its)
            ]
            assert values[0] == values[1], tag


def test_histograms_are_as_often_as_the_spec_says(tmp_path: Path) -> None:
    """Each epoch where it says so; else the first, the last, and what a share of the time lets."""

    def steps(events: Any) -> list[int]:
        (found,) = [t for t in events[0].Tags()["tensors"] if t.endswith("bias/histogram")]
        return [t.step for t in events[0].Tensors(found)]

    ours, _ = _told(tmp_path / "said", {"histogram_freq": 1}, 30)
    assert steps(ours) == list(range(30))
    ours, _ = _told(tmp_path / "unsaid", {}, 30)
    assert steps(ours)[0] == 0
    assert steps(ours)[-1] == 29
    assert len(steps(ours)) < 30, "an epoch here takes less than twenty histograms"


def test_the_graph_is_the_models(run: Run) -> None:
    """Its operations, and Keras's picture of its layers."""
    assert run.metrics["loop"] == "epoch", "Keras writes it at the first batch only"
    events = read(run.path / "tensorboard" / "train")
    assert any(node.op == "MatMul" for node in events.Graph().node)
    assert "keras" in events.Tags()["tensors"]


def test_the_hyperparameters_are_what_the_spec_sets(run: Run) -> None:
    """By the paths that --set takes, numbers as numbers."""
    from tensorboard.plugins.hparams import plugin_data_pb2

    events = read(run.path / "tensorboard")
    content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    found = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    assert found["optimizer"].string_value == "Adam"
    assert found["batch_size"].number_value == 16
    assert found["train.optimizer.Adam.learning_rate"].number_value == 0.02
    assert found["data.source"].string_value == "iris"


def test_it_changes_no_weight_and_heeds_the_spec(run: Run, tmp_path: Path) -> None:
    """The model is traced for its graph, and learns as without."""
    quiet = {"TensorBoard": {"histogram_freq": 0, "write_graph": False, "log_dir": "logs"}}
    other = train(
        program(train__callbacks=[quiet], train__epochs=2), runs=tmp_path, progress="none"
    )
    assert other.metrics["weights"] == run.metrics["weights"]
    events = read(other.path / "logs" / "train")
    assert set(events.Tags()["tensors"]) == {"epoch_loss", "epoch_accuracy", "epoch_learning_rate"}
    with pytest.raises(ValueError, match="graph"):
        events.Graph()
