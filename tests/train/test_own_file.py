"""A folder that somebody else has made is read from its own files alone, and as far as they go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from specc.cli.main import group
from specc.document import files
from specc.pipeline import open_run
from specc.train.folds import fold_folders
from specc.train.listing import listed_run
from specc.train.own_file import NotOwn, own_json
from specc.train.run import NotARun

WRITTEN = {"metrics.json": '{"test": {"loss": 0.5}}', "lock.json": '{"backend": "tensorflow"}'}
READ = {
    "lock.json": lambda run: run.lock,
    "metrics.json": lambda run: run.metrics,
    "data.json": lambda run: run.plan,
    "history.csv": lambda run: run.history,
    "resolved.yaml": lambda run: run.program,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run's folder with what little is read of it."""
    made = tmp_path / "runs" / "flowers" / "1"
    made.mkdir(parents=True)
    for name, text in WRITTEN.items():
        (made / name).write_text(text)
    return made


@pytest.mark.parametrize("name", READ)
def test_a_link_is_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    """What it leads to is neither read nor shown."""
    secret = tmp_path / "secret"
    secret.write_text('{"password": "hunter2"}')
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(secret)
    with pytest.raises(NotARun, match=f"`{name}` is a link, which is not followed") as caught:
        READ[name](open_run(folder))
    assert "hunter2" not in str(caught.value)
    assert not listed_run(folder).metrics or name != "metrics.json"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    """Nor is a device read for ever."""
    (folder / "metrics.json").unlink()
    os.mkfifo(folder / "metrics.json")
    with pytest.raises(NotARun, match="is no regular file"):
        _ = open_run(folder).metrics
    assert listed_run(folder).metrics == {}


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("evaluate", "lock.json"),
        ("report", "lock.json"),
        ("predict", "data.json"),
        ("generate", "data.json"),
    ],
)
def test_a_command_says_it_with_status_1(
    folder: Path, tmp_path: Path, command: str, name: str
) -> None:
    """And writes nothing; `runs` lists what it can read."""
    (folder / name).unlink(missing_ok=True)
    (tmp_path / name).write_text("{}")
    (folder / name).symlink_to(tmp_path / name)
    table = tmp_path / "new.csv"
    table.write_text("a\n1\n")
    before = sorted(tmp_path.rglob("*"))
    done = CliRunner().invoke(
        group, [command, str(folder), *([str(table)] if command == "predict" else [])]
    )
    assert done.exit_code == 1, done.output
    assert f"`{name}` is a link" in done.output
    assert sorted(tmp_path.rglob("*")) == before
    done = CliRunner().invoke(group, ["runs", str(folder)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "is no JSON"),
        ("[1]", "is no object of JSON"),
        ('{"a": ' + "1" * 10_000 + "}", "is no JSON"),
        ("{", "is no JSON"),
    ],
    ids=["deep", "a list", "a long number", "no JSON"],
)
def test_what_is_no_object_is_told(tmp_path: Path, text: str, said: str) -> None:
    """Whatever the reader of JSON raises."""
    path = tmp_path / "lock.json"
    path.write_text(text)
    with pytest.raises(NotOwn, match=said):
        own_json(path)


def test_what_is_too_long_is_not_read(folder: Path) -> None:
    """The bound is the one that a spec has."""
    with (folder / "metrics.json").open("r+b") as file:
        file.truncate(files.BYTES + 1)
    with pytest.raises(NotARun, match="longer than 64 MiB"):
        _ = open_run(folder).metrics


@pytest.mark.parametrize("text", ["", "epoch,loss\n1\n", "epoch,loss\n1,much\n"])
def test_a_history_that_is_none_is_told(folder: Path, text: str) -> None:
    (folder / "history.csv").write_text(text)
    with pytest.raises(NotARun, match="is not what a run writes"):
        _ = open_run(folder).history


def test_a_fold_that_is_elsewhere_is_none(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock.json").write_text("{}")
    (folder / "fold-1").symlink_to(elsewhere)
    assert fold_folders(folder) == []
