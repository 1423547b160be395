"""Progress: lines on a file, a bar on a terminal, silence when asked."""

from __future__ import annotations

import io

import pytest

from specc.train.progress import in_order, line
from specc.train.train import train

from .small import program


def test_the_loss_comes_first_and_validation_last():
    logs = {"accuracy": 0.5, "loss": 1.25, "val_accuracy": 0.25, "val_loss": 0.00001}
    assert in_order(logs) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert line(logs) == "loss 1.2500  accuracy 0.5000  val_loss 1.00e-05  val_accuracy 0.2500"


@pytest.mark.keras
def test_elsewhere_than_on_a_terminal_there_is_a_line_an_epoch(tmp_path, capsys):
    train(program(), runs=tmp_path)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [r.split("  ")[0] for r in shown.err.splitlines()] == [
        "loop epoch: the data is in memory", "epoch 1/3", "epoch 2/3", "epoch 3/3",
    ]  # fmt: skip


@pytest.mark.keras
def test_nothing_is_shown_when_nothing_is_asked(tmp_path, capsys):
    train(program(), runs=tmp_path, progress="none")
    assert capsys.readouterr() == ("", "")


@pytest.mark.keras
@pytest.mark.parametrize("steps", [3, 1000])
def test_the_bar_counts_epochs(steps):
    import keras

    from specc.train.progress import shown

    stream = io.StringIO()
    bar = shown("bar", 2, steps, stream)
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
