"""A step on JAX: a pure function of the state, so that `vmap` and `scan` take it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from specc.lower.instances import keras
from specc.train.phased.batch import Batch, completed, read
from specc.train.phased.course import Course
from specc.train.phased.phase import Phase

State = tuple[list[Any], list[Any], list[Any], list[Any]]
"""The values of what learns, of what does not, of the optimizers and of the metrics."""


def train_step(model: Any, course: Course, state: State, data: Any) -> tuple[Any, State]:
    """Runs the phases on a batch, in order; gives what is logged so far, and the new state."""
    jax: Any = import_module("jax")

    k: Any = keras()
    batch = read(course.plan, data, training=True)
    done = state[2][0]  # a composed optimizer's first variable counts batches
    for phase in course.phases:

        def turn(before: State, phase: Phase = phase) -> State:
            for _ in range(phase.when.repeat):
                before = _turn(model, course, phase, batch, before)
            return before

        given: State = (list(state[0]), list(state[1]), list(state[2]), list(state[3]))
        if phase.when.always:
            state = turn(given)
        else:
            state = jax.lax.cond(phase.when.now(done), turn, _same, given)
    trainable, fixed, optimizing, measured = state
    if course.counts:
        optimizing = [done + 1, *optimizing[1:]]
    with k.StatelessScope(state_mapping=_mapping(model.metrics_variables, measured)):
        logs = course.trained()
    return logs, (trainable, fixed, optimizing, measured)


def _same(state: State) -> State:
    return state


def _turn(model: Any, course: Course, phase: Phase, batch: Batch, state: State) -> State:
    """One update of a phase's weights."""
    jax: Any = import_module("jax")

    k: Any = keras()
    trainable, fixed, optimizing, measured = state
    everything = (model.optimizer.variables, optimizing)
    places = _places(model.trainable_variables, phase.over)
    owned = _places(model.optimizer.variables, phase.optimizer.variables)

    def loss_of(values: list[Any]) -> tuple[Any, tuple[list[Any], list[Any]]]:
        mapping = [
            *_mapping(model.trainable_variables, trainable),
            *_mapping(phase.over, values),
            *_mapping(model.non_trainable_variables, fixed),
            *_mapping(model.metrics_variables, measured),
            *_mapping(*everything),
        ]
        with k.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
            loss = phase.loss(completed(course.plan, batch, model.draws), batch, 1)
            loss = phase.optimizer.scale_loss(loss)
        return loss, (
            [scope.get_current_value(v) for v in model.non_trainable_variables],
            [scope.get_current_value(v) for v in model.metrics_variables],
        )

    values = [trainable[i] for i in places]
    gradients, (fixed, measured) = jax.grad(loss_of, has_aux=True)(values)
    values, own = phase.optimizer.stateless_apply([optimizing[i] for i in owned], gradients, values)
    return (
        _replaced(trainable, places, values),
        fixed,
        _replaced(optimizing, owned, own),
        measured,
    )


def test_step(
    model: Any, course: Course, state: tuple[Any, Any, Any], data: Any
) -> tuple[Any, tuple[Any, Any, Any]]:
    """Measures a batch; gives what is logged so far, and the new state."""
    k: Any = keras()
    trainable, fixed, measured = state
    batch = read(course.plan, data, training=False)
    mapping = [
        *_mapping(model.trainable_variables, trainable),
        *_mapping(model.non_trainable_variables, fixed),
        *_mapping(model.metrics_variables, measured),
    ]
    with k.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
        course.evaluate(model, batch.x, batch, 1)
        logs = course.evaluated()
    fixed = [scope.get_current_value(v) for v in model.non_trainable_variables]
    measured = [scope.get_current_value(v) for v in model.metrics_variables]
    return logs, (trainable, fixed, measured)


def _mapping(variables: Sequence[Any], values: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(variables, values, strict=True))


def _places(variables: Sequence[Any], chosen: Sequence[Any]) -> list[int]:
    places = {id(v): i for i, v in enumerate(variables)}
    return [places[id(v)] for v in chosen]


def _replaced(values: Sequence[Any], places: Sequence[int], by: Sequence[Any]) -> list[Any]:
    made = list(values)
    for place, value in zip(places, by, strict=True):
        made[place] = value
    return made
