"""Text by an LSTM as one writes it in Keras: the model and data of `specs/text_lstm.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pydoc_data.topics import topics
from typing import Any

import numpy as np

from .loop import Clock

keras: Any = import_module("keras")
tf: Any = import_module("tensorflow")
WINDOW, STEP, LETTERS, UNITS, BATCH = 60, 30, 128, 192, 32


def windows(ids: Any) -> tuple[Any, Any]:
    """Pieces of a text and the same one letter later, each (pieces, 60)."""
    starts = range(0, len(ids) - WINDOW, STEP)
    here, later = (np.stack([ids[s + o : s + o + WINDOW] for s in starts]) for o in (0, 1))
    return here, later


def data() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """The windows of the first 85 % of the text, and of the 10 % behind it."""
    text = "\n".join(topics[name].strip() for name in sorted(topics))[:200_000]
    cut, end = int(0.85 * len(text)), int(0.95 * len(text))
    counted = sorted(set(text[:cut]), key=lambda c: (-text[:cut].count(c), c))
    index = {c: i + 2 for i, c in enumerate(counted[: LETTERS - 2])}
    ids = np.array([index.get(c, 1) for c in text], np.int32)
    return windows(ids[:cut]), windows(ids[cut:end])


class Writer(keras.Model):
    """The model with its own step."""

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        with tf.GradientTape() as tape:
            said = self(x, training=True)
            loss = self.compute_loss(x, y, said)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        self._loss_tracker.update_state(loss, sample_weight=tf.shape(x)[0])
        return self.compute_metrics(x, y, said)


def train(epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """When each epoch ended, in seconds, and the last losses on the validation part."""
    keras.utils.set_random_seed(seed)
    (x, y), held = data()
    text = keras.Input((None,), dtype="int32")
    tensor = keras.layers.Embedding(LETTERS, 48)(text)
    tensor = keras.layers.LSTM(UNITS, return_sequences=True)(tensor)
    tensor = keras.layers.Dropout(0.1)(tensor)
    model = Writer(text, keras.layers.Dense(LETTERS, activation="softmax")(tensor))
    rate = keras.optimizers.schedules.CosineDecay(0.01, 2250)
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.RMSprop(rate), loss, metrics=["accuracy"])
    clock = Clock()
    model.fit(
        x,
        y,
        validation_data=held,
        batch_size=BATCH,
        epochs=epochs,
        callbacks=[clock],
        verbose=0,
        shuffle=True,
    )
    return clock.ends, {"loss": model.evaluate(*held, verbose=0, batch_size=256)[0]}


__all__: Sequence[str] = ("train",)
