"""What goes wrong around a search is told, and what was reported before is whole."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from specc.pipeline import Settings, open_study, passes
from specc.train.failure import RunFailed
from specc.tune.making import StudyFailed, sole_driver
from specc.tune.process import ATTEMPTS, Process
from specc.tune.study import search

from .quick import SPEC, Quick, program
from .trials import Given, trial

ROOT = Path(__file__).parents[2]


def test_a_study_has_one_driver(tmp_path: Path) -> None:
    """The second is refused and told who the first is."""
    study = search(program(trials=2), studies=tmp_path, engine=Quick())
    with sole_driver(study.path), pytest.raises(StudyFailed, match=f"process {os.getpid()}"):
        search(program(trials=2), studies=tmp_path, engine=Quick(), resume=True)


@pytest.mark.skipif(not Path("/sys").is_dir(), reason="there is no file system of the kernel's")
def test_a_read_only_folder_is_refused_before_a_trial() -> None:
    """Where root may not write either."""
    engine = Quick()
    with pytest.raises(RunFailed, match="may not be written") as caught:
        search(program(trials=2), studies=Path("/sys"), engine=engine)
    assert caught.value.status == 3
    assert engine.trained == []


class Filling(Quick):
    """No file may grow from its fifth trial on."""

    def group_key(self, trial: Any) -> str:
        if len(self.trained) == 5:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        return super().group_key(trial)


def test_a_full_disk_ends_a_study_that_goes_on_later(tmp_path: Path) -> None:
    """A clear error, status 3, the best model whole; with room again it comes to the same end."""
    whole = search(program(trials=12), studies=tmp_path / "whole", engine=Quick())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises((StudyFailed, RunFailed), match="could not be written") as caught:
            search(program(trials=12), studies=tmp_path / "cut", engine=Filling())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.status == 3
    folder = tmp_path / "cut" / "small" / "1"
    assert open_study(folder).best is not None
    again = search(program(trials=12), studies=tmp_path / "cut", engine=Quick(), resume=True)
    assert [(t.state, t.value) for t in again.trials] == [(t.state, t.value) for t in whole.trials]


def test_a_worker_that_dies_with_its_trial_each_time_fails_that_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed as soon as it has the trial: begun three times, and the next trial is trained."""
    died = "import os, signal, sys; sys.stdin.readline(); os.kill(os.getpid(), signal.SIGKILL)"
    done = (
        "import json, sys; sys.stdin.readline(); "
        "open('MODEL', 'w'); "
        "print(json.dumps({'logs': {'val_loss': 1.0}, 'model': 'MODEL', 'seconds': 0.1}))"
    ).replace("MODEL", str(tmp_path / "left.keras"))
    workers: list[str] = []

    def started(*_: Any, **__: Any) -> subprocess.Popen[str]:
        workers.append(died if len(workers) < ATTEMPTS else done)
        return subprocess.Popen(
            [sys.executable, "-c", workers[-1]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    monkeypatch.setattr(sys.modules["specc.tune.process"], "started", started)
    engine = Process(tmp_path)
    trials = [trial(i, {**SPEC, "name": "small"}) for i in range(2)]
    source = Given(trials, tmp_path, engine.group_key)
    engine.run(source)
    assert source.failures == {0: f"its process died {ATTEMPTS} times"}
    assert list(source.results) == [1]
    assert len(workers) == ATTEMPTS + 1


# --- with Keras -----------------------------------------------------------------------------------


def _study(folder: Path, space: dict[str, Any], **train: Any) -> Path:
    spec: dict[str, Any] = {**SPEC, "train": {**SPEC["train"], **train}}
    spec["tune"] = {"objective": "val_loss", "sampler": "grid", "space": space}
    path = folder / "small.json"
    path.write_text(json.dumps(spec))
    return path


@pytest.mark.keras
@pytest.mark.parametrize("engine", ["process", "epoch", "slots"])
def test_a_loss_that_is_no_number_fails_its_trial_alone(tmp_path: Path, engine: Any) -> None:
    """The trials beside it are trained, and it is never the best."""
    rates = {"train.optimizer": {"choice": [{"SGD": {"learning_rate": r}} for r in (1e38, 0.01)]}}
    path = _study(tmp_path, rates, backend="jax" if engine == "slots" else "tensorflow")
    made = passes(path, settings=Settings(prove=True)).proven
    study = search(made, studies=tmp_path / "studies", engine=engine, progress="none")
    assert [t.state for t in study.trials] == ["failed", "done"]
    assert study.best is not None
    assert study.best.number == 1
    assert [p.name for p in (study.path / "models").iterdir()] == ["1.keras"]


@pytest.mark.keras
def test_ctrl_c_ends_a_search_with_what_it_has_and_it_goes_on(tmp_path: Path) -> None:
    """Status 130 and how to go on; its worker is gone, and no trial is lost or doubled."""
    path = _study(tmp_path, {"params.units": {"int": [4, 7]}}, epochs=120)
    words = [sys.executable, "-c", "from specc.cli import main; main()", "tune", str(path)]
    words += ["--studies", str(tmp_path / "studies"), "--engine", "process"]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as driver:
        assert driver.stderr is not None
        said = ""
        while "1 trials" not in said:
            line = driver.stderr.readline()
            assert line, said
            said += line
        children = Path(f"/proc/{driver.pid}/task/{driver.pid}/children").read_text().split()
        driver.send_signal(signal.SIGINT)
        said += driver.communicate(timeout=60)[1]
    assert driver.returncode == 130, said
    assert "--resume" in said
    assert "Traceback" not in said
    assert children
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    done = subprocess.run(
        [*words, "--resume"], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    trials = open_study(tmp_path / "studies" / "small" / "1").trials
    assert [(t.number, t.state) for t in trials] == [(n, "done") for n in range(4)]
