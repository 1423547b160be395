"""A function is called in several threads; all else of a search stays in one."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.tune.called import Asked
from specc.tune.driver import Report
from specc.tune.making import StudyStopped

SPACE: dict[str, Any] = {"x": {"uniform": [-10, 10]}}
LONG = 20.0
"""Seconds after which a thread that nobody came to meet has failed."""


def search(tmp_path: Path, objective: Any, **more: Any) -> Any:
    return specc.search(SPACE, objective, studies=tmp_path, name="f", progress="none", **more)


def test_as_many_trials_are_under_way_as_there_are_workers(tmp_path: Path) -> None:
    """Three wait for one another, in threads that are not the driver's; all get their values."""
    met = threading.Barrier(3)
    heard: set[int] = set()
    called: set[int] = set()

    def objective(trial: Asked) -> float:
        met.wait(LONG)
        called.add(threading.get_ident())
        assert trial.report(trial["x"])
        return trial["x"]

    def on_report(_: Report) -> None:
        heard.add(threading.get_ident())

    study = search(tmp_path, objective, workers=3, trials=12, on_report=on_report)
    assert heard == {threading.get_ident()}
    assert len(called) == 3 and not called & heard
    assert [t.state for t in study.trials] == ["done"] * 12
    assert [t.value for t in study.trials] == [t.values["x"] for t in study.trials]
    alone = search(tmp_path / "alone", lambda trial: trial["x"], trials=12)
    assert alone.trials == study.trials


def test_a_pruner_stops_trials_in_their_threads(tmp_path: Path) -> None:
    """What they give then does not count."""
    ended: list[int] = []

    def objective(trial: Asked) -> float:
        for _ in range(5):
            if not trial.report(trial["x"]):
                ended.append(trial.number)
                return -100.0
        return trial["x"]

    study = search(tmp_path, objective, pruner="median", trials=30, workers=4)
    assert sorted(ended) == [t.number for t in study.trials if t.state == "pruned"]
    assert len(ended) > 2
    assert study.best.value > -100


def test_an_exception_in_one_thread_ends_the_study(tmp_path: Path) -> None:
    """The trial beside it hears so at its next report, is not ended, and is done when it goes on."""
    both, told = threading.Barrier(2), threading.Event()

    def objective(trial: Asked) -> float:
        if not told.is_set():
            both.wait(LONG)
            if trial.number == 1:
                raise ZeroDivisionError("by nothing")
            while trial.report(0.0):
                pass
            told.set()
            return -100.0
        return trial["x"]

    with pytest.raises(ZeroDivisionError):
        search(tmp_path, objective, workers=2, trials=6)
    assert told.is_set()
    study = search(tmp_path, objective, workers=2, trials=6, resume=True)
    assert [t.state for t in study.trials] == ["done", "failed", *["done"] * 4]
    assert study.best.value > -100


def test_one_that_is_to_be_caught_fails_its_trial_alone(tmp_path: Path) -> None:
    """The others go on."""

    def objective(trial: Asked) -> float:
        return 1 / (trial.number % 2)

    study = search(tmp_path, objective, workers=2, trials=6, catch=(ZeroDivisionError,))
    assert [t.state for t in study.trials] == ["failed", "done"] * 3


def test_an_interrupted_search_of_several_threads_goes_on(tmp_path: Path) -> None:
    """No trial is lost, none is done twice, and the values are those of one that was not cut."""
    whole = search(tmp_path / "whole", lambda trial: trial["x"], trials=12)

    def interrupt(report: Report) -> None:
        if report.number == 5:
            raise KeyboardInterrupt

    def objective(trial: Asked) -> float:
        while trial.number == 5 and trial.report(trial["x"]):
            pass
        return trial["x"]

    with pytest.raises(StudyStopped):
        search(tmp_path / "cut", objective, workers=3, trials=12, on_report=interrupt)
    cut = search(tmp_path / "cut", lambda t: t["x"], workers=3, trials=12, resume=True)
    assert cut.trials == whole.trials


def test_no_worker_is_none(tmp_path: Path) -> None:
    """It is said before a folder is made."""
    with pytest.raises(ValueError, match="at least one worker"):
        search(tmp_path, lambda trial: trial["x"], workers=0)
    assert not list(tmp_path.iterdir())
