"""What a search improves: the logged name, and whether more of it is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from specc.document.spec import Tune

Direction = Literal["min", "max"]

_MORE = (
    "accuracy", "acc", "auc", "precision", "recall", "f1_score", "fbeta_score", "iou", "r2_score",
    "io_u", "cosine_similarity", "true_positives", "true_negatives",
)  # fmt: skip
"""Names of metrics, or their ends, of which more is better."""


@dataclass(frozen=True)
class Goal:
    """The metric by its logged name, and the direction in which it is better."""

    metric: str
    direction: Direction

    def better(self, one: float, other: float) -> bool:
        """Whether one value is better than another."""
        return one > other if self.direction == "max" else one < other


def goal(tune: Tune) -> Goal:
    """The goal of a search; a direction that is not written is the metric's own."""
    found = tune.objective
    if isinstance(found, str):
        return Goal(found, _known(found))
    return Goal(found.metric, found.direction or _known(found.metric))


def _known(metric: str) -> Direction:
    return "max" if any(metric.endswith(name) for name in _MORE) else "min"
