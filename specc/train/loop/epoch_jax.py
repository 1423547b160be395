"""Epochs on JAX: one jitted loop over an epoch's whole batches, and the smaller last one by itself.

The step is a function of the state, so the state is read from the variables before an epoch and
written back after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc.train.loop.each import each
from specc.train.loop.examples import Examples


class CompiledByJax:
    """The steps of a model, jitted."""

    def __init__(self, fitted: Any, train: Examples, validation: Examples | None) -> None:
        self._fitted = fitted
        self._train = _Looped(fitted.train_step, train)
        self._test = None if validation is None else _Looped(fitted.test_step, validation)
        self._validation = validation

    def train(self, places: Any, first: int, last: int) -> dict[str, Any]:
        if first == 0:
            self._fitted.reset_metrics()
        return self._train(self._variables(optimizer=True), places, first, last)

    def test(self) -> dict[str, Any]:
        assert self._validation is not None and self._test is not None  # as the loop sees to
        self._fitted.reset_metrics()
        places, steps = self._validation.places(0), self._validation.steps
        return self._test(self._variables(optimizer=False), places, 0, steps)

    def _variables(self, *, optimizer: bool) -> tuple[list[Any], ...]:
        """The variables whose values make the state of a step, in Keras's order."""
        model = self._fitted
        return (
            model.trainable_variables,
            model.non_trainable_variables,
            *([model.optimizer.variables] if optimizer else []),
            model.metrics_variables,
        )


class _Looped:
    """A step over examples. The loop's bounds are arguments, so that it is compiled once."""

    def __init__(self, step: Callable[[Any, Any], Any], given: Examples) -> None:
        import jax as module

        jax: Any = module
        numpy = jax.numpy
        size = given.batch
        self._data = each(numpy.asarray, given.data)
        self._given = given

        def batch(data: Any, places: Any) -> Any:
            return each(lambda a: a[places], data)

        def whole(state: Any, data: Any, places: Any, first: Any, last: Any) -> Any:
            def body(i: Any, carried: Any) -> Any:
                chosen = jax.lax.dynamic_slice_in_dim(places, i * size, size)
                return step(carried[1], batch(data, chosen))

            shapes: Any = jax.eval_shape(step, state, batch(data, places[:size]))[0]
            empty = each(lambda v: numpy.zeros(v.shape, v.dtype), shapes)
            return jax.lax.fori_loop(first, last, body, (empty, state))

        def tail(state: Any, data: Any, places: Any) -> Any:
            return step(state, batch(data, places))

        self._whole: Any = jax.jit(whole, donate_argnums=0)
        self._tail: Any = jax.jit(tail, donate_argnums=0)

    def __call__(
        self, variables: tuple[list[Any], ...], places: Any, first: int, last: int
    ) -> dict[str, Any]:
        size, count = self._given.batch, len(places)
        state = tuple([v.value for v in some] for some in variables)
        logs: dict[str, Any] = {}
        full = min(last, count // size)
        if first < full:
            logs, state = self._whole(state, self._data, places, first, full)
        if full < last:
            logs, state = self._tail(state, self._data, places[full * size :])
        for some, values in zip(variables, state, strict=True):
            for variable, value in zip(some, values, strict=True):
                variable.assign(value)
        return {n: float(v) for n, v in logs.items()}
