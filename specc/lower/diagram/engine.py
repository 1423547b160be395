"""Runs Graphviz in a child process: `dot` where it is installed, else pygraphviz's own engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from specc.lower.diagram import fonts
from specc.lower.diagram.errors import EngineError

SECONDS = 60.0
"""How long a layout may take."""


def rendered(source: str, form: str, *, seconds: float = SECONDS) -> bytes:
    """A picture of DOT source as `svg`, `png` or `pdf`; raises `EngineError`."""
    binary = shutil.which("dot")
    command = [sys.executable, "-P", str(Path(__file__).with_name("child.py")), form, binary or "-"]
    with fonts.environment(form) as extra:
        try:
            done = subprocess.run(  # noqa: S603  # our own file, and a binary from the path
                command,
                input=source.encode(),
                capture_output=True,
                timeout=seconds,
                check=False,
                env={**os.environ, **extra},
            )
        except subprocess.TimeoutExpired:
            raise EngineError(
                f"the layout took longer than {seconds:g} s and was stopped; "
                "draw less (`depth=1`), or write a `.dot` file, which needs no layout"
            ) from None
        except OSError as error:
            raise EngineError(f"the layout engine cannot be started: {error}") from None
    if done.returncode or not done.stdout:
        raise EngineError(_why(done.returncode, done.stderr.decode(errors="replace")))
    return done.stdout


def _why(status: int, said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    if "No module named 'pygraphviz'" in said:
        return (
            "there is no layout engine: install Graphviz (`dot`) or `pip install pygraphviz`; "
            "a `.dot` or `.mmd` file needs none"
        )
    if "MemoryError" in said or "out of memory" in said:
        return "the layout needs too much memory; draw less (`depth=1`), or write a `.dot` file"
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"the layout engine {how}" + (f": {lines[-1][:300]}" if lines else "")
