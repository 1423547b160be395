"""What one process does of a training by several: which examples it feeds, and when all stop."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from specc.lower.instances import keras


@dataclass(frozen=True)
class Share:
    """One process of `count`, each with as many examples of every batch, in their order."""

    index: int = 0
    count: int = 1

    def of(self, size: int) -> slice:
        """The places of its examples in a batch of `size`, which divides."""
        each = size // self.count
        return slice(each * self.index, each * (self.index + 1))


def share() -> Share:
    """The share of this process, over the devices on which Keras trains now."""
    spread: Any = keras().distribution.distribution()
    if spread is None or spread.num_processes == 1:
        return Share()
    return Share(spread.data_shard_id, spread.num_processes)


def anywhere(*flags: bool) -> tuple[bool, ...]:
    """Whether it is so in any process, flag by flag: each has to ask at the same moment."""
    if share().count == 1:
        return flags
    import numpy as np

    multihost: Any = import_module("jax.experimental.multihost_utils")
    gathered: Any = multihost.process_allgather(np.array(flags))  # (processes, flags)
    return tuple(bool(said.any()) for said in np.asarray(gathered).T)


def lost(error: BaseException) -> bool:
    """Whether an error says that another process of the training has ended.

    JAX says it by an error of its own, or by that of the library that sums over processes (Gloo).
    """
    module = type(error).__module__
    return share().count > 1 and (
        module == "jax.errors" or (isinstance(error, ValueError) and "Gloo" in str(error))
    )
