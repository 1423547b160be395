"""A study is exported as Optuna has studies: distributions, params, values by epoch, states."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import optuna
import pytest

import specc
from specc.tune.folder import NotAStudy
from specc.tune.storage import exported
from specc.tune.study import search
from tests.tune.quick import Quick, program

optuna.logging.set_verbosity(optuna.logging.ERROR)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Done, pruned, failed and left out; one that is waiting, one that was never settled."""
    made = program(trials=25, pruner="median", require={"parameters": {"max": 200}})
    folder = tmp_path_factory.mktemp("study")
    end: dict[int, Any] = {24: "end"}
    return search(
        made, studies=folder, engine=Quick(refuses=2), progress="none",
        on_report=lambda r: end.get(r.number),
    )  # fmt: skip


def test_an_export_is_the_study(study: Any, tmp_path: Path) -> None:
    """Read by Optuna's own `load_study`."""
    storage = f"sqlite:///{tmp_path / 'optuna.db'}"
    counted: list[int] = []
    name = exported(study, storage, told=counted.append)
    assert counted == list(range(1, len(study.trials) + 1))
    found = optuna.load_study(study_name=name, storage=storage)
    assert name == "small/1"
    assert found.direction.name == "MINIMIZE"
    assert found.user_attrs["metric"] == "val_loss"
    assert found.best_value == study.best.value
    assert found.best_trial.number == study.best.number
    states = {
        "done": "COMPLETE", "pruned": "PRUNED", "failed": "FAIL", "left out": "FAIL",
        "waiting": "WAITING",
    }  # fmt: skip
    rate = "train.optimizer.*.learning_rate"
    assert {t.state for t in study.trials} >= {"done", "pruned", "failed", "left out"}
    for ours, theirs in zip(study.trials, found.trials, strict=True):
        assert theirs.state.name == states[ours.state]
        assert theirs.user_attrs["state"] == ours.state
        assert set(theirs.params) == set(ours.values)
        assert theirs.params["params.units"] == ours.values["params.units"]
        assert theirs.params[rate] == pytest.approx(ours.values[rate])
        chosen = theirs.params["train.optimizer"]
        assert chosen == ('"adam"' if ours.values["train.optimizer"] == "adam" else chosen)
        if ours.state == "done":
            assert list(theirs.intermediate_values) == [1, 2, 3]
            assert theirs.user_attrs["engine"] == "quick"
            assert theirs.user_attrs["val_loss"] == pytest.approx(ours.value)
            assert theirs.user_attrs["seconds"] == 0.1
            assert theirs.duration is not None
        if ours.state == "pruned":
            assert 1 <= len(theirs.intermediate_values) < 3
        if ours.state == "failed":
            assert theirs.user_attrs["reason"] == "the loss became nan"
    kinds: Any = found.trials[0].distributions
    assert (kinds["params.units"].low, kinds["params.units"].high) == (4, 32)
    assert kinds[rate].log


def test_a_name_is_taken_once_and_a_storage_that_cannot_be_opened_is_told(
    study: Any, tmp_path: Path
) -> None:
    """Nothing is written over."""
    storage = f"sqlite:///{tmp_path / 'optuna.db'}"
    assert study.export(storage) == "small/1"
    with pytest.raises(NotAStudy, match="give it another --name"):
        study.export(storage)
    assert study.export(storage, "again") == "again"
    with pytest.raises(NotAStudy, match="cannot be opened"):
        study.export(f"sqlite:///{tmp_path / 'none' / 'optuna.db'}")
    with pytest.raises(NotAStudy, match="cannot be opened"):
        study.export("nosuch://here")


def test_an_export_that_fails_on_the_way_leaves_nothing(study: Any, tmp_path: Path) -> None:
    """So that the next try finds its name free."""
    storage = f"sqlite:///{tmp_path / 'optuna.db'}"

    def stop(count: int) -> None:
        if count == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        exported(study, storage, told=stop)
    assert optuna.get_all_study_names(storage) == []
    assert exported(study, storage) == "small/1"


def test_what_was_interrupted_is_exported_as_running(tmp_path: Path) -> None:
    """As the dashboard shows one that runs."""
    with pytest.raises(KeyboardInterrupt):
        search(program(trials=9), studies=tmp_path, engine=Quick(3), progress="none")
    study = specc.open_study(tmp_path / "small" / "1")
    storage = f"sqlite:///{tmp_path / 'optuna.db'}"
    found = optuna.load_study(study_name=study.export(storage), storage=storage)
    states = [t.state.name for t in found.trials]
    assert states.count("COMPLETE") == 3
    assert states.count("RUNNING") >= 1
    assert json.loads(json.dumps(found.user_attrs))["study"] == str(study.path)
