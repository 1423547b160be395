"""What the four programs share: a clock, and digits as they take them."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np


class Measured(keras.Model):
    """A model that logs the means of its losses: as many names as `measured` gives numbers."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.draw = keras.random.SeedGenerator(0)
        self.means = {n: keras.metrics.Mean(name=n) for n in names}

    def measured(self, pixels: Any) -> tuple[Any, ...]:
        """The losses of a batch, (batch, 8, 8, 1), without training; each model says its own."""
        raise TypeError(f"{type(self).__name__} measures nothing")

    def test_step(self, data: Any) -> dict[str, Any]:
        return self.noted(*self.measured(data))

    def noted(self, *found: Any) -> dict[str, Any]:
        """The means so far."""
        for mean, value in zip(self.means.values(), found, strict=True):
            mean.update_state(value)
        return {n: m.result() for n, m in self.means.items()}

    @property
    def metrics(self) -> list[Any]:
        return list(self.means.values())

    def trained(self, epochs: int, batch: int) -> tuple[list[float], dict[str, float]]:
        """When each epoch ended, in seconds, and the last losses on digits to validate on."""
        pictures, held = digits(0.15)
        clock = Clock()
        found = self.fit(
            pictures,
            validation_data=(held,),
            batch_size=batch,
            epochs=epochs,
            callbacks=[clock],
            verbose=0,
        )
        return clock.ends, {n: found.history[f"val_{n}"][-1] for n in self.means}


class Clock(keras.callbacks.Callback):
    """When each epoch ended, its validation included."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Notes the time."""
        self.ends.append(time.perf_counter())


def digits(validation: float) -> tuple[Any, Any]:
    """Pictures (count, 8, 8, 1) from 0 to 1: to train on, and to validate on."""
    from sklearn.datasets import load_digits

    pictures = (load_digits().images[..., None] / 16).astype("float32")
    order = np.random.default_rng(0).permutation(len(pictures))
    cut = round(validation * len(pictures))
    return pictures[order[cut:]], pictures[order[:cut]]
