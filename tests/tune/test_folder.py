"""A study is read from its folder: trials as a table, the best as a program, and when it began."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.tune.driver import Report
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


def test_to_read_a_study_writes_nothing(tmp_path: Path) -> None:
    """Neither into a ledger that is at rest, nor into a database that is none."""
    made = search(program(trials=2), studies=tmp_path, engine=Quick(), progress="none")
    before = {p: p.read_bytes() for p in made.path.iterdir() if p.is_file()}
    study = specc.open_study(made.path)
    assert (len(study.trials), sum(study.engines.values())) == (2, 2)
    assert before == {p: p.read_bytes() for p in made.path.iterdir() if p.is_file()}
    other = made.path / "ledger.sqlite"
    other.unlink()
    with closing(sqlite3.connect(other)) as database:
        database.execute("create table a (b)")
    held = other.read_bytes()
    with pytest.raises(NotAStudy, match="no such table"):
        specc.open_study(made.path).trials  # noqa: B018
    assert other.read_bytes() == held


def test_a_study_is_read_while_it_is_driven(tmp_path: Path) -> None:
    """What is committed is seen."""
    seen: list[int] = []

    def look(report: Report) -> None:
        if report.epoch == 1:
            (study,) = (specc.open_study(p) for p in (tmp_path / "small").iterdir())
            seen.append(sum(t.state == "done" for t in study.trials))

    made = program(trials=3)
    search(made, studies=tmp_path, engine=Quick(), on_report=look, progress="none")
    assert seen == [0, 1, 2]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "<b>"),
        ("value", "much"),
        ("values", "[]"),
        ("values", "{"),
        ("values", '{"params.width": 8}'),
        ("values", '{"params.units": "8"}'),
        ("values", '{"train.optimizer": "ftrl"}'),
    ],
)
def test_a_ledger_that_somebody_else_wrote_is_told(tmp_path: Path, column: str, value: str) -> None:
    """A row that no study has is an error that names the file."""
    made = search(program(trials=2), studies=tmp_path, engine=Quick(), progress="none")
    with closing(sqlite3.connect(made.path / "ledger.sqlite")) as database, database:
        database.execute(f'update configuration set "{column}" = ? where number = 1', (value,))
    with pytest.raises(NotAStudy, match=r"ledger\.sqlite (cannot be read|is of another space)"):
        specc.open_study(made.path).trials  # noqa: B018


@pytest.mark.parametrize("name", ["spec.yaml", "ledger.sqlite", "ledger.sqlite-wal"])
def test_a_link_in_a_study_is_not_followed(tmp_path: Path, name: str) -> None:
    """A folder that somebody else has made leads nowhere."""
    study = search(program(trials=1), studies=tmp_path, engine=Quick(), progress="none")
    path = study.path / name
    target = tmp_path / name
    if path.exists():
        path.rename(target)
    else:
        target.write_text("")
    path.symlink_to(target)
    with pytest.raises(NotAStudy, match=f"`{name}` is a link, which is not followed"):
        specc.open_study(study.path)
