"""Judges pictures of digits that a model made: are they digits, of all kinds, and its own?

Used by the tests and by `tools/bench/advanced.py`. All pictures are (count, 8, 8, 1) from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

ENOUGH = 15
"""Of 500 pictures so many make a class."""


@dataclass(frozen=True)
class Verdict:
    """What a classifier and two distances say of pictures."""

    classes: int
    """Classes that `ENOUGH` pictures of 500 are taken for."""
    fewest: float
    """Of 500, the pictures that are taken for the rarest class."""
    confidence: float
    """The mean of the likeliest class's probability."""
    nearest: float
    """The median distance to the nearest picture of the training part."""
    spread: float
    """How far pictures lie from the mean of their class."""

    def faults(self, real: Verdict) -> Iterator[str]:
        """What gives the pictures away beside real ones that nobody learned from."""
        if self.classes < 8:
            yield f"{self.classes} classes"
        if self.confidence <= 0.8:
            yield f"confidence {self.confidence:.2f}"
        for name in ("nearest", "spread"):
            share = getattr(self, name) / getattr(real, name)
            if not 0.6 <= share <= 1.75:
                yield f"{name} {share:.2f} of that of real ones"


def judged(pictures: Array, training: Array, classifier: Any) -> Verdict:
    """The verdict on pictures; `classifier` is a Keras model, `training` the training part."""
    said = classifier.predict(pictures, verbose=0)
    kinds = said.argmax(axis=1)
    flat, known = pictures.reshape(len(pictures), -1), training.reshape(len(training), -1)
    away = np.stack([np.sqrt(((known - one) ** 2).sum(axis=1)).min() for one in flat])
    groups = [flat[kinds == k] for k in range(10) if (kinds == k).sum() > 1]
    spread = [np.sqrt(((g - g.mean(axis=0)) ** 2).sum(axis=1).mean()) for g in groups]
    of_500 = np.bincount(kinds, minlength=10) * 500 / len(pictures)
    return Verdict(
        int((of_500 >= ENOUGH).sum()),
        float(of_500.min()),
        float(said.max(axis=1).mean()),
        float(np.median(away)),
        float(np.mean(spread)),
    )
