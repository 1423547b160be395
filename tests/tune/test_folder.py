"""A study is read from its folder: trials as a table, the best as a program, and when it began."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specc
from specc.tune.folder import NotAStudy
from specc.tune.study import search
from tests.tune.quick import Quick, program


def test_a_study_is_the_same_when_it_is_opened_again(tmp_path: Path) -> None:
    """A row of the table for each trial, with what was not drawn missing."""
    made = search(program(trials=12), studies=tmp_path, engine=Quick(), progress="none")
    study = specc.open_study(made.path)
    assert study.trials == made.trials
    assert study.best == made.best
    table: Any = study.table()
    assert list(table.columns[:3]) == ["number", "state", "val_loss"]
    assert list(table["number"]) == list(range(12))
    sgd = table["train.optimizer"] != "adam"
    assert (table["train.optimizer.SGD.nesterov"].notna() == sgd).all()
    assert study.best is not None
    assert table["val_loss"].min() == study.best.value
    assert study.about()["specc"] == specc.__version__
    assert "12 trials, best 0." in repr(study)


def test_the_best_program_is_that_of_the_best_values(tmp_path: Path) -> None:
    """Made by the one that searched, and by one that opens the folder."""
    made = search(program(trials=5), studies=tmp_path, engine=Quick(), progress="none")
    assert made.best is not None
    for study in (made, specc.open_study(made.path)):
        layer = study.best_program.layers[0]
        assert layer.arguments["units"] == made.best.values["params.units"]
        assert study.best_program.tune is None


def test_what_is_no_study_is_told(tmp_path: Path) -> None:
    """A folder, no folder, a study whose spec is gone, and one in which nothing has ended."""
    with pytest.raises(NotAStudy, match="is no study"):
        specc.open_study(tmp_path)
    with pytest.raises(NotAStudy, match="is no folder"):
        specc.open_study(tmp_path / "none")
    made = search(program(trials=1), studies=tmp_path, engine=Quick(refuses=0), progress="none")
    with pytest.raises(NotAStudy, match="no best program"):
        specc.open_study(made.path).best_program  # noqa: B018
    (made.path / "ledger.sqlite").write_text("no database, whatever it says " * 99)
    with pytest.raises(NotAStudy, match="it is damaged, or of another specc"):
        specc.open_study(made.path).trials  # noqa: B018
    (made.path / "spec.yaml").unlink()
    with pytest.raises(NotAStudy, match="does not exist"):
        specc.open_study(made.path)
