"""Progress: lines on a file, a bar on a terminal, silence when asked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from specc.train.progress import in_order, line, shown
from specc.train.stopped import watched
from specc.train.train import train

from .small import program


def test_the_loss_comes_first_and_validation_last():
    logs = {"accuracy": 0.5, "loss": 1.25, "val_accuracy": 0.25, "val_loss": 0.00001}
    assert in_order(logs) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert line(logs) == "loss 1.2500  accuracy 0.5000  val_loss 1.00e-05  val_accuracy 0.2500"


@pytest.mark.keras
def test_elsewhere_than_on_a_terminal_there_is_a_line_an_epoch(tmp_path, capsys):
    run = train(program(), runs=tmp_path)
    shown = capsys.readouterr()
    assert shown.out == ""
    best = f"best val_loss {min(run.history['val_loss']):.4f} in epoch 3"
    assert [r.split("  ")[0] for r in shown.err.splitlines()] == [
        "loop epoch: the data is in memory", "epoch 1/3", "epoch 2/3", "epoch 3/3", best,
    ]  # fmt: skip


@pytest.mark.keras
def test_nothing_is_shown_when_nothing_is_asked(tmp_path, capsys):
    train(program(), runs=tmp_path, progress="none")
    assert capsys.readouterr() == ("", "")


@pytest.mark.keras
@pytest.mark.parametrize("steps", [3, 1000])
def test_the_bar_counts_epochs(steps):
    import keras

    stream = io.StringIO()
    bar = shown("bar", 2, steps, stream=stream)
    assert bar is not None
    bar.set_model(keras.Sequential())
    bar.on_train_begin()
    for epoch in range(2):
        bar.on_epoch_begin(epoch)
        bar.on_train_batch_end(0)
        bar.on_epoch_end(epoch, {"loss": 0.5})
    bar.on_train_end()
    assert "epoch 2/2" in stream.getvalue()
    assert "loss 0.5000" in stream.getvalue()


def told(kind: Literal["bar", "lines"], values: Sequence[float], epochs: int, *others: Any) -> str:
    """What is shown of a training whose validation loss is these values, one an epoch."""
    import keras

    stream = io.StringIO()
    callback: Any = shown(kind, epochs, 3, others, stream)
    callback.set_model(keras.Sequential())
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": value})
    callback.on_train_end()
    return stream.getvalue()


@pytest.mark.keras
@pytest.mark.parametrize("kind", ["bar", "lines"])
def test_the_best_is_told_and_why_training_stopped(kind: Literal["bar", "lines"]) -> None:
    """What EarlyStopping watched, and where the best was; a plain stop has no reason."""
    import keras

    stopping = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    stopping.best, stopping.best_epoch, stopping.stopped_epoch = 0.5, 1, 3
    text = told(kind, [0.7, 0.5, 0.6, 0.6], 9, stopping)
    assert "best val_loss 0.5000 in epoch 2" in text
    joined = " ".join(text.split())
    assert "stopped after epoch 4 of 9: val_loss was no better than 0.5 in epoch 2 for 2" in joined
    assert "whose weights are kept" in joined
    assert told(kind, [0.7, 0.5], 9).rstrip().endswith("stopped after epoch 2 of 9")
    assert "stopped" not in told(kind, [0.7, 0.5], 2)


@pytest.mark.keras
def test_short_epochs_have_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones each, then one every two seconds, and the last; long epochs each."""
    from specc.train import progress

    now = 0.0

    def clock() -> float:
        nonlocal now
        now += step / 2  # it is read twice an epoch
        return now

    monkeypatch.setattr(progress.time, "perf_counter", clock)
    step = 0.01
    lines = told("lines", [1.0] * 1010, 2000).splitlines()
    assert len(lines) == progress.EACH + 4 + 1 + 2
    assert lines[-3].startswith("epoch 1010/2000  loss")
    step = 3.0
    assert len(told("lines", [1.0] * 50, 50).splitlines()) == 50 + 1


def test_what_is_watched_is_a_callbacks_monitor() -> None:
    """Of the first that has one."""
    assert watched(
        [object(), SimpleNamespace(monitor="val_accuracy"), SimpleNamespace(monitor="x")]
    ) == ("val_accuracy")
    assert watched([]) is None
