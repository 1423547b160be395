"""A configuration is trained on each fold, each repeat over, and counts as the mean of them."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specc.pipeline import Settings, passes
from specc.tune.engine import Result, Slot, Source, Trial
from specc.tune.ledger import Ledger
from specc.tune.study import search
from tests.tune.quick import SPEC, program

SPACE = {"params.units": {"int": [4, 32]}}


class Folded:
    """An engine that trains nothing: the loss says which fold and which repeat it was."""

    name = "folded"

    def __init__(self, dies_after: int | None = None) -> None:
        self.trained: list[tuple[int, Slot]] = []
        self.splits: list[Any] = []
        self.dies_after = dies_after

    def why_not(self, trial: Trial) -> str | None:
        return None

    def group_key(self, trial: Trial) -> str:
        return ""

    def run(self, source: Source) -> None:
        while (trial := source.next()) is not None:
            if self.dies_after == len(self.trained):
                raise KeyboardInterrupt
            self.trained.append((trial.number, trial.slot))
            assert trial.program.data is not None and trial.slot.fold is not None
            self.splits.append(trial.program.data.split)
            value = float(10 * trial.number + trial.slot.fold + trial.slot.repeat / 2)
            assert source.report(trial.id, 1, {"val_loss": value})
            write = _write(f"{trial.number} {trial.slot}")
            source.done(trial.id, Result({"val_loss": value}, write, 0.1))


def _write(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def test_the_value_is_the_mean_over_folds_and_repeats(tmp_path: Path) -> None:
    """The deviation is kept; the model is the first fold's; of others than the best none is left."""
    engine = Folded()
    made = program(SPACE, folds=3, repeats=2, trials=5, keep=2)
    study = search(made, studies=tmp_path, engine=engine, progress="none")
    slots = [Slot(r, f) for r in (0, 1) for f in (1, 2, 3)]
    assert engine.trained == [(n, s) for n in range(5) for s in slots]
    assert all((s.folds, s.validation) == (3, 0) for s in engine.splits)
    values = [f + r / 2 for r in (0, 1) for f in (1, 2, 3)]
    assert study.trials[0].value == pytest.approx(statistics.mean(values))
    assert study.trials[0].deviation == pytest.approx(statistics.stdev(values))
    assert sorted(p.name for p in (study.path / "models").iterdir()) == ["0.keras", "1.keras"]
    assert study.best_model.read_text() == f"0 {Slot(0, 1)}"
    assert "folds" not in study.best_spec.read_text()


def test_a_study_goes_on_with_the_folds_that_are_left(tmp_path: Path) -> None:
    """None of those that came to their ends is trained again."""
    made = program(SPACE, folds=3, trials=2)
    whole = search(made, studies=tmp_path / "whole", engine=Folded(), progress="none")
    with pytest.raises(KeyboardInterrupt):
        search(made, studies=tmp_path / "cut", engine=Folded(4), progress="none")
    rest = Folded()
    cut = search(made, studies=tmp_path / "cut", engine=rest, resume=True, progress="none")
    assert rest.trained == [(1, Slot(0, 2)), (1, Slot(0, 3))]
    assert cut.trials == whole.trials


def test_the_model_of_a_first_fold_outlives_a_kill(tmp_path: Path) -> None:
    """The fold is not trained again, so that no other model could stand in its place."""
    made = program(SPACE, folds=3, trials=1)
    with pytest.raises(KeyboardInterrupt):
        search(made, studies=tmp_path, engine=Folded(1), progress="none")
    study = search(made, studies=tmp_path, engine=Folded(), resume=True, progress="none")
    assert study.best_model.read_text() == f"0 {Slot(0, 1)}"


def test_no_model_of_another_best_stays(tmp_path: Path) -> None:
    """A better one came whose engine gives no model."""

    class Without(Folded):
        def run(self, source: Source) -> None:
            while (trial := source.next()) is not None:
                source.done(trial.id, Result({"val_loss": -1.0}, None, 0.1))

    made = program(SPACE, folds=2)
    study = search(made, studies=tmp_path, engine=Folded(), trials=1, progress="none")
    assert study.best_model.is_file()
    again = search(made, studies=tmp_path, engine=Without(), trials=2, resume=True, progress="none")
    assert again.best is not None
    assert again.best.number == 1
    assert not again.best_model.exists()


PRUNED: dict[str, Any] = {"folds": 3, "trials": 8, "pruner": "median"}
"""Each configuration is worse than those before; the pruner looks on at the first five."""


