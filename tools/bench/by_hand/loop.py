"""What the four programs share: a clock, and digits as they take them."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np


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
