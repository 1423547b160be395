"""A trial's model as a file: the plain model of its spec with the weights that it learned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from specc.infer.program import Program
from specc.lower.instances import keras
from specc.lower.keras import to_keras
from specc.lower.writing import whole


def write_model(program: Program, weights: Sequence[Any], path: Path) -> None:
    """Writes the `.keras` file whole; `weights` are the values of `model.variables` in order."""
    with keras().StatelessScope():  # nothing is drawn that is not used
        model = to_keras(program)
        for variable, value in zip(model.variables, weights, strict=True):
            variable._initializer = _Given(value)
    with whole(path) as temporary:
        model.save(temporary)


class _Given:
    """An initializer that gives what it was given."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __call__(self, shape: Any, dtype: Any = None, **_: Any) -> Any:
        return self._value
