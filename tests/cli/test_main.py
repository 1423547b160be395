"""The command as a whole: exit statuses, streams, and what no input may do to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from specc.cli.main import COMMANDS

from .commands import BAD, GOOD, MAIN, ROOT, run, specc


def test_help_lists_every_command() -> None:
    """With a line for each, and no command's module is needed for it."""
    text = run("--help").output
    for name in COMMANDS:
        assert f"  {name} " in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    """`specc check --help` and the like."""
    done = run(name, "--help")
    assert done.exit_code == 0
    assert "Usage: specc" in done.output


def test_a_misspelt_command_has_a_hint(tmp_path: Path) -> None:
    """And wrong usage is exit status 2."""
    done = specc("chekc", "x.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "Did you mean 'check'?" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["check", "--format", "xml", "a"], ["check", "--set", "a", "b"], ["-x"]],
)
def test_wrong_usage_is_status_2(arguments: list[str], tmp_path: Path) -> None:
    """It says what is wrong on standard error, and nothing on standard output."""
    done = specc(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_stops_a_command_on_standard_error(tmp_path: Path) -> None:
    """Diagnostics are the result of `check` only; elsewhere they are no output."""
    (tmp_path / "bad.yaml").write_text(BAD)
    for words in (["summary"], ["compile", "-o", "x.json"], ["draw", "-o", "x.dot"]):
        done = specc(words[0], "bad.yaml", *words[1:], folder=tmp_path)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "error[S505]" in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.yaml"], "nothing is written"


def test_ctrl_c_is_status_130(tmp_path: Path) -> None:
    """And no traceback."""
    code = "import time, specc.pipeline; specc.pipeline.passes = lambda *a, **k: time.sleep(60)\n"
    child = subprocess.Popen(
        [sys.executable, "-c", code + "print(flush=True)\n" + MAIN, "check", "x.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, stderr = child.communicate(timeout=30)
    assert child.returncode == 130
    assert "Traceback" not in stderr


def test_a_reader_that_goes_away_is_no_fault_of_ours(tmp_path: Path) -> None:
    """`specc explain | head -1` is quiet."""
    done = subprocess.run(
        f'{sys.executable} -c "{MAIN}" explain | head -1',
        shell=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("S101")
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_a_full_disk_behind_standard_output_says_so(tmp_path: Path) -> None:
    """With the status of a run that failed, and no traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", MAIN, "explain", "S101"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 3
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_any_terminal_can_be_written_to(tmp_path: Path) -> None:
    """What its encoding cannot write is escaped."""
    (tmp_path / "bad.yaml").write_text(GOOD.replace("units: 2", "einheiten_日本: 2"))
    done = specc("check", "bad.yaml", folder=tmp_path, env={"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 1
    assert "einheiten_\\u65e5" in done.stdout
    assert "Traceback" not in done.stderr
