"""`specc check`: reports on standard output, in five formats, and a status for scripts."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .commands import BAD, GOOD, ODD, run, specc


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good, a bad and an odd spec, which the command is started in."""
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "odd.yaml").write_text(ODD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["good.yaml"], 0),
        (["odd.yaml"], 0),
        (["bad.yaml"], 1),
        (["good.yaml", "bad.yaml"], 1),
        (["bad.yaml", "good.yaml"], 1),
        (["missing.yaml"], 1),
        (["."], 1),
    ],
)
@pytest.mark.parametrize("style", ["full", "concise", "json", "github", "sarif"])
def test_the_status_tells_whether_there_is_an_error(
    folder: Path, names: list[str], status: int, style: str
) -> None:
    """In every format; warnings do not count."""
    done = run("check", "--format", style, *names)
    assert done.exit_code == status, done.output
    assert done.stderr == ""


def test_a_spec_without_faults_says_what_it_gives(folder: Path) -> None:
    """Its parameters and outputs, unless `--quiet` asks for silence."""
    assert run("check", "good.yaml").stdout == (
        "good.yaml: ok, 10 parameters, gives y (batch, 2)\n"
    )
    assert run("check", "-q", "good.yaml").stdout == ""
    assert "warning[W404]" in run("check", "-q", "odd.yaml").stdout


def test_json_is_one_list_over_all_files(folder: Path) -> None:
    """An empty one where there is nothing."""
    found = json.loads(run("check", "--format", "json", "bad.yaml", "odd.yaml", "good.yaml").stdout)
    assert [(o["file"], o["code"]) for o in found] == [("bad.yaml", "S505"), ("odd.yaml", "W404")]
    assert json.loads(run("check", "--format", "json", "good.yaml").stdout) == []


def test_sarif_is_one_log(folder: Path) -> None:
    """For a code-scanning service."""
    log = json.loads(run("check", "--format", "sarif", "bad.yaml", "odd.yaml").stdout)
    assert [r["ruleId"] for r in log["runs"][0]["results"]] == ["S505", "W404"]


def test_concise_and_github_are_a_line_a_fault(folder: Path) -> None:
    """And nothing else: no line for what is well."""
    assert run("check", "--format", "concise", "bad.yaml", "good.yaml").stdout == (
        "bad.yaml:3:40: error[S505] Dense has no argument `unit`\n"
    )
    github = run("check", "--format", "github", "bad.yaml", "good.yaml").stdout
    assert github.startswith("::error file=bad.yaml,line=3,col=40,")
    assert github.count("\n") == 1


def test_values_can_be_set(folder: Path) -> None:
    """`--set` works wherever a spec does, and its faults are faults."""
    done = run("check", "--set", "graph.y.0.units=7", "good.yaml")
    assert "35 parameters" in done.stdout
    assert "W405" in done.stdout
    assert run("check", "--set", "graph.z.units=7", "good.yaml").exit_code == 1
    assert run("check", "--set", "units", "good.yaml").exit_code == 2
    assert run("check", "--set", "=3", "good.yaml").exit_code == 2


def test_another_folder_can_be_allowed(folder: Path) -> None:
    """Without it the base is out of reach."""
    (folder / "below").mkdir()
    (folder / "below" / "over.yaml").write_text("specc: 1\nextends: ../good.yaml\n")
    assert "S115" in run("check", "below/over.yaml").stdout
    assert run("check", "--allow", ".", "below/over.yaml").exit_code == 0


def test_json_specs_are_read_too(folder: Path) -> None:
    """By JSON's rules."""
    spec = {"specc": 1, "inputs": {"x": {"shape": [4]}}, "graph": {"y": {"from": "x"}}}
    (folder / "spec.json").write_text(json.dumps({**spec, "outputs": ["y"]}))
    assert run("check", "spec.json").exit_code == 0


@pytest.mark.parametrize(
    ("env", "colored"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colour_heeds_the_environment(folder: Path, env: dict[str, str], colored: bool) -> None:
    """Off where the output is no terminal; `NO_COLOR` and `FORCE_COLOR` as agreed on the web."""
    done = specc("check", "bad.yaml", folder=folder, env=env)
    assert ("\x1b[" in done.stdout) is colored
    as_json = specc("check", "--format", "json", "bad.yaml", folder=folder, env=env)
    assert "\x1b" not in as_json.stdout


@pytest.mark.parametrize(
    "name",
    ["a\n::error::x.yaml", "\x1b[31m.yaml", "a,line=1::b.yaml", "日本.yaml", "a b.yaml", "-x.yaml"],
)
@pytest.mark.parametrize("style", ["full", "concise", "json", "github", "sarif"])
def test_a_file_may_have_any_name(folder: Path, name: str, style: str) -> None:
    """It is printed so that it gives no terminal and no service a command."""
    (folder / name).write_text(BAD)
    (folder / ("ok" + name)).write_text(GOOD)
    done = run("check", "--format", style, "--", name, "ok" + name)
    assert done.exit_code == 1
    assert "\x1b" not in done.stdout
    assert not any(line.startswith("::error::") for line in done.stdout.splitlines())


def test_a_file_name_need_not_be_text(folder: Path) -> None:
    """Linux takes any bytes."""
    name = os.fsencode(folder) + b"/\xff\xfe.yaml"
    with open(name, "w") as file:  # noqa: PTH123  # a path of bytes
        file.write(BAD)
    for style in ("full", "concise", "json", "github", "sarif"):
        done = specc("check", "--format", style, os.fsdecode(b"\xff\xfe.yaml"), folder=folder)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
