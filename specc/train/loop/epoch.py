"""The loop by epoch: the steps of an epoch in one compiled function, then the validation in one.

What `fit` does around its steps is done here as it does it, and the callbacks are called at the
same places, but not by batch.
"""

from __future__ import annotations

import time
from typing import Any, Protocol

from specc.lower.instances import keras
from specc.train.loop.course import Course
from specc.train.loop.examples import Examples


class Compiled(Protocol):
    """The steps of a model on examples, compiled. Both give the last step's logs.

    The metrics begin anew with the first step of an epoch, and with the validation.
    """

    def train(self, places: Any, first: int, last: int) -> dict[str, Any]:
        """The steps from `first` to before `last` of an epoch that takes the examples so."""
        ...

    def test(self) -> dict[str, Any]:
        """All of the validation."""
        ...


def fit_by_epoch(
    fitted: Any, train: Examples, validation: Examples | None, course: Course, calls: Any
) -> None:
    """Trains `fitted`; `calls` is what `specc.train.loop.calls` makes."""
    fitted._symbolic_build(data_batch=train.first)  # the state is there before it is traced
    compiled = _compiled(fitted, train, validation)
    fitted.stop_training = False
    calls.on_train_begin()
    logs: dict[str, Any] = {}
    first, pace = course.first_step, _Pace(course.every_steps)
    for epoch in range(course.initial_epoch, course.epochs):
        calls.on_epoch_begin(epoch)
        logs = _trained(compiled, train, epoch, first, pace, calls)
        first = 0
        if validation is not None and course.validates(epoch):
            logs |= {f"val_{n}": v for n, v in _validated(compiled, calls).items()}
        calls.on_epoch_end(epoch, logs)
        if fitted.stop_training:
            break
    if isinstance(fitted.optimizer, keras().optimizers.Optimizer):
        fitted.optimizer.finalize_variable_values(fitted.trainable_weights)
    calls.on_train_end(logs)


def _compiled(fitted: Any, train: Examples, validation: Examples | None) -> Compiled:
    if keras().backend.backend() == "jax":
        from specc.train.loop.epoch_jax import CompiledByJax

        return CompiledByJax(fitted, train, validation)
    from specc.train.loop.epoch_tensorflow import CompiledByTensorFlow

    return CompiledByTensorFlow(fitted, train, validation)


class _Pace:
    """How many steps one call takes: about half a second's.

    Between two calls an interrupt is heard and the bar moves. The first call compiles, so it is of
    one step and says nothing of the next ones.
    """

    def __init__(self, every: int | None) -> None:
        self._every = every
        self._steps = 1
        self._known = False

    def until(self, step: int, steps: int) -> int:
        """Where the call that begins at `step` ends."""
        found = min(steps, step + self._steps)
        return min(found, (step // self._every + 1) * self._every) if self._every else found

    def lasted(self, count: int, seconds: float) -> None:
        """So long took that many steps."""
        self._steps = max(1, int(count / max(seconds, 1e-6) / 2)) if self._known else 4
        self._known = True


def _trained(
    compiled: Compiled, train: Examples, epoch: int, first: int, pace: _Pace, calls: Any
) -> dict[str, Any]:
    """An epoch's steps; what the last one logged."""
    places = train.places(epoch)
    logs: dict[str, Any] = {}
    step = first
    while step < train.steps:
        until = pace.until(step, train.steps)
        began = time.perf_counter()
        logs = compiled.train(places, step, until)
        pace.lasted(until - step, time.perf_counter() - began)
        calls.pieced(until - 1)
        step = until
    return dict(logs)


def _validated(compiled: Compiled, calls: Any) -> dict[str, Any]:
    """The validation, as `evaluate` does it."""
    calls.on_test_begin()
    logs = {n: float(v) for n, v in compiled.test().items()}
    calls.on_test_end(logs)
    return logs
