"""A picture leaves out what has Keras's default, as a model file writes it, and nothing else."""

from __future__ import annotations

from typing import Any

from specc.catalogue.catalogue import builtin
from specc.lower.diagram.usual import usual


def of(name: str, *turns: dict[str, Any]) -> set[str]:
    return usual(builtin().definition("layer", name), turns)


def test_what_a_file_writes_of_its_own_is_left_out() -> None:
    """Arguments that bear on shapes and others, and the usual dtype; lists of a file are tuples."""
    written = {
        "dtype": "float32", "filters": 32, "groups": 1, "use_bias": True, "dilation_rate": [1, 1],
        "activity_regularizer": None,
    }  # fmt: skip
    assert of("Conv2D", written) == {"dtype", "groups", "use_bias", "activity_regularizer"}
    assert of("BatchNormalization", {"axis": -1, "center": True, "renorm": False}) == {
        "axis", "center", "renorm",
    }  # fmt: skip


def test_what_differs_from_the_default_is_shown() -> None:
    """Also a number for a truth value, and another dtype; the most telling are always shown."""
    assert of("Conv2D", {"use_bias": False, "groups": 2, "dtype": "float16"}) == set()
    assert of("Conv2D", {"groups": True}) == set()
    assert of("Dense", {"units": 4, "activation": None}) == set()


def test_what_is_usual_in_some_turns_only_is_shown() -> None:
    """A turn that is otherwise is told by it."""
    assert of("Dense", {"use_bias": True}, {"use_bias": False}) == set()
    assert of("Dense", {"use_bias": True}, {"use_bias": True}) == {"use_bias"}
