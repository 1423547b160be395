"""A group is what one compiled graph can train."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from specc.pipeline import compile as compiled
from specc.tune.group import grouped, planted

from .trials import spec

LAYERS: list[Any] = [
    {"Dense": {"units": 8, "activation": "relu", "kernel_regularizer": {"L2": {"l2": 0.001}}}},
    {"Dropout": {"rate": 0.3}},
]
BASE = spec(LAYERS, optimizer={"Adam": {"learning_rate": 0.01}})


def changed(path: str, value: Any) -> dict[str, Any]:
    """The base with another value at a path of keys and places."""
    made = copy.deepcopy(BASE)
    at: Any = made
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step) if step.isdecimal() else step]
    at[int(last) if last.isdecimal() else last] = value
    return made


KEY = grouped(compiled(BASE)).key


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("graph.kind.layers.1.Dropout.rate", 0.5),
        ("graph.kind.layers.0.Dense.kernel_regularizer.L2.l2", 0.5),
        ("train.optimizer.Adam.learning_rate", 1.0),
        ("train.optimizer", {"Adam": {"beta_1": 0.8}}),
        ("train.optimizer", "adam"),
        ("train.seed", 5),
        ("train.epochs", 9),
        ("train.callbacks", [{"EarlyStopping": {"monitor": "loss"}}]),
    ],
)
def test_a_number_of_the_training_is_no_new_group(path, value):
    assert grouped(compiled(changed(path, value))).key == KEY


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("graph.kind.layers.1.Dropout.rate", 0.0),
        ("graph.kind.layers.1.Dropout.seed", 3),
        ("graph.kind.layers.0.Dense.units", 9),
        ("graph.kind.layers.0.Dense.activation", "tanh"),
        ("train.optimizer", "sgd"),
        ("train.optimizer", {"Adam": {"clipnorm": 0.5}}),
        ("train.batch_size", 16),
        ("data.split.validation", 0.3),
    ],
)
def test_what_changes_the_graph_is_a_new_group(path, value):
    assert grouped(compiled(changed(path, value))).key != KEY


def test_a_layer_that_is_left_out_by_a_number_is_a_new_group():
    """The same field of the spec, and another graph."""
    written = copy.deepcopy(BASE)
    written["params"] = {"rate": 0.3}
    written["graph"]["kind"]["layers"][1] = {
        "Dropout": {"rate": "$rate"},
        "when": "$(rate > 0.1)",
    }
    keys = [grouped(compiled(written, params={"rate": r})).key for r in (0.3, 0.2, 0.1)]
    assert keys[0] == keys[1] == KEY
    assert keys[2] != KEY


def test_the_numbers_are_the_trials_own_in_one_order():
    """Also those that the spec leaves to Keras."""
    found = grouped(compiled(BASE))
    named = {".".join(map(str, p)): v for p, v in zip(found.paths, found.numbers, strict=True)}
    assert named == {
        "kind.dense.kernel_regularizer.L2.l2": 0.001,
        "kind.dropout.rate": 0.3,
        "train.optimizer.Adam.beta_1": 0.9,
        "train.optimizer.Adam.beta_2": 0.999,
        "train.optimizer.Adam.epsilon": 1e-07,
        "train.optimizer.Adam.learning_rate": 0.01,
    }


def test_a_planted_program_has_the_numbers_and_its_original_keeps_its_own():
    program = compiled(BASE)
    found = grouped(program)
    values = dict(zip(found.paths, [n / 2 for n in found.numbers], strict=True))
    assert grouped(planted(program, values)).numbers == tuple(n / 2 for n in found.numbers)
    assert grouped(program) == found
