"""First weights by name: what a layer draws depends on the run's seed and its name alone.

Keras gives an initializer or a dropout layer without a seed one from Python's `random`. While a
layer is made and built, that generator is seeded with the run's seed and the layer's name, so that
neither the order of the file nor the layers beside it change anything.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def seeded(seed: int, name: str) -> Generator[None]:
    """Seeds `random` for one layer, and restores it."""
    state = random.getstate()
    random.seed(f"{seed}/{name}")
    try:
        yield
    finally:
        random.setstate(state)
