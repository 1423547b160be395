"""Runs `specc` as a user does, in a process of its own or, for speed, in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from specc.cli.main import group

ROOT = Path(__file__).resolve().parent.parent.parent
MAIN = "import sys; from specc.cli import main; sys.argv[0] = 'specc'; main()"

GOOD = """\
specc: 1
inputs: {x: {shape: [4]}}
graph: {y: {from: x, layers: [{Dense: {units: 2}}]}}
outputs: [y]
"""
BAD = GOOD.replace("units", "unit")
ODD = GOOD + "params: {rate: 1}\n"
"""A spec with a warning."""


def specc(
    *arguments: str | Path, folder: Path, env: dict[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, started in a folder."""
    return subprocess.run(
        [sys.executable, "-c", MAIN, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        input=stdin,
    )


def run(*arguments: str | Path) -> Result:
    """The command in this process."""
    return CliRunner().invoke(group, [str(a) for a in arguments], prog_name="specc")
