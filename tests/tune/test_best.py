"""The best of a study is an ordinary model, and its spec trains to the same metric by `specc train`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

import specc
from tests.cli.commands import specc as command
from tests.tune.quick import SPACE, SPEC

pytestmark = pytest.mark.keras


def test_the_best_spec_trains_to_the_metric_that_the_study_says(tmp_path: Path) -> None:
    """And to the weights of the best model, which Keras loads by itself; two models are kept.

    On JAX, by `slots`; test_study.py has the same of `process`, after kills.
    """
    engine, backend = "slots", "jax"
    tune = {"objective": "val_loss", "space": SPACE, "trials": 3, "keep": 2}
    spec = {**SPEC, "train": {**SPEC["train"], "backend": backend, "loop": "batch"}, "tune": tune}
    (tmp_path / "small.json").write_text(json.dumps(spec))
    done = command("tune", "small.json", "--engine", engine, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    study = specc.open_study(tmp_path / "studies" / "small" / "1")
    assert study.best is not None
    assert dict(study.engines) == {engine: 3}
    assert f"3 trainings by {engine}" in done.stdout
    assert (study.path / "study.html").stat().st_size > 1_000_000
    kept = sorted(int(p.stem) for p in (study.path / "models").iterdir())
    assert kept == sorted(t.number for t in study.ranked[:2])
    done = command("train", study.best_spec, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    run = specc.open_run(tmp_path / "runs" / "small" / "1")
    assert run.metrics["validation"]["loss"] == pytest.approx(study.best.value, rel=1e-4)
    _same_weights(study.best_model, run.path / "model.keras")


def _same_weights(one: Path, other: Path) -> None:
    import numpy as np

    load: Any = importlib.import_module("keras").saving.load_model
    first, second = (load(p, compile=False).get_weights() for p in (one, other))
    for left, right in zip(first, second, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-5)
