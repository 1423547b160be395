"""A run that is killed, also inside a save, goes on and ends as one that was not, bit for bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.keras

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("kills", "inside", "how"),
    [
        (7, 3, ["--spec", "stopping", "--spec", "plateau"]),
        (4, 2, ["--spec", "phases"]),
        (2, 1, ["--spec", "phases", "--backend", "jax"]),
    ],
    ids=["callbacks", "phases", "phases on JAX"],
)
def test_kills_change_nothing(kills, inside, how):
    """Some kills, a part of them inside a save; `tools/bench/kills.py` alone makes fifty."""
    done = subprocess.run(
        [sys.executable, "tools/bench/kills.py", *how, f"--kills={kills}", f"--inside={inside}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert (found["kills"], found["inside"]) == (kills, inside)
    assert found["runs"] >= 1
    assert found["failed"] == found["different"] == 0, found["errors"]
