"""A run trains on the backend that it says, from the command line or the spec, or says why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from specc.lower.missing import MissingExtra
from specc.train import quiet
from specc.train.failure import WrongBackend
from specc.train.train import train

from .small import program, spec

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parents[2]


def test_another_backend_in_a_process_that_has_one_is_said(tmp_path):
    import keras

    assert keras.backend.backend() == "tensorflow"
    with pytest.raises(WrongBackend, match="KERAS_BACKEND=jax") as caught:
        train(program(train__backend="jax"), runs=tmp_path, progress="none")
    assert caught.value.status == 1
    assert not list(tmp_path.iterdir())


def test_a_backend_that_is_not_installed_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(quiet, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"keras-specc\[jax\]"):
        train(program(train__backend="jax"), runs=tmp_path, progress="none")


def test_the_command_line_chooses_and_a_run_remembers(tmp_path):
    """`train --backend jax`, then `evaluate`, each in a process that says nothing of a backend."""
    path = tmp_path / "flowers.json"
    path.write_text(json.dumps(spec(train__epochs=2)))
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}

    def specc(*words: str) -> str:
        code = "import sys; from specc.cli.main import main; main()"
        child = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert child.returncode == 0, child.stderr
        return child.stdout

    specc("train", str(path), "--backend", "jax", "-q")
    run = tmp_path / "runs" / "flowers" / "1"
    assert json.loads((run / "lock.json").read_text())["backend"] == "jax"
    said = dict(line.rsplit(maxsplit=1) for line in specc("evaluate", str(run)).splitlines())
    kept = json.loads((run / "metrics.json").read_text())["test"]
    assert {k: float(v) for k, v in said.items()} == pytest.approx(kept, abs=1e-4)
