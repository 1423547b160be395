"""What a run says of itself before it trains: its spec, its program, its lock, its picture."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specc.infer.program import Program
from specc.lower.diagram.errors import DiagramError
from specc.lower.json import as_json
from specc.lower.writing import write_text
from specc.train.folder import unwritable


def describe(program: Program, folder: Path, more: Mapping[str, Any], *, quiet: bool) -> None:
    """Writes a program into a run's folder, and `more` JSON by file names; raises `RunFailed`.

    A picture that cannot be drawn stops no training; unless `quiet`, it is said.
    """
    try:
        _spec(program, folder)
        write_json(folder / "program.json", as_json(program))
        for name, value in more.items():
            write_json(folder / name, value)
        _architecture(program, folder, quiet=quiet)
    except OSError as error:
        raise unwritable(error, folder) from error


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes a mapping as JSON that people read too; raises `OSError`."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def _spec(program: Program, folder: Path) -> None:
    """Writes the spec as it was given, and as it is by itself."""
    origin = program.origin
    if origin is not None:
        write_text(folder / "resolved.yaml", origin.resolved(program.name))
        if origin.given is not None:
            write_text(folder / "spec.yaml", origin.given)


def _architecture(program: Program, folder: Path, *, quiet: bool) -> None:
    from specc.lower.diagram.draw import draw

    try:
        draw(program, folder / "architecture.svg")
    except DiagramError as error:
        if not quiet:
            print(f"architecture.svg was not drawn: {error}", file=sys.stderr)  # noqa: T201
