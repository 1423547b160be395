"""One optimizer that holds those of all phases, so that nothing of them is lost in a save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from specc.lower.instances import keras


def composed(optimizers: Sequence[Any]) -> Any:
    """A Keras optimizer whose variables are a count of the batches and those of all phases.

    The phases' optimizers are built already, each over its own weights. `iterations` counts
    batches; `learning_rate` is that of the first phase, and setting it changes the others in
    proportion, where theirs is no schedule.
    """
    k: Any = keras()
    base: Any = k.optimizers.Optimizer

    class Phases(base):
        """The optimizers of all phases; only a phase's own is ever applied."""

        def __init__(self) -> None:
            base.__init__(self, learning_rate=lambda: 0.0, name="phases")
            self.phases = list(optimizers)

        def build(self, variables: Sequence[Any]) -> None:
            if not self.built:
                base.build(self, list(variables))

        @property
        def variables(self) -> list[Any]:
            return [*base.variables.fget(self), *(v for o in self.phases for v in o.variables)]

        @property
        def learning_rate(self) -> Any:
            return self.phases[0].learning_rate

        @learning_rate.setter
        def learning_rate(self, rate: Any) -> None:
            before = float(k.ops.convert_to_numpy(self.phases[0].learning_rate))
            self.phases[0].learning_rate = rate
            for optimizer in self.phases[1:]:
                if not _scheduled(k, optimizer):
                    old = float(k.ops.convert_to_numpy(optimizer.learning_rate))
                    optimizer.learning_rate = old * float(rate) / before if before else rate

        def finalize_variable_values(self, var_list: Any) -> None:
            for optimizer in self.phases:
                optimizer.finalize_variable_values(optimizer._trainable_variables)

        def get_config(self) -> dict[str, Any]:
            return {"name": self.name}

    return Phases()


def _scheduled(k: Any, optimizer: Any) -> bool:
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    return isinstance(inner._learning_rate, k.optimizers.schedules.LearningRateSchedule)
