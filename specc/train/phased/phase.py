"""A phase as it runs: its part of the model, what it minimises, and over which weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specc.lower.instances import keras
from specc.train.bare import bare
from specc.train.phased.batch import Batch
from specc.train.phased.objective import Objective


@dataclass(frozen=True)
class When:
    """On which batches a phase runs; `begin` and `end` count batches from the first epoch's."""

    every: int = 1
    repeat: int = 1
    begin: int = 0
    end: int | None = None

    @property
    def always(self) -> bool:
        """Whether it runs on every batch."""
        return self.every == 1 and self.begin == 0 and self.end is None

    def now(self, batch: Any) -> Any:
        """Whether it runs on the batch of that number, counted from 0: a boolean tensor."""
        k: Any = keras()
        now = k.ops.equal((batch + 1) % self.every, 0)
        now = k.ops.logical_and(now, batch >= self.begin)
        return now if self.end is None else k.ops.logical_and(now, batch < self.end)


@dataclass(frozen=True)
class Phase:
    """One phase. `model` gives only the tensors that its objectives need, by name.

    `over` are the variables that it trains, in the order in which its optimizer was built; `mean`
    is the mean of what it minimises over the batches of an epoch.
    """

    name: str
    model: Any
    objectives: tuple[Objective, ...]
    over: tuple[Any, ...]
    optimizer: Any
    when: When
    mean: Any

    def loss(self, x: Mapping[str, Any], batch: Batch, replicas: int) -> Any:
        """What it minimises on a batch, a number: a pass through its part of the model in training.

        Objectives, and what regularises the weights that it trains; everything that is logged of it
        is brought up to date.
        """
        made = self.model(bare(x), training=True)
        total: Any = 0.0
        for objective in self.objectives:
            total = total + objective.measured(made, batch.y, batch.weights, batch.size, replicas)
        total = total + penalty(self.model, self.over) / replicas
        self.mean.update_state(total * replicas, sample_weight=batch.size)
        return total


def penalty(model: Any, over: tuple[Any, ...]) -> Any:
    """What the layers of a model add on their last call, and what regularises these weights."""
    k: Any = keras()
    own = sum(v.regularizer is not None for v in model.trainable_variables)
    added = model.losses  # the layers' own first, then one for each weight that is regularised
    total: Any = 0.0
    for loss in added[: len(added) - own]:
        total = total + k.ops.sum(loss)
    for variable in over:
        if variable.regularizer is not None:
            total = total + variable.regularizer(variable)
    return total
