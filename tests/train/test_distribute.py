"""Four devices learn what one learns, and what does not divide among them is said beforehand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.keras
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_four_devices_are_one(backend):
    """Losses to 1e-5: Keras's own step, phases, and on JAX weights that are spread."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.train.distribute_child", backend],
        cwd=ROOT,
        env={
            **os.environ,
            "KERAS_BACKEND": backend,
            "PYTHONPATH": str(ROOT),
            "XLA_FLAGS": "--xla_force_host_platform_device_count=4",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    found = json.loads(child.stdout.splitlines()[-1])
    losses = found["losses"]
    assert losses["all"] == pytest.approx(losses["one"], abs=1e-5)
    assert losses["all, phased"] == pytest.approx(losses["one, phased"], abs=1e-5)
    assert losses["all, gone on"] == losses["all"]  # an epoch, a resume, and another
    if backend == "jax":
        assert losses["spread"] == pytest.approx(losses["one"], abs=1e-5)
    assert len(found["refused"]) == found["count"], found["refused"]
