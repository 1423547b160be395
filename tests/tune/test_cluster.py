"""The engine `ray` trains on several nodes, and what a killed worker held is trained again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from specc.document.spec import Resources
from specc.tune.cluster import Cluster
from specc.tune.desk import WorkerFailed

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.keras
def test_two_nodes_train_and_a_killed_worker_loses_nothing(tmp_path: Path):
    """Both have a task at once; each trial that ended reported each of its epochs once."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.tune.two_nodes", tmp_path / "studies"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found.pop("ended") > 3
    assert found.pop("engines") == ["ray"]
    assert set(found.pop("states")) <= {"done", "pruned", "running", "waiting"}
    assert found == {"at once": 2, "killed": 1, "in order": True, "lost": []}


def test_a_task_that_no_cluster_has_room_for_is_refused():
    """It says what the cluster has."""

    class Ray:
        @staticmethod
        def cluster_resources():
            return {"CPU": 4.0}

    assert Cluster("plain", "jax", Resources(cpus=2)).room(Ray) == 2
    assert Cluster("plain", "jax", Resources(cpus=2), tasks=1).room(Ray) == 1
    with pytest.raises(WorkerFailed, match="1 GPU, and the cluster has 4 CPU, 0 GPU"):
        Cluster("plain", "jax", Resources(gpus=1)).room(Ray)
