"""Walks a functional model with some of its operations replaced, and compiles the walk.

A second `keras.Model` of a part would add calls to the layers of the first, which then cannot be
saved any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from specc.data.extra import needed
from specc.lower.instances import keras


def walked(model: Any, inputs: Sequence[Any], standing: Callable[[Any], Any]) -> Any:
    """What a functional model gives for its inputs, as it is not training.

    `standing` says what is called in the place of an operation. The walk is the one by which Keras
    calls a functional model.
    """
    return model._run_through_graph(list(inputs), operation_fn=standing)


def chosen(made: Any, output: str) -> Any:
    """One output of what a model gives: several come by name, one by itself."""
    return made[output] if isinstance(made, dict) else made  # pyright: ignore[reportUnknownVariableType]


def compiled(function: Any) -> Any:
    """The function compiled by the backend: a call costs what its mathematics does."""
    backend = keras().backend.backend()
    if backend == "tensorflow":
        tf: Any = needed("tensorflow")
        return tf.function(function, autograph=False, reduce_retracing=True)
    if backend == "jax":
        jax: Any = needed("jax")
        return jax.jit(function)
    return function
