"""`specc.search` finds the best values for a Python function, over the space language of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specc
from specc.diagnostics.report import SpecError
from specc.tune.called import Asked
from specc.tune.driver import Report
from specc.tune.making import StudyFailed, StudyStopped

SPACE: dict[str, Any] = {
    "x": {"uniform": [-10, 10]},
    "rate": {"log_uniform": [0.001, 0.1]},
    "layers": {"int": [1, 9, 2]},
    "price.of": {"choice": ["$5", "a $$"]},
    "optimizer": {"choice": ["Adam", {"SGD": {"momentum": 0.9}}]},
    "optimizer.SGD.nesterov": {"choice": [True, False]},
    "optimizer.*.decay": {"uniform": [0, 1]},
}


def square(trial: Asked) -> float:
    return (trial["x"] - 2) ** 2


def search(tmp_path: Path, objective: Any = square, space: Any = SPACE, **more: Any) -> Any:
    return specc.search(space, objective, studies=tmp_path, progress="none", **more)


def test_the_values_are_of_the_space_and_what_a_choice_brings_stands_in_it(tmp_path: Path) -> None:
    """Texts with a `$` are no expressions here; a short `Adam` has room for what is in it."""
    seen: list[dict[str, Any]] = []

    def objective(trial: Asked) -> float:
        seen.append(trial.values)
        return trial["x"]

    study = search(tmp_path, objective, trials=30)
    assert {v["price.of"] for v in seen} == {"$5", "a $$"}
    assert {v["layers"] for v in seen} <= {1, 3, 5, 7, 9}
    assert all(0.001 <= v["rate"] <= 0.1 for v in seen)
    kinds = {tuple(v["optimizer"]) for v in seen}
    assert kinds == {("Adam",), ("SGD",)}
    for values in seen:
        (arguments,) = values["optimizer"].values()
        assert set(arguments) == {"decay"} | (
            {"momentum", "nesterov"} if "SGD" in values["optimizer"] else set()
        )
    assert study.best.value == min(v["x"] for v in seen)
    assert specc.open_study(study.path).best == study.best


def test_a_sampler_finds_the_least_or_the_most(tmp_path: Path) -> None:
    """The best values are in `best.yaml`; the folder has the function's name."""
    space = {"x": {"uniform": [-10, 10]}}
    study = search(tmp_path, space=space, sampler="tpe", trials=60)
    assert study.path == tmp_path / "square" / "1"
    assert abs(study.best.values["x"] - 2) < 1
    assert float(study.best_spec.read_text().split()[1]) == study.best.values["x"]
    most = search(tmp_path, space=space, direction="max", trials=20, name="most")
    assert most.best.value == max(t.value for t in most.trials)


def constant(_: Asked) -> float:
    return 1.0


def test_a_grid_of_the_same_language_is_walked(tmp_path: Path) -> None:
    """Two of the three values of `a` bring two more each."""
    space: dict[str, Any] = {
        "a": {"choice": [{"p": {}}, {"q": {}}, "none"]},
        "a.p.n": {"int": [1, 2]},
        "a.q.m": {"int": [3, 4]},
    }
    study = search(tmp_path, constant, space, sampler="grid")
    assert len(study.trials) == 5


def test_a_pruner_and_who_hears_the_reports_stop_a_trial(tmp_path: Path) -> None:
    """What the function gives then does not count."""
    ended: list[int] = []

    def objective(trial: Asked) -> float:
        for step in range(5):
            if not trial.report(trial["x"] + 1 / (step + 1), accuracy=step):
                ended.append(trial.number)
                break
        return -100.0 if trial.stopped else trial["x"]

    def on_report(report: Report) -> Any:
        assert set(report.logs) == {"value", "accuracy"}
        if report.number == 15:
            return "end"
        return "stop" if report.number == 0 else None

    study = search(tmp_path, objective, pruner="median", trials=30, on_report=on_report)
    states = {t.number: t.state for t in study.trials}
    assert ended[0] == 0
    assert max(states) == 15
    assert {n for n, s in states.items() if s == "pruned"} == set(ended)
    assert len(ended) > 2
    assert study.best.value > -100


def test_an_exception_ends_the_study_unless_it_is_to_be_caught(tmp_path: Path) -> None:
    """The trial has failed either way, and the study goes on behind it."""

    def objective(trial: Asked) -> Any:
        if trial.number == 1:
            raise ZeroDivisionError("by nothing")
        return None if trial.number == 3 else 1.0

    with pytest.raises(ZeroDivisionError):
        search(tmp_path, objective, trials=3)
    study = search(tmp_path, objective, trials=3, resume=True)
    assert [t.state for t in study.trials] == ["done", "failed", "done"]
    study = search(tmp_path, objective, trials=3, catch=(ZeroDivisionError,))
    assert [t.state for t in study.trials] == ["done", "failed", "done"]
    with pytest.raises(TypeError, match="gave None"):
        search(tmp_path, objective, trials=5, catch=(ZeroDivisionError,))


def test_an_interrupted_search_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    """With the same values, also in the trial that was running; another space is refused."""
    whole = search(tmp_path / "whole", trials=12, sampler="tpe")

    def objective(trial: Asked) -> float:
        if trial.number == 7 and not (tmp_path / "cut" / "again").exists():
            (tmp_path / "cut" / "again").touch()
            raise KeyboardInterrupt
        return square(trial)

    with pytest.raises(StudyStopped):
        search(tmp_path / "cut", objective, trials=12, sampler="tpe")
    cut = search(tmp_path / "cut", objective, trials=12, sampler="tpe", resume=True)
    assert cut.trials == whole.trials
    with pytest.raises(StudyFailed, match="not that of"):
        search(tmp_path / "cut", objective, {"x": {"int": [1, 2]}}, resume=True)


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"x": {"uniform": [3, 1]}}, "a range goes from the lower end"),
        ({"x": {"uniformly": [1, 3]}}, "unknown key `uniformly`"),
        ({"x": {"int": [1, 3], "choice": [2]}}, "this wants one of choice"),
        ({"o": {"choice": ["a"]}, "o.b.c": {"int": [1, 2]}}, "no choice of `o` brings `o.b.c`"),
        ({"x": {"choice": [object()]}}, "of the type object"),
        ({}, "at least 1 entry"),
    ],
)
def test_a_space_with_faults_is_refused_before_a_folder_is_made(
    tmp_path: Path, space: Any, said: str
) -> None:
    """With the place in the space."""
    with pytest.raises(SpecError, match=said):
        search(tmp_path, space=space)
    assert not any(tmp_path.iterdir())
