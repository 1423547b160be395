"""The course of a step: the phases in their order, and what a step logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specc.lower.instances import keras
from specc.train.bare import bare
from specc.train.phased.batch import Batch
from specc.train.phased.objective import Objective
from specc.train.phased.phase import Phase, penalty
from specc.train.plan import Plan


@dataclass(frozen=True)
class Course:
    """What a fitted model does on each batch. `names` is the order in which things are logged.

    `mean` is the mean of the loss at evaluation, which counts each objective once.
    """

    plan: Plan
    phases: tuple[Phase, ...]
    objectives: tuple[Objective, ...]
    names: tuple[str, ...]
    mean: Any

    @property
    def counts(self) -> bool:
        """Whether batches are counted, by an optimizer that holds those of the phases."""
        return len(self.phases) > 1 or not all(p.when.always for p in self.phases)

    @property
    def metrics(self) -> list[Any]:
        """Everything that is reset when an epoch or an evaluation begins."""
        means = [self.mean, *(p.mean for p in self.phases)]
        return means + [m for o in self.objectives for m in o.metrics]

    def trained(self) -> dict[str, Any]:
        """What training logs so far in this epoch: `loss` is the sum of the phases' losses."""
        k: Any = keras()
        found: dict[str, Any] = {"loss": sum(p.mean.result() for p in self.phases)}
        for objective in self.objectives:
            counts = [p.mean.count for p in self.phases if objective in p.objectives]
            if counts:
                found |= objective.results(k.ops.greater(sum(counts), 0))
        return self._ordered(found)

    def evaluated(self) -> dict[str, Any]:
        """What an evaluation logs so far."""
        k: Any = keras()
        found: dict[str, Any] = {"loss": self.mean.result()}
        for objective in self.objectives:
            found |= objective.results(k.ops.greater(self.mean.count, 0))
        return self._ordered(found)

    def last(self) -> dict[str, Any]:
        """What the last step logged; asked outside of a step. Metrics are reset between the two."""
        k: Any = keras()
        evaluating = float(k.ops.convert_to_numpy(self.mean.count)) > 0
        return self.evaluated() if evaluating else self.trained()

    def _ordered(self, found: Mapping[str, Any]) -> dict[str, Any]:
        return {n: found[n] for n in self.names if n in found}

    def evaluate(self, model: Any, x: Mapping[str, Any], batch: Batch, replicas: int) -> None:
        """Measures a batch: one pass at prediction, every objective once, all penalties."""
        made = model(bare(x), training=False)
        minimised = {id(o) for p in self.phases for o in p.objectives}
        total: Any = 0.0
        for objective in self.objectives:
            value = objective.measured(made, batch.y, batch.weights, batch.size, replicas)
            if id(objective) in minimised:
                total = total + value
        over = tuple({id(v): v for p in self.phases for v in p.over}.values())
        total = total + penalty(model, over) / replicas
        self.mean.update_state(total * replicas, sample_weight=batch.size)
