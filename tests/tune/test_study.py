"""A study searches, survives, and leaves an ordinary spec and model."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from specc.diagnostics.report import SpecError
from specc.pipeline import Settings, open_study, passes
from specc.tune.driver import Report
from specc.tune.folder import Study
from specc.tune.making import StudyFailed
from specc.tune.study import search
from tests.tune.quick import SPACE, SPEC, Quick, program


def _values(study: Study) -> list[Mapping[str, Any]]:
    return [t.values for t in study.trials]


@pytest.mark.parametrize("sampler", ["random", "tpe", "cmaes"])
def test_the_same_study_twice_gives_the_same_trials(tmp_path: Path, sampler: str) -> None:
    """And another seed gives others; a conditional field is drawn where it is."""
    made = [
        search(program(sampler=sampler, trials=15, seed=s), studies=tmp_path, engine=Quick())
        for s in (1, 1, 2)
    ]
    assert _values(made[0]) == _values(made[1]) != _values(made[2])
    for values in _values(made[0]):
        sgd = values["train.optimizer"] != "adam"
        assert ("train.optimizer.SGD.nesterov" in values) == sgd
        assert 0.001 <= values["train.optimizer.*.learning_rate"] <= 0.1
    assert made[0].best is not None
    assert made[0].best.value == min(t.value for t in made[0].trials if t.value is not None)


def test_a_grid_tries_every_combination_once(tmp_path: Path) -> None:
    """With momentum where there is SGD, and beginning with what is known."""
    space = {
        "params.units": {"choice": [4, 8]},
        "train.optimizer": {"choice": ["adam", "sgd"]},
        "train.optimizer.SGD.momentum": {"choice": [0.5, 0.9]},
    }
    study = search(program(space, sampler="grid"), studies=tmp_path, engine=Quick())
    assert len({json.dumps(v, sort_keys=True) for v in _values(study)}) == 6 == len(study.trials)


def test_known_configurations_come_first(tmp_path: Path) -> None:
    """What they do not say is drawn."""
    known = [{"params.units": 31}, {"train.optimizer": "adam"}]
    study = search(program(seed_with=known, trials=4), studies=tmp_path, engine=Quick())
    first, second, *_ = _values(study)
    assert first["params.units"] == 31
    assert "train.optimizer" in first
    assert second["train.optimizer"] == "adam"


@pytest.mark.parametrize("pruner", ["median", "successive_halving", "hyperband"])
def test_a_pruner_stops_what_is_worse(tmp_path: Path, pruner: str) -> None:
    """The best is none of those that were stopped."""
    prepared = program(pruner=pruner, trials=40)
    study = search(prepared, studies=tmp_path, engine=Quick())
    states = [t.state for t in study.trials]
    assert len(states) == 40
    assert {"done", "pruned"} == set(states)


def test_repeats_are_trained_each_with_its_seed_and_count_as_their_mean(tmp_path: Path) -> None:
    """Three trainings of each configuration, one value."""
    engine = Quick()
    study = search(program(repeats=3, trials=2), studies=tmp_path, engine=engine)
    assert [(n, s) for n, s, _ in engine.trained] == [(n, s) for n in (0, 1) for s in (0, 1, 2)]
    units = study.trials[0].values["params.units"]
    assert study.trials[0].value == pytest.approx(1 / units + 0.001)


def test_what_breaks_a_bound_is_not_trained_and_what_fails_does_not_end_it(tmp_path: Path) -> None:
    """Both are counted; neither is the best."""
    engine = Quick(refuses=3)
    prepared = program(require={"parameters": {"max": 120}}, trials=10)
    study = search(prepared, studies=tmp_path, engine=engine)
    states = [t.state for t in study.trials]
    assert states.count("left out") >= 1
    assert states[3] in ("failed", "left out")
    assert len([s for s in states if s != "left out"]) == 10
    assert all(v["params.units"] * 8 + 3 <= 120 for _, _, v in engine.trained)


def test_the_models_of_the_best_three_are_kept(tmp_path: Path) -> None:
    """And the best of them by itself, with its spec."""
    study = search(program(trials=12), studies=tmp_path, engine=Quick())
    best = [t.number for t in study.ranked[:3]]
    assert sorted(int(p.stem) for p in (study.path / "models").iterdir()) == sorted(best)
    assert study.best_model.read_text() == str(best[0])
    again = passes(study.best_spec, settings=Settings()).proven
    assert again.tune is None
    assert again.nodes[1].operator.arguments["units"] == study.ranked[0].values["params.units"]  # pyright: ignore


def test_who_hears_the_reports_can_stop_a_trial_and_the_study(tmp_path: Path) -> None:
    """The first is stopped in its second epoch, the study in the fourth trial."""
    heard: list[tuple[int, int]] = []

    def on_report(report: Report) -> str | None:
        heard.append((report.number, report.epoch))
        if (report.number, report.epoch) == (0, 2):
            return "stop"
        return "end" if report.number == 3 else None

    study = search(program(trials=9), studies=tmp_path, engine=Quick(), on_report=on_report)
    assert heard[:3] == [(0, 1), (0, 2), (1, 1)] or heard[1] == (0, 2)
    assert [t.state for t in study.trials if t.number == 0] == ["pruned"]
    assert len(study.trials) < 9


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_a_study_that_was_interrupted_goes_on_as_if_it_had_not_been(
    tmp_path: Path, sampler: str
) -> None:
    """The same trials in all, none lost, none doubled."""
    space = dict(SPACE)
    if sampler == "grid":
        space = {"params.units": {"int": [4, 20]}}
    prepared = program(space, sampler=sampler, trials=15)
    ahead = sampler != "tpe"  # what it draws depends on what was told before
    whole = search(prepared, studies=tmp_path / "whole", engine=Quick(ahead=ahead))
    for after in (3, 4):
        with pytest.raises(KeyboardInterrupt):
            resume = (tmp_path / "cut").exists()
            search(
                prepared, studies=tmp_path / "cut", engine=Quick(after, ahead=ahead), resume=resume
            )
    cut = search(prepared, studies=tmp_path / "cut", engine=Quick(ahead=ahead), resume=True)
    assert [(t.number, t.state, t.value) for t in cut.trials] == [
        (t.number, t.state, t.value) for t in whole.trials
    ]
    assert _values(cut) == _values(whole)


def test_another_spec_does_not_go_on_with_a_study(tmp_path: Path) -> None:
    """Nor is there anything to go on with where nothing was begun, or nothing to search."""
    with pytest.raises(StudyFailed, match="no study"):
        search(program(trials=1), studies=tmp_path, engine=Quick(), resume=True)
    search(program(trials=1), studies=tmp_path, engine=Quick())
    with pytest.raises(StudyFailed, match="not that of"):
        search(program(trials=1, seed=3), studies=tmp_path, engine=Quick(), resume=True)
    with pytest.raises(StudyFailed, match="no `tune`"):
        search(passes(SPEC, settings=Settings()).proven, studies=tmp_path)


def test_a_spec_that_cannot_be_trained_is_not_searched(tmp_path: Path) -> None:
    """It says so before a folder is made."""
    lacking = {k: v for k, v in SPEC.items() if k != "data"}
    spec = {
        **lacking,
        "tune": {"objective": "val_loss", "space": {"train.epochs": {"int": [1, 2]}}},
    }
    with pytest.raises(SpecError):
        search(passes(spec, settings=Settings()).proven, studies=tmp_path)
    assert not any(tmp_path.iterdir())


# --- with Keras -----------------------------------------------------------------------------------


def _tune(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-c", "from specc.cli import main; main()", "tune", str(folder / "s.json"),
            "--studies", str(folder / "studies"), *words]  # fmt: skip


@pytest.mark.keras
def test_workers_and_drivers_are_killed_and_nothing_is_lost(tmp_path: Path) -> None:
    """SIGKILL of a worker and of two drivers: six trials, each ended once, the best as it says."""
    spec = {**SPEC, "tune": {"objective": "val_loss", "space": SPACE, "trials": 6}}
    (tmp_path / "s.json").write_text(json.dumps(spec))
    words: tuple[str, ...] = ("--engine", "process", "--workers", "2")
    for turn in range(3):
        driver = subprocess.Popen(_tune(tmp_path, *words), stderr=subprocess.DEVNULL)
        words = (*words[:4], "--resume")
        if turn == 2:
            _kill_a_worker(driver.pid)
            assert driver.wait(timeout=200) == 0
        else:
            _wait_for(tmp_path, 1 + 2 * turn)
            driver.send_signal(signal.SIGKILL)
            driver.wait()
    folder = tmp_path / "studies" / "small" / "1"
    rows = sqlite3.connect(folder / "ledger.sqlite").execute(
        "select number, state from configuration order by 1"
    )
    assert rows.fetchall() == [(n, "done") for n in range(6)]
    assert not (folder / "runs").exists()
    from specc.train.train import train

    study = open_study(folder)
    run = train(study.best_program, runs=tmp_path / "runs", progress="none")
    assert study.best is not None
    assert run.metrics["validation"]["loss"] == pytest.approx(study.best.value, rel=1e-6)
    assert study.best_model.stat().st_size > 1000


PLUGIN = """
from specc.plugin import Plugin, Result, TensorType, case, layer

