"""A study that is killed again and again comes to what one comes to that was never stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_no_trial_is_lost_or_doubled_and_samplers_go_on_where_they_were():
    """A kill or two for each sampler and pruner; by the measurement's own tool."""
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "tools/bench/kills_tune.py",
            "--kills=8",
            "--trained=0",
            "--seed=1",
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    *searches, total = [json.loads(line) for line in done.stdout.splitlines()]
    assert total == {"kills": 8, "failed": 0, "different": 0}, done.stdout
    assert all(s["kills"] for s in searches)
