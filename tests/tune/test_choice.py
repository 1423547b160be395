"""A study has the engine that serves its spec, says why, and keeps its backend."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from specc.lower.missing import MissingExtra
from specc.pipeline import Settings, passes
from specc.tune.choice import WORTH, Choice, chosen
from specc.tune.process import Process

from .trials import spec

LAYERS: list[Any] = [{"Dense": {"units": 4}}]
SPACE = {"train.seed": {"int": [0, 9]}}


def _chosen(
    wanted: Any = "auto",
    trials: int | None = WORTH,
    workers: int = 1,
    before: tuple[str, str] | None = None,
    space: Any = SPACE,
    **train: Any,
) -> Choice:
    tune = {"objective": "val_loss", "space": space}
    program = passes({**spec(LAYERS, **train), "tune": tune}, settings=Settings()).proven
    return chosen(wanted, program, Process(Path(), workers), trials, before)


@pytest.mark.parametrize(
    ("settings", "engine", "backend"),
    [
        ({}, "slots", "jax"),
        ({"trials": None}, "slots", "jax"),
        ({"trials": WORTH - 1}, "epoch", "tensorflow"),
        ({"backend": "tensorflow"}, "epoch", "tensorflow"),
        ({"backend": "jax", "trials": 1}, "slots", "jax"),
        ({"workers": 2}, "process", "tensorflow"),
        ({"class_weight": {"kind": {"0": 2.0}}}, "process", "tensorflow"),
        ({"space": {"train.backend": {"choice": ["jax", "tensorflow"]}}}, "process", "tensorflow"),
        ({"wanted": "process", "backend": "jax"}, "process", "jax"),
        ({"wanted": "epoch", "backend": "jax"}, "epoch", "tensorflow"),
        ({"before": ("epoch", "tensorflow")}, "epoch", "tensorflow"),
    ],
)
def test_the_engine_follows_from_the_spec(settings, engine, backend):
    """And from what was asked for, or the study that goes on."""
    made = _chosen(**settings)
    assert (made.engine.name, made.backend) == (engine, backend)
    assert made.why


def test_convolutions_train_on_tensorflow(monkeypatch):
    """Unless JAX has a GPU, or the spec or the user says otherwise."""
    layers = [
        {"Reshape": {"target_shape": [2, 2, 1]}},
        {"Conv2D": {"filters": 2, "kernel_size": 2}},
    ]
    monkeypatch.setattr(sys.modules[__name__], "LAYERS", [*layers, "Flatten", *LAYERS])
    made = _chosen()
    assert (made.engine.name, made.backend) == ("epoch", "tensorflow")
    assert "convolutions" in made.why
    assert _chosen(backend="jax").engine.name == "slots"
    assert _chosen("slots").engine.name == "slots"
    found = {"jax_cuda12_plugin": find_spec("jax")}
    module = sys.modules["specc.tune.choice"]
    monkeypatch.setattr(module, "find_spec", lambda name: found.get(name) or find_spec(name))
    assert _chosen().engine.name == "slots"


def test_what_keeps_a_spec_from_sharing_is_said(monkeypatch):
    """Where JAX is not installed, `auto` does without it, and `slots` cannot be asked for."""
    assert _chosen(class_weight={"kind": {"0": 2.0}}).why == "it has class weights"
    monkeypatch.setattr(
        sys.modules["specc.tune.choice"],
        "find_spec",
        lambda name: None if name == "jax" else find_spec("re"),
    )
    assert _chosen().engine.name == "epoch"
    assert "jax is not installed" in _chosen().why
    with pytest.raises(MissingExtra):
        _chosen("slots")


def test_callbacks_that_are_left_out_are_named():
    """Those that act by epoch are not among them."""
    made = _chosen(
        callbacks=[{"CSVLogger": {"filename": "l.csv"}}, {"EarlyStopping": {"monitor": "val_loss"}}]
    )
    assert made.ignored == ("CSVLogger",)
