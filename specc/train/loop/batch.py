"""The loop by batch: Keras's own `fit`, with the examples in our order."""

from __future__ import annotations

from typing import Any

from specc.lower.instances import keras
from specc.train.loop.course import Course
from specc.train.loop.supply import Supply


def fit_by_batch(
    fitted: Any, train: Supply, validation: Supply | None, course: Course, calls: Any
) -> None:
    """Trains `fitted` with `fit`; `calls` is what `specc.train.loop.calls` makes."""
    calls.begins = train.begin
    if course.first_step:
        _pass_over(fitted, course.first_step)
    fitted.fit(
        train.data,
        epochs=course.epochs,
        initial_epoch=course.initial_epoch,
        validation_data=None if validation is None else validation.data,
        validation_freq=course.validation_freq,
        callbacks=calls,
        shuffle=False,
        verbose=0,
    )


def _pass_over(fitted: Any, count: int) -> None:
    """Lets the first `count` batches that `fit` reads go by: they have been learned already."""
    fitted.make_train_function()
    learn = fitted.train_function
    left = count
    stateless = keras().backend.backend() == "jax"

    def passing(*given: Any) -> Any:
        nonlocal left
        if not left:
            return learn(*given)
        left -= 1
        next(given[-1])
        return ({}, given[0]) if stateless else {}  # nobody reads what they logged

    fitted.train_function = passing
