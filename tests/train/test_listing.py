"""Runs are listed by their small files, whatever these hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from specc.train.listing import listed, measured_as, ranked


def write(folder: Path, lock: Any, metrics: Any = None) -> None:
    folder.mkdir(parents=True)
    for name, value in (("lock.json", lock), ("metrics.json", metrics)):
        if value is not None:
            text = value if isinstance(value, str) else json.dumps(value)
            (folder / name).write_text(text)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Three runs of one name, one of another, and what is none."""

    def lock(rate: float, when: int) -> dict[str, Any]:
        values = {
            "params": {"rate": rate, "widths": [1, 2]},
            "train": {"optimizer": {"Adam": {"learning_rate": rate}}, "epochs": 2},
        }
        started = f"2026-01-0{when}T10:20:30+00:00"
        return {"values": values, "started": started, "parameters": 5, "program": "ab" * 32}

    done = {"test": {"accuracy": 0.5, "loss": 1.0}, "epochs": 2, "seconds": 1.5, "finished": True}
    write(tmp_path / "a" / "1", lock(0.1, 3), done)
    write(tmp_path / "a" / "2", lock(0.2, 1), {"validation": {"accuracy": 0.9}, "finished": False})
    write(tmp_path / "a" / "10", {**lock(0.1, 2), "values": {"params": {}}})
    write(tmp_path / "b" / "1", "{", "[1]")
    (tmp_path / "c").mkdir()
    (tmp_path / "file").write_text("")
    return tmp_path


def test_they_come_in_the_order_in_which_they_were_begun(runs: Path) -> None:
    """How each ended is told; what cannot be read is not known."""
    found = listed(runs)
    assert [(r.name, r.number, r.state) for r in found] == [
        ("b", "1", "stopped"), ("a", "2", "interrupted"), ("a", "10", "stopped"), ("a", "1", "finished"),
    ]  # fmt: skip
    last = found[-1]
    assert (last.epochs, last.seconds, last.parameters) == (2, 1.5, 5)
    assert last.metrics == {"test loss": 1.0, "test accuracy": 0.5}
    assert last.begun == "2026-01-03 10:20"
    assert found[0].metrics == {}


def test_what_differs_among_the_runs_of_a_name_is_told_by_its_path(runs: Path) -> None:
    """By the path that `--set` takes; what all have in common is not."""
    by_number = {r.number: r for r in listed(runs / "a")}
    assert by_number["2"].differs == {
        "params.rate": "0.2", "params.widths": "[1, 2]",
        "train.optimizer.Adam.learning_rate": "0.2", "train.epochs": "2",
    }  # fmt: skip
    assert set(by_number["10"].differs.values()) == {None}


def test_another_graph_is_told_where_no_value_differs(tmp_path: Path) -> None:
    """By the beginning of the program's hash."""
    for i in (1, 2):
        write(tmp_path / "a" / str(i), {"program": f"{i}" * 64})
    assert [r.differs for r in listed(tmp_path)] == [
        {"program": "11111111"}, {"program": "22222222"},
    ]  # fmt: skip


def test_ranking_puts_the_best_first_and_what_has_none_last(runs: Path) -> None:
    """With the part's name or without."""
    assert [r.number for r in ranked(listed(runs / "a"), "accuracy")] == ["2", "1", "10"]
    assert [r.number for r in ranked(listed(runs / "a"), "test loss")] == ["1", "2", "10"]
    assert measured_as(listed(runs / "a")[-1], "accuracy") == 0.5
    assert measured_as(listed(runs / "a")[-1], "f1") is None


def test_one_run_is_a_folder_too(runs: Path) -> None:
    """And a link out of the folder is not followed."""
    assert [r.number for r in listed(runs / "a" / "1")] == ["1"]
    (runs / "c" / "1").symlink_to(runs / "a" / "1")
    assert [r.name for r in listed(runs / "c")] == []


def test_a_run_whose_lock_is_held_is_running(tmp_path: Path) -> None:
    """As `filelock` holds it; when it is let go the run is not."""
    from filelock import FileLock

    write(tmp_path / "a" / "1", {})
    (tmp_path / "a" / "1" / "checkpoints").mkdir()
    with FileLock(tmp_path / "a" / "1" / "checkpoints" / "writer.lock"):
        assert [r.state for r in listed(tmp_path)] == ["running"]
    assert [r.state for r in listed(tmp_path)] == ["stopped"]
