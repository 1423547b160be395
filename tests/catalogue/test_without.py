"""Every function of `keras.ops` has a rule, or a reason why it has none."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from specc.catalogue.ops import OPS
from specc.catalogue.without import OPS_WITHOUT

pytestmark = pytest.mark.keras


def exported() -> set[str]:
    """The names of the functions, those of `keras.ops.image` with it before them."""
    import keras

    members = vars(keras.ops) | {f"image.{n}": f for n, f in vars(keras.ops.image).items()}
    return {n for n, f in members.items() if inspect.isfunction(f) and n[0] != "_"}


def test_each_has_a_rule_or_a_reason() -> None:
    """And only one of them, and none is of a function that Keras does not have."""
    assert set(OPS) | set(OPS_WITHOUT) == exported()
    assert not set(OPS) & set(OPS_WITHOUT)


def test_what_is_said_of_wrong_shapes_is_so() -> None:
    """Keras announces one thing, and gives another, where that is the reason."""
    import keras
    import numpy as np

    def announced(function: Any, *shapes: Any) -> tuple[Any, Any]:
        tensors = [keras.KerasTensor(s, dtype=d) for s, d in shapes]
        numbers = [np.ones(s, d) for s, d in shapes]
        return function(*tensors), function(*numbers)

    said, given = announced(keras.ops.corrcoef, ((3, 5), "float32"))
    assert said.shape == (3, 5)
    assert tuple(given.shape) == (3, 3)

    def select(one: Any, condition: Any, other: Any) -> Any:
        return keras.ops.select([condition, condition], [one, other], 0.0)

    said, given = announced(select, ((1,), "float32"), ((4,), "bool"), ((4,), "float32"))
    assert said.shape == (1,)
    assert tuple(given.shape) == (4,)

    def grid(one: Any, other: Any) -> Any:
        return keras.ops.meshgrid(one, other, indexing="ij")[0]

    said, given = announced(grid, ((3,), "int32"), ((4,), "int32"))
    assert said.dtype == "float32"
    assert keras.backend.standardize_dtype(given.dtype) == "int32"
