"""Ctrl-C and SIGTERM: once saves and leaves, twice leaves at once, each with status 130."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from specc.train.checkpoint.generation import newest

pytestmark = pytest.mark.keras

ROOT = Path(__file__).parents[2]
MAIN = "import sys; from specc.cli import main; sys.argv[0] = 'specc'; main()"

SPEC = """\
specc: 1
name: flowers
inputs: {measures: {shape: [4]}}
graph: {kind: {from: measures, layers: [{Dense: {units: 3, activation: softmax}}]}}
outputs: {kind: {loss: sparse_categorical_crossentropy}}
data:
  source: iris
  inputs: {measures: {field: features}}
  targets: {kind: {field: label}}
train: {epochs: 6, checkpoint: {every_steps: 2}}
"""
PATIENT = """\
import time
from specc.train.checkpoint.keeper import Keeper
entered = Keeper.entered
def slowly(self, epoch):
    entered(self, epoch)
    if epoch == 2:
        print("here", flush=True)
        time.sleep(SLEEP)
Keeper.entered = slowly
"""
"""Before its third epoch a training waits, so that it is known where a signal finds it."""


def trained(folder: Path, signals: list[int], sleep: int) -> tuple[int, str]:
    """`specc train` that is sent signals in its third epoch: its status and standard error."""
    (folder / "flowers.yaml").write_text(SPEC)
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            PATIENT.replace("SLEEP", str(sleep)) + MAIN,
            "train",
            "flowers.yaml",
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_NUM_INTRAOP_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == "here\n"
        said = ""
        for number in signals:
            child.send_signal(number)
            while signals.index(number) == 0 and "stopping" not in said:
                line = child.stderr.readline()
                assert line, said
                said += line
        said += child.communicate(timeout=100)[1]
        return child.returncode, said


def test_sigterm_saves_and_the_run_goes_on_with_its_threads(tmp_path):
    """The place within the epoch is kept; another process goes on with as many threads."""
    status, said = trained(tmp_path, [signal.SIGTERM], 1)
    assert status == 130
    assert "SIGTERM: stopping; once more leaves at once" in said
    assert "Traceback" not in said
    folder = tmp_path / "runs" / "flowers" / "1"
    assert (folder / "model.keras").is_file()
    saved = newest(folder)
    assert (saved["epoch"], saved["threads"]["intra"]) == (2, 1)
    assert saved["step"] > 0
    done = subprocess.run(
        [sys.executable, "-c", MAIN, "train", "flowers.yaml", "--resume"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    again = newest(folder)
    assert (again["epoch"], again["threads"]["intra"]) == (6, 1)
    assert "threads" not in done.stderr


def test_a_second_ctrl_c_leaves_at_once(tmp_path):
    """Although the process would sleep for ten minutes: nothing is saved, what was saved stays."""
    status, said = trained(tmp_path, [signal.SIGINT, signal.SIGTERM], 600)
    assert status == 130
    assert "left at once" in said
    assert "Traceback" not in said
    folder = tmp_path / "runs" / "flowers" / "1"
    assert not (folder / "model.keras").exists()
    assert not (folder / "metrics.json").exists()
    saved = newest(folder)
    assert saved["epoch"] <= 2
    assert sorted(p.suffix for p in (folder / "checkpoints").iterdir() if p.suffix == ".ckpt")
