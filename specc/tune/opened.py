"""A configuration that is not settled, and what its trainings come to together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Opened:
    """A configuration's trainings to come, and the objectives of those that came to their ends.

    Trainings are known by their ids, of which the first is `first`.
    """

    values: Mapping[str, object]
    first: int
    left: set[int] = field(default_factory=set[int])
    found: dict[int, float] = field(default_factory=dict[int, float])
    heard: int = 0
    """How many of its trainings, from the first, the pruner has heard of."""

    @property
    def mean(self) -> float:
        """The mean of its trainings, in their order: how it was come to does not matter."""
        return _mean([self.found[id_] for id_ in sorted(self.found)])

    @property
    def deviation(self) -> float | None:
        """The sample standard deviation of its trainings, if there are several."""
        if len(self.found) < 2:
            return None
        mean = self.mean
        squares = sum((v - mean) ** 2 for v in self.found.values())
        return math.sqrt(squares / (len(self.found) - 1))

    @property
    def running(self) -> dict[int, float]:
        """The means of the first training, the first two and so on, as far as there are no gaps."""
        return running(self.found, self.first)


def running(found: Mapping[int, float], first: int) -> dict[int, float]:
    """The means of the first of the trainings found, of the first two and so on, by how many."""
    values: list[float] = []
    while first + len(values) in found:
        values.append(found[first + len(values)])
    return {n: _mean(values[:n]) for n in range(1, len(values) + 1)}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
