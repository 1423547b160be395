"""A run that is killed, also inside a save, goes on and ends as one that was not, bit for bit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.keras

ROOT = Path(__file__).parents[2]


def test_kills_change_nothing():
    """Seven kills, three of them inside a save; `tools/bench/kills.py` alone makes fifty."""
    done = subprocess.run(
        [sys.executable, "tools/bench/kills.py", "--kills", "7", "--inside", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["kills"] == 7
    assert found["inside"] == 3
    assert found["failed"] == found["different"] == 0, found["errors"]