def _called():
    import jax, keras, numpy

    class Called(keras.layers.Layer):
        def call(self, x):
            aside = jax.lax.stop_gradient(x)
            shape = jax.ShapeDtypeStruct(x.shape, x.dtype)
            return x + jax.pure_callback(lambda a: numpy.zeros_like(a), shape, aside)

    return Called

@layer(case(4), keras=_called)
def Called(x: TensorType) -> Result:
    "The same, by way of the host, which no vectorised program can go."
    return Result(x)

plugin = Plugin("house", layers=[Called])
"""


@pytest.mark.keras
def test_what_slots_cannot_compile_goes_to_process_and_killed_slots_run_again(tmp_path) -> None:
    """A plug-in's layer fails in a program of slots; the engine's process is killed once."""
    layers = [{"choice": ["house.Called", {"Dropout": {"rate": 0.2}}]}, {"uniform": [0.001, 0.01]}]
    spec: dict[str, Any] = json.loads(json.dumps(SPEC))
    spec["graph"]["y"]["layers"].insert(1, {"Dropout": {"rate": 0.1}})
    space = {
        "graph.y.layers.1": layers[0],
        "train.optimizer.Adam.learning_rate": layers[1],
    }
    spec["train"] = {"optimizer": "adam", "epochs": 250}  # so that the kill comes before the end
    spec["tune"] = {"objective": "val_loss", "space": space, "trials": 12, "seed": 4}
    (tmp_path / "s.json").write_text(json.dumps(spec))
    (tmp_path / "house.py").write_text(PLUGIN)
    words = ["--engine", "slots", "--plugin", str(tmp_path / "house.py")]
    with subprocess.Popen(_tune(tmp_path, *words), stderr=subprocess.PIPE, text=True) as driver:
        _wait_for(tmp_path, 1, "report")
        _kill_a_worker(driver.pid, "specc.tune.remote")
        _, said = driver.communicate(timeout=300)
    assert driver.returncode == 0, said
    assert "trials go to the engine process: " in said
    study = open_study(tmp_path / "studies" / "small" / "1")
    by_layer = [t.values["graph.y.layers.1"] == "house.Called" for t in study.trials]
    assert [t.state for t in study.trials] == ["done"] * 12
    assert study.engines == {"slots": by_layer.count(False), "process": by_layer.count(True)}
    assert 0 < study.engines["process"] < 12
    assert "backend: jax" in study.best_spec.read_text()


def _wait_for(folder: Path, count: int, what: str = "configuration where state = 'done'") -> None:
    """Until there are so many: configurations that have ended, unless something else is asked."""
    path = folder / "studies" / "small" / "1" / "ledger.sqlite"
    for _ in range(20_000):
        time.sleep(0.01)
        if path.exists():
            with sqlite3.connect(path) as db:
                try:
                    rows = db.execute(f"select count(*) from {what}")
                    if rows.fetchone()[0] >= count:
                        return
                except sqlite3.OperationalError:
                    continue
    raise AssertionError("the study does not get on")


def _kill_a_worker(driver: int, module: str = "specc.tune.worker") -> None:
    for _ in range(100):
        for pid in Path(f"/proc/{driver}/task/{driver}/children").read_text().split():
            command = Path(f"/proc/{pid}/cmdline").read_text()
            if module in command:
                os.kill(int(pid), signal.SIGKILL)
                return
        time.sleep(0.1)
    raise AssertionError("there is no worker")
