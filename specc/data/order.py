"""The order of the examples: a function of the seed and the epoch, and of nothing else.

So every loop and engine sees the same batches, and a resumed run goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Indices = np.ndarray[Any, np.dtype[np.int64]]


def order(count: int, seed: int, epoch: int) -> Indices:
    """The places of `count` examples as an epoch, counted from 0, takes them: (count,)."""
    import numpy as np

    return np.random.default_rng([seed, 2, epoch]).permutation(count)
