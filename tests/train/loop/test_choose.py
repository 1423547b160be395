"""The loop is by epoch unless something really happens batch by batch."""

from __future__ import annotations

import pytest

from specc.train.failure import RunFailed
from specc.train.loop.choose import choose

pytestmark = pytest.mark.keras


def test_callbacks_that_only_override_the_hooks_do_not_switch_it_off(tmp_path):
    """TensorBoard and ModelCheckpoint do nothing by batch unless they are told to."""
    import keras

    c = keras.callbacks
    idle = [
        c.TensorBoard(log_dir=str(tmp_path)),
        c.ModelCheckpoint(str(tmp_path / "best.keras")),
        c.EarlyStopping(),
        c.ReduceLROnPlateau(),
        c.CSVLogger(str(tmp_path / "log.csv")),
    ]
    assert choose("auto", idle, None).loop == "epoch"
    for busy in (
        c.TensorBoard(log_dir=str(tmp_path), update_freq=5),
        c.ModelCheckpoint(str(tmp_path / "best.keras"), save_freq=10),
        c.TerminateOnNaN(),
    ):
        choice = choose("auto", [*idle, busy], None)
        assert choice.loop == "batch"
        assert type(busy).__name__ in choice.reason
        with pytest.raises(RunFailed, match=type(busy).__name__):
            choose("epoch", [busy], None)


def test_a_callback_of_a_program_works_by_batch_if_it_says_what_to_do():
    """An overridden batch hook counts, also a training or test one alone."""
    import keras

    class Every(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            pass

    assert choose("auto", [keras.callbacks.Callback()], None).loop == "epoch"
    assert choose("auto", [Every()], None).loop == "batch"
    assert choose("batch", [], None).loop == "batch"
    assert choose("auto", [], "it is streamed").reason == "it is streamed"
