"""A study's folder on the command line: shown, listed, exported, and taken for no run."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from specc.tune.making import sole_driver
from specc.tune.study import search
from tests.tune.quick import Quick, program

from .commands import run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("studies")
    prepared = program(trials=20, pruner="median")
    return search(prepared, studies=folder, engine=Quick(), progress="none")


def test_the_best_the_importances_and_the_engines_are_shown(made: Any) -> None:
    """A line for each of the best ten, the best first."""
    done = run("study", "show", made.path)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{made.path}  ")
    assert "20 trainings by quick" in lines[0]
    assert lines[1].split()[:3] == ["trial", "val_loss", "params.units"]
    best = made.ranked[:10]
    assert [x.split()[0] for x in lines[3 : 3 + len(best)]] == [f"#{t.number}" for t in best]
    assert lines[3].split()[2] == str(made.best.values["params.units"])
    if made.importances():
        assert lines[3 + len(best)] == "importance"
        assert lines[4 + len(best)].startswith("params.units ")


def test_the_page_of_a_study_is_made_by_report(made: Any, tmp_path: Path) -> None:
    """In its folder, or where it is said."""
    done = run("report", made.path)
    assert done.stdout.strip() == str(made.path / "study.html")
    done = run("report", made.path, "-o", tmp_path / "page.html")
    assert done.stdout.strip() == str(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text().startswith("<!DOCTYPE html>")


def test_an_export_says_how_to_open_it(made: Any, tmp_path: Path) -> None:
    """Beside the study unless said otherwise; a second one wants another name."""
    shutil.copytree(made.path, tmp_path / "small" / "1")
    folder = tmp_path / "small" / "1"
    done = run("study", "export", folder)
    assert done.stdout.strip() == f"sqlite:///{folder}/optuna.db  small/1  20 trials"
    assert done.stderr.strip() == f"optuna-dashboard sqlite:///{folder}/optuna.db"
    again = run("study", "export", folder)
    assert again.exit_code != 0
    assert "another --name" in again.stderr
    assert run("study", "export", folder, "--name", "b").exit_code == 0


def test_an_export_goes_beside_the_study_whatever_its_folder_is_called(
    made: Any, tmp_path: Path
) -> None:
    """`?` and `#` end a path in an address; a link there is not followed."""
    folder = tmp_path / "a?b#c%20d" / "1"
    shutil.copytree(made.path, folder)
    done = run("study", "export", folder)
    if done.exit_code:  # before SQLAlchemy 2.1
        assert "SQLAlchemy has no address" in done.output
    else:
        assert (folder / "optuna.db").stat().st_size > 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a?b#c%20d"]
    linked = tmp_path / "linked" / "1"
    shutil.copytree(made.path, linked)
    (linked / "optuna.db").symlink_to(tmp_path / "elsewhere.db")
    done = run("study", "export", linked)
    assert done.exit_code == 1
    assert "`optuna.db` is a link" in done.output
    assert not (tmp_path / "elsewhere.db").exists()


def test_studies_are_listed(made: Any, tmp_path: Path) -> None:
    """As a table, JSON and CSV; one that is driven is running, one that was cut is stopped."""
    studies = tmp_path / "studies"
    shutil.copytree(made.path, studies / "small" / "1")
    with pytest.raises(KeyboardInterrupt):
        search(program(trials=9), studies=studies, engine=Quick(3), progress="none")
    (studies / "small" / "3").mkdir()
    (studies / "small" / "3" / "ledger.sqlite").write_bytes(b"")  # without a spec
    with sole_driver(studies / "small" / "1"):
        listed = json.loads(run("runs", studies, "--format", "json").stdout)
    assert [s["state"] for s in listed] == ["running", "stopped"]
    table = run("runs", studies).stdout.splitlines()
    assert table[2].split()[:4] == ["small/1", *made.about()["started"][:16].split("T"), "finished"]
    assert f"val_loss {made.best.value:.4f}" in table[2]
    rows = list(csv.DictReader(io.StringIO(run("runs", studies, "--format", "csv").stdout)))
    assert rows[0]["trials"] == "20"
    assert run("runs", studies, "--name", "other*").stderr.strip() == f"no runs in {studies}"


def test_a_list_of_studies_holds_no_formula(made: Any, tmp_path: Path) -> None:
    """Whatever the files of a study say that somebody else has made."""
    folder = tmp_path / "small" / "1"
    shutil.copytree(made.path, folder)
    spec = (folder / "spec.yaml").read_text()
    (folder / "spec.yaml").write_text(spec.replace("objective: val_loss", "objective: '@val_loss'"))
    (folder / "study.json").write_text('{"started": "=1+1"}')
    (row,) = csv.DictReader(io.StringIO(run("runs", tmp_path, "--format", "csv").stdout))
    assert (row["metric"], row["started"]) == ("'@val_loss", "'=1+1")


@pytest.mark.parametrize("command", ["train", "evaluate", "predict", "generate"])
def test_a_study_is_no_run(made: Any, command: str) -> None:
    """It is said what makes one of it."""
    more = ["data.csv"] if command == "predict" else []
    done = run(command, made.path, *more)
    assert done.exit_code != 0
    said = done.output
    assert f"is a study, and no run: `specc train {made.path / 'best.yaml'}`" in said


def test_the_folder_above_names_the_last_study(made: Any) -> None:
    """As one does who leaves out the number."""
    done = run("study", "show", made.path.parent)
    assert f"is no study: try {made.path}" in done.stderr
