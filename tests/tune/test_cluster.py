"""The engine `ray` trains on several nodes, and what a killed worker held is trained again."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Client, Listener
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from specc.document.spec import Resources
from specc.tune import cluster
from specc.tune.cluster import Cluster, Shift
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


class Ray:
    """Its tasks are threads."""

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 1.0}

    def remote(self, **_: Any) -> Any:
        def submitted(_: Any) -> Any:
            return SimpleNamespace(remote=begun)

        return submitted

    def wait(self, tasks: list[threading.Thread], **_: Any) -> Any:
        going = [t for t in tasks if t.is_alive()]
        return [t for t in tasks if t not in going], going

    def get(self, _: Any) -> None: ...


def begun(address: Any, key: bytes, *_: Any) -> threading.Thread:
    """A task that asks once and goes."""

    def task() -> None:
        with Client(address, authkey=key) as pipe:
            pipe.send(("next", None))
            assert pipe.recv() is None
            pipe.send(("over",))

    thread = threading.Thread(target=task)
    thread.start()
    return thread


class Dry:
    """No trial at all."""

    def next(self, group: str | None = None) -> None: ...


def test_nobody_listens_when_the_search_is_over():
    """A thread that waits for tasks would keep its port as long as the program runs."""
    source: Any = Dry()
    before = set(threading.enumerate())
    with Listener(("127.0.0.1", 0)) as listener:
        address: Any = listener.address
        Shift(Cluster("plain", "jax", Resources()), Ray(), listener, b"key").run(source)
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    assert set(threading.enumerate()) <= before
    with pytest.raises(ConnectionRefusedError):
        Client(address)


def test_who_says_nothing_or_has_no_key_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch):
    """Both are there before the task, which is served; the silent one is sent away in time."""
    monkeypatch.setattr(cluster, "HELLO", 0.5)
    source: Any = Dry()
    with Listener(("127.0.0.1", 0)) as listener:
        address: Any = listener.address
        silent = socket.create_connection(address)
        wrong = socket.create_connection(address)
        wrong.sendall(b"\0\0\0\4open")
        with silent, wrong:
            Shift(Cluster("plain", "jax", Resources()), Ray(), listener, b"key").run(source)
            for stranger in (silent, wrong):
                stranger.settimeout(30)
                told = b""
                with suppress(ConnectionError):
                    while more := stranger.recv(1000):
                        told += more
                assert b"WELCOME" not in told
