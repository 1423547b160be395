"""The small commands: explain, layers, new, summary, compile and draw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specc.diagnostics.codes import CODES

from .commands import GOOD, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good spec, which the commands are started in."""
    (tmp_path / "good.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_explained(code: str) -> None:
    """In either case, with a wrong and a right example."""
    done = run("explain", code.lower())
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{CODES[code].severity}[{code}]: ")
    assert "Wrong:" in done.stdout
    assert "Right:" in done.stdout


def test_explain_lists_the_codes() -> None:
    """Each with its title, in order."""
    lines = run("explain").stdout.splitlines()
    assert [line[:4] for line in lines] == sorted(CODES)


def test_an_unknown_code_is_wrong_usage() -> None:
    """With the nearest one as a hint."""
    done = run("explain", "S50")
    assert done.exit_code == 2
    assert "Did you mean S5" in done.stderr


def test_layers_describes_one_or_lists_all() -> None:
    """What the catalogue knows."""
    assert "Conv2D" in run("layers").stdout
    assert "filters" in run("layers", "Conv2D").stdout
    done = run("layers", "Conv2")
    assert done.exit_code == 2
    assert "Conv2D" in done.stderr


def test_new_writes_a_spec_that_checks(folder: Path) -> None:
    """Under the name that was given, and never over a file that is there."""
    assert run("new", "my-net").exit_code == 0
    assert run("check", "my-net.yaml").exit_code == 0
    before = (folder / "my-net.yaml").read_text()
    assert "my-net" in before
    again = run("new", "my-net.yaml")
    assert again.exit_code == 1
    assert (folder / "my-net.yaml").read_text() == before


@pytest.mark.parametrize("name", ["../x", "X", "a/b", "", "a\n", "1a"])
def test_new_writes_nothing_outside_the_folder(folder: Path, name: str) -> None:
    """A name is the name of a spec."""
    assert run("new", name).exit_code == 2
    assert [p.name for p in folder.iterdir()] == ["good.yaml"]


def test_summary_prints_a_table() -> None:
    """Shapes and parameters, to standard output."""
    done = run("summary", "good.yaml")
    assert done.exit_code == 0
    assert "(batch, 2)" in done.stdout
    assert "parameters  10" in done.stdout


def test_compile_writes_json(folder: Path) -> None:
    """The program, whole, and the path on standard output."""
    done = run("compile", "good.yaml", "-o", "out.json", "--set", "graph.y.0.units=3")
    assert (done.exit_code, done.stdout) == (0, "out.json\n")
    assert json.loads((folder / "out.json").read_text())["parameters"] == 15


@pytest.mark.parametrize("output", ["out.txt", "out", "out.yaml"])
def test_compile_knows_the_ending_or_refuses(folder: Path, output: str) -> None:
    """Before it compiles anything."""
    assert run("compile", "good.yaml", "-o", output).exit_code == 2
    assert not (folder / output).exists()


@pytest.mark.parametrize("words", [["compile", "good.yaml", "-o"], ["draw", "good.yaml", "-o"]])
def test_a_folder_that_is_not_there_is_a_plain_error(words: list[str]) -> None:
    """No traceback, and a status that scripts see."""
    ending = ".json" if words[0] == "compile" else ".dot"
    done = run(*words, f"missing/out{ending}")
    assert done.exit_code == 1
    assert "missing/out" in done.stderr


def test_draw_writes_a_diagram(folder: Path) -> None:
    """In the format of the ending."""
    assert run("draw", "good.yaml", "-o", "out.dot").exit_code == 0
    assert "digraph" in (folder / "out.dot").read_text()
