"""`specc runs` lists and compares, as a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from .commands import run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Three runs, one of which has names that mean harm."""
    for number, rate, accuracy in ((1, 0.1, 0.5), (2, 0.2, 0.75), (3, 0.3, -1)):
        folder = tmp_path / "digits" / str(number)
        folder.mkdir(parents=True)
        lock = {"started": f"2026-01-0{number}T00:00:00", "values": {"params": {"rate": rate}}}
        (folder / "lock.json").write_text(json.dumps(lock))
        metrics = {"test": {"accuracy": accuracy}, "finished": True, "epochs": 3, "seconds": 3723.4}
        (folder / "metrics.json").write_text(json.dumps(metrics))
    odd = tmp_path / "[red]odd" / "1"
    odd.mkdir(parents=True)
    (odd / "lock.json").write_text(json.dumps({"values": {"params": {"x": "=1+\x1b[31m"}}}))
    return tmp_path


def test_the_table_has_a_line_a_run(runs: Path) -> None:
    """With what differs; nothing in a file is markup or moves the cursor."""
    done = run("runs", runs)
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    assert "[red]odd/1" in done.stdout
    (line,) = [x for x in done.stdout.splitlines() if x.startswith("digits/2")]
    assert line.split()[1:] == [
        "2026-01-02", "00:00", "finished", "3", "1:02:03", "0.75", "rate=0.2",
    ]  # fmt: skip


def test_runs_are_sorted_and_chosen(runs: Path) -> None:
    """By metric, name and number."""
    shown = run("runs", runs, "--name", "dig*", "--sort", "accuracy", "--last", "2")
    assert [x.split()[0] for x in shown.stdout.splitlines()[2:]] == ["digits/2", "digits/1"]
    assert "1 more" in shown.stderr


def test_json_holds_everything(runs: Path) -> None:
    """As plain values."""
    found = json.loads(run("runs", runs, "--format", "json", "--name", "digits").stdout)
    assert [f["differs"] for f in found] == [{"params.rate": r} for r in ("0.1", "0.2", "0.3")]
    assert found[1]["metrics"] == {"test accuracy": 0.75}


def test_csv_has_a_column_for_everything_and_no_formula(runs: Path) -> None:
    """A number below 0 is one."""
    (runs / "=x").mkdir()
    (runs / "digits" / "3").rename(runs / "=x" / "3")
    rows = list(csv.DictReader(io.StringIO(run("runs", runs, "--format", "csv").stdout)))
    assert [r["name"] for r in rows] == ["[red]odd", "digits", "digits", "'=x"]
    assert [r["test accuracy"] for r in rows] == ["", "0.5", "0.75", "-1.0"]


def test_no_runs_and_no_folder(tmp_path: Path) -> None:
    """The one is said, the other wrong."""
    assert run("runs", tmp_path).exit_code == 0
    assert "no runs" in run("runs", tmp_path).stderr
    assert run("runs", tmp_path / "none").exit_code == 1
