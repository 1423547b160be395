"""Recurrent models, one step at a time."""

from __future__ import annotations

import numpy as np
import pytest

from specc.train.generate.stepping import stepping

pytestmark = pytest.mark.keras


def _model(*layers):
    import keras

    given = keras.Input((7,))
    made = keras.layers.Embedding(9, 4)(given)
    for layer in layers:
        made = layer(made)
    return keras.Model(given, keras.layers.Dense(9)(made))


def _stacks():
    from keras import layers as k

    return {
        "lstm": [k.LSTM(5, return_sequences=True), k.Dropout(0.5), k.LSTM(3)],
        "gru": [k.GRU(5, return_sequences=True), k.LayerNormalization()],
        "plain": [k.SimpleRNN(5)],
        "cells": [k.RNN([k.LSTMCell(3), k.GRUCell(4)])],
    }


@pytest.mark.parametrize("name", ["lstm", "gru", "plain", "cells"])
def test_steps_give_what_the_whole_window_gives(name):
    """The state after seven steps is that of a window of seven."""
    model = _model(*_stacks()[name])
    ids = np.arange(7, dtype=np.float32)[None]
    step = stepping(model, "y")
    assert step is not None
    states = step.begin()
    for i in range(7):
        scores, states = step(ids[:, i : i + 1], states)
    whole = np.asarray(model(ids))[0]
    np.testing.assert_allclose(np.atleast_2d(scores)[-1], np.atleast_2d(whole)[-1], atol=1e-6)


def test_what_looks_along_time_is_not_stepped():
    """A convolution, a backward reader or a state as an output makes a window of it again."""
    from keras import layers as k

    assert stepping(_model(k.Conv1D(3, 2), k.LSTM(3)), "y") is None
    assert stepping(_model(k.Bidirectional(k.LSTM(3))), "y") is None
    assert stepping(_model(k.LSTM(3, go_backwards=True)), "y") is None
    assert stepping(_model(k.Flatten()), "y") is None


def test_the_model_is_saved_as_before(tmp_path):
    """Stepping leaves no trace in the layers."""
    import keras

    model = _model(keras.layers.LSTM(3))
    step = stepping(model, "y")
    step(np.zeros((1, 1), np.float32), step.begin())
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    ids = np.arange(7, dtype=np.float32)[None]
    np.testing.assert_array_equal(np.asarray(model(ids)), np.asarray(again(ids)))
