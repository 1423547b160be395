"""The fitted model of phases: a functional Keras model with a step of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.lower.instances import keras
from specc.train.phased.course import Course


def phased_model(inputs: Any, outputs: Mapping[str, Any], seed: int) -> Any:
    """A functional model that takes its steps by a `Course`, which `follow` gives it.

    It is never saved as a model: what is saved shares its weights and is plain Keras.
    """
    k: Any = keras()
    base: Any = k.Model
    if k.backend.backend() == "jax":
        from specc.train.phased import on_jax as steps
    else:
        from specc.train.phased import on_tensorflow as steps

    class Phased(base):
        """Runs the phases on each batch, for `fit` and for any other loop over `train_step`."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            base.__init__(self, *args, **kwargs)
            self.draws = k.random.SeedGenerator(seed)
            self.course: Any = None

        def follow(self, course: Course, optimizer: Any) -> None:
            """Compiles the model with the optimizer that holds the course's."""
            self.course = course
            base.compile(self, optimizer=optimizer, auto_scale_loss=False)

        @property
        def metrics(self) -> list[Any]:
            return [] if self.course is None else self.course.metrics

        def train_step(self, *given: Any) -> Any:
            return steps.train_step(self, self.course, *given)

        def test_step(self, *given: Any) -> Any:
            return steps.test_step(self, self.course, *given)

        def get_metrics_result(self) -> dict[str, float]:
            """What the last step logged, read from the metrics: devices are put together there."""
            logs = self.course.last()
            return {n: float(k.ops.convert_to_numpy(v)) for n, v in logs.items()}

    return Phased(inputs=inputs, outputs=dict(outputs))
