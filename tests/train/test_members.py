"""Every optimizer, schedule, loss and callback of the catalogue trains; a new one is here by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.catalogue.catalogue import builtin
from specc.catalogue.own import OWN
from specc.data.registry import DATASETS
from specc.infer.program import Program
from specc.pipeline import Settings, passes
from specc.train.targets import form
from specc.train.train import train
from specc.train.trainee import build

from .small import program, spec

FAMILIES = builtin().families
OPTIONS = {
    "learning_rate": 0.01, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01,
    "use_ema": True, "ema_momentum": 0.9, "gradient_accumulation_steps": 2,
}  # fmt: skip
CLIPS = {"clipnorm": 1.0, "clipvalue": 0.5, "global_clipnorm": 2.0}
REQUIRED: dict[str, Any] = {
    "inner_optimizer": {"Adam": {}}, "initial_learning_rate": 0.1, "decay_steps": 10,
    "first_decay_steps": 9, "decay_rate": 0.5, "boundaries": [2, 4], "values": [0.1, 0.05, 0.01],
    "filename": "log.csv", "filepath": "best.keras", "backup_dir": "backup",
}  # fmt: skip


def required(family: str, name: str) -> dict[str, Any]:
    """Values for what a class must be given."""
    signature = FAMILIES[family].classes[name]
    return {n: REQUIRED[n] for n, argument in signature.items() if argument.required}


def stepped(made: Program, y: Any = None) -> tuple[Any, list[float]]:
    """A model after twelve steps as Keras takes them, uncompiled, and its loss in each epoch.

    Ftrl puts all weights where it wants them in its first step, so that the first epoch says little.
    """
    arrays = DATASETS["iris"].load()
    x, labels = arrays["features"] / 8, arrays["label"]
    order = np.random.default_rng(0).permutation(len(x))
    x, labels = x[order], labels[order]
    fitted = build(made, builtin()).fitted
    fitted.run_eagerly = True
    before = [w.copy() for w in fitted.get_weights()]
    y = labels if y is None else y
    history = fitted.fit(x, y, batch_size=40, epochs=3, shuffle=False, verbose=0).history
    after = fitted.get_weights()
    assert all(np.isfinite(w).all() for w in after)
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
    return fitted, history["loss"]


@pytest.mark.keras
@pytest.mark.parametrize("name", FAMILIES["optimizer"].classes)
@pytest.mark.parametrize("whole", [False, True], ids=["plain", "with_all"])
def test_an_optimizer_learns_with_all_that_it_takes(name: str, whole: bool) -> None:
    """Its loss falls; clipping, EMA, weight decay and accumulated gradients are what was asked.

    Keras clips in one way at a time, so that each optimizer has its turn with one of the three.
    """
    signature = FAMILIES["optimizer"].classes[name]
    clip = [*CLIPS][list(FAMILIES["optimizer"].classes).index(name) % len(CLIPS)]
    options: dict[str, Any] = {**OPTIONS, clip: CLIPS[clip]} if whole else {"learning_rate": 0.01}
    options = {n: v for n, v in options.items() if n in signature}
    fitted, losses = stepped(
        program(train__optimizer={name: {**required("optimizer", name), **options}})
    )
    assert losses[-1] < losses[1]
    config = fitted.optimizer.get_config()
    assert {n: config[n] for n in options} == pytest.approx(options)


@pytest.mark.keras
@pytest.mark.parametrize("name", FAMILIES["schedule"].classes)
def test_a_schedule_changes_the_learning_rate(name: str) -> None:
    """By the steps that were taken."""
    rate = {name: required("schedule", name)}
    fitted, losses = stepped(program(train__optimizer={"SGD": {"learning_rate": rate}}))
    assert losses[-1] < losses[0]
    assert float(fitted.optimizer.learning_rate) != pytest.approx(0.1)


@pytest.mark.keras
@pytest.mark.parametrize("name", [n for n in FAMILIES["loss"].classes if n not in OWN["loss"]])
def test_a_loss_is_learned_from_a_target_that_fits_it(name: str) -> None:
    """Classes, rows of numbers, or (CTC) a text beside a sequence of scores."""
    labels = np.arange(150) % 3
    y: Any = labels if form(name, {}) == "labels" or name == "Circle" else np.eye(3)[labels]
    layers: list[Any] = [{"Dense": {"units": 3, "activation": "softmax"}}]
    if name == "CTC":
        y = np.stack([labels % 2 + 1] * 2, axis=1)
        layers = [{"Dense": {"units": 12}}, {"Reshape": {"target_shape": [4, 3]}}]
    made = program(
        graph={"kind": {"from": "measures", "layers": layers}},
        outputs={"kind": {"loss": {name: {}}}},
        data=None,
    )
    _, losses = stepped(made, y=y)
    assert np.isfinite(losses).all()


@pytest.mark.keras
def test_every_callback_works_and_writes_into_the_run_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them at once, in an empty current folder."""
    monkeypatch.chdir(tmp_path)
    given = [{n: required("callback", n)} for n in FAMILIES["callback"].classes]
    optimizer = {"Adam": {"use_ema": True}}
    made = program(train__callbacks=given, train__optimizer=optimizer)
    run = train(made, runs=tmp_path / "runs", progress="none")
    assert [p.name for p in tmp_path.iterdir()] == ["runs"]
    assert [p.name for p in run.path.parent.iterdir()] == ["1"]
    names = {p.name for p in run.path.iterdir()}
    assert {"log.csv", "best.keras", "tensorboard"} <= names
    assert run.metrics["finished"]


@pytest.mark.parametrize("path", ["../out", "/tmp/out", "~/out", "a/../../out"])
@pytest.mark.parametrize(
    ("name", "argument"),
    [
        (n, a)
        for n, signature in FAMILIES["callback"].classes.items()
        for a in signature
        if a in ("filename", "filepath", "backup_dir", "log_dir")
    ],
)
def test_a_callback_that_would_write_elsewhere_is_refused(
    name: str, argument: str, path: str
) -> None:
    """Whatever its path argument is called."""
    callback = {name: {**required("callback", name), argument: path}}
    outcome = passes(spec(train__callbacks=[callback]), settings=Settings())
    assert outcome.program is None
