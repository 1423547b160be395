"""What is minimised or only measured: an output with its loss and metrics, or a further term."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from specc.lower.instances import keras

Named = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """A metric of an output, by the name that it is logged by."""

    name: str
    metric: Any
    weighted: bool = False
    """Whether sample weights count in it."""


@dataclass(frozen=True)
class Objective:
    """One loss of the spec: `value` makes it of the model's tensors, the targets and the weights.

    `value` is `None` for an output that has metrics and no loss. `shown` is the name that the loss
    is logged by, if it is; `mean` is its mean over the batches of an epoch, without its weight.
    """

    name: str
    value: Callable[[Named, Named, Named], Any] | None
    weight: float
    mean: Any
    shown: str | None
    measures: tuple[Measure, ...] = ()
    compared: Callable[[Named, Named], tuple[Any, Any]] | None = None
    """Target and output, as the metrics compare them: (batch, …) each."""

    def measured(self, made: Named, y: Named, weights: Named, size: Any, replicas: int) -> Any:
        """The weighted loss of a batch, a number; its mean and metrics are brought up to date.

        `size` is the number of examples. With several devices (`replicas`) losses are divided by
        their number, so that their sum over the devices is the mean.
        """
        total: Any = 0.0
        if self.value is not None:
            value = self.value(made, y, weights)
            self.mean.update_state(value * replicas, sample_weight=size)
            total = self.weight * value
        if self.compared is not None and self.measures:
            y_true, y_pred = self.compared(made, y)
            for measure in self.measures:
                weight = weights.get(self.name) if measure.weighted else None
                measure.metric.update_state(y_true, y_pred, sample_weight=weight)
        return total

    @property
    def metrics(self) -> list[Any]:
        """Everything here that has a state."""
        return [self.mean, *(m.metric for m in self.measures)]

    def results(self, ran: Any) -> dict[str, Any]:
        """What is logged of it, by name: no number where `ran` says that nothing was measured."""
        found: dict[str, Any] = {}
        if self.shown is not None:
            found[self.shown] = self.mean.result()
        found |= {m.name: m.metric.result() for m in self.measures}
        return {n: _where(ran, v) for n, v in found.items()}


def _where(ran: Any, value: Any) -> Any:
    k: Any = keras()
    return k.ops.where(ran, value, k.ops.full_like(value, float("nan")))