def test_a_pruner_hears_the_running_mean_after_each_training(tmp_path: Path) -> None:
    """So that a configuration which is worse on its first fold is not trained on the others."""
    engine = Folded()
    study = search(program(SPACE, **PRUNED), studies=tmp_path, engine=engine, progress="none")
    every = [(n, Slot(0, f)) for n in range(5) for f in (1, 2, 3)]
    assert engine.trained == [*every, *((n, Slot(0, 1)) for n in (5, 6, 7))]
    assert [t.state for t in study.trials] == ["done"] * 5 + ["pruned"] * 3


@pytest.mark.parametrize("pruner", ["median", "successive_halving", "hyperband"])
@pytest.mark.parametrize("after", [4, 13, 14])
def test_a_pruner_of_means_goes_on_where_it_was(tmp_path: Path, pruner: str, after: int) -> None:
    """After a kill it hears all again, and prunes what it would have pruned."""
    made = program(SPACE, **PRUNED | {"pruner": pruner, "trials": 12, "sampler": "tpe"})
    whole, first, rest = Folded(), Folded(after), Folded()
    found = search(made, studies=tmp_path / "whole", engine=whole, progress="none")
    with pytest.raises(KeyboardInterrupt):
        search(made, studies=tmp_path / "cut", engine=first, progress="none")
    cut = search(made, studies=tmp_path / "cut", engine=rest, resume=True, progress="none")
    assert first.trained + rest.trained == whole.trained
    assert cut.trials == found.trials
    assert any(t.state == "pruned" for t in cut.trials)


class Together(Folded):
    """All three of a configuration's trainings at once; the last comes to its end first."""

    fails: tuple[int, ...] = ()

    def run(self, source: Source) -> None:
        while (first := source.next()) is not None:
            trials = [first, *(t for _ in (2, 3) if (t := source.next()) is not None)]
            for trial in (trials[-1], *trials[:-1]):
                self.trained.append((trial.number, trial.slot))
                assert trial.slot.fold is not None
                value = float(10 * trial.number + trial.slot.fold)
                if trial.slot.fold in self.fails:
                    source.failed(trial.id, "as it was to")
                elif source.report(trial.id, 1, {"val_loss": value}):
                    source.done(trial.id, Result({"val_loss": value}, None, 0.1))


def test_means_are_heard_in_the_order_of_trainings(tmp_path: Path) -> None:
    """Whichever came to its end first: nothing is said of the third before the first is over."""
    engine = Together()
    study = search(program(SPACE, **PRUNED), studies=tmp_path, engine=engine, progress="none")
    assert [t.state for t in study.trials] == ["done"] * 5 + ["pruned"] * 3
    with Ledger(study.path / "ledger.sqlite") as ledger:
        assert [state for _, state, _ in ledger.trials(4)] == ["done"] * 3
        assert [state for _, state, _ in ledger.trials(5)] == ["done", "pruned", "done"]


def test_a_training_whose_configuration_has_ended_is_stopped(tmp_path: Path) -> None:
    """One fold failed while others were under way: they are told at their next epoch."""
    engine = Together()
    engine.fails = (3,)
    made = program(SPACE, folds=3, trials=2)
    study = search(made, studies=tmp_path, engine=engine, progress="none")
    assert [t.state for t in study.trials] == ["failed", "failed"]
    with Ledger(study.path / "ledger.sqlite") as ledger:
        assert [state for _, state, _ in ledger.trials(0)] == ["pruned", "pruned", "failed"]


@pytest.mark.keras
def test_slots_train_folds_as_plain_training_does(tmp_path: Path) -> None:
    """Both folds of a configuration, alone by `process` and in the slots of one program."""
    spec: dict[str, Any] = json.loads(json.dumps(SPEC))
    spec["train"] = {"optimizer": "adam", "epochs": 3, "backend": "jax"}
    spec["tune"] = {"objective": "val_loss", "space": SPACE, "folds": 2, "trials": 1}
    made = passes(spec, settings=Settings()).proven
    found: list[list[float]] = []
    for engine in ("process", "slots"):
        study = search(made, studies=tmp_path, engine=engine, progress="none")
        assert study.engines == {engine: 2}
        with Ledger(study.path / "ledger.sqlite") as ledger:
            found.append([logs["val_loss"] for _, _, logs in ledger.trials(0) if logs])
    assert found[0] == pytest.approx(found[1], abs=1e-5)
    assert len(set(found[0])) == 2
