"""Weights that Keras fetches over the network: at hand, fetched, or an error."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from specc.diagnostics.codes.outside import NoWeights
from specc.diagnostics.report import Report, SpecError
from specc.infer.program import Program
from specc.lower.fetching import may_fetch


def missing(program: Program) -> Iterator[NoWeights]:
    """What is not at hand for a program's models, unless the command line lets Keras fetch it."""
    for model in program.models:
        yield from missing(model)
    outside = program.outside
    if outside is None or outside.fetched is None or may_fetch():
        return
    why = _why(outside.fetched)
    if why:
        yield without(program, why)


def without(program: Program, why: str) -> NoWeights:
    """The error of a model whose weights are not at hand, which says how they come there."""
    outside = program.outside
    assert outside is not None and outside.fetched is not None  # what has no weights to fetch
    ways = [
        f"put {outside.fetched['origin']} into `models` of Keras's own folder, which is "
        "`~/.keras` or what KERAS_HOME says",
        "write in place of `imagenet` the path of a file that `save_weights` made of this model",
    ]
    if not may_fetch():
        ways.insert(0, "`--fetch` lets Keras fetch them")
    return NoWeights(
        f"`{outside.name}` cannot be used: {why}", program.span, help="; or ".join(ways)
    )


def fetched(program: Program, make: Callable[[], Any]) -> Any:
    """What `make` makes with weights that Keras may fetch; raises `SpecError` where it cannot."""
    try:
        # Keras announces what it downloads on standard output, which belongs to specc.
        with redirect_stdout(sys.stderr):
            return make()
    except Exception as error:
        # A download that fails is a plain `Exception` in Keras; a broken file is anything.
        report = Report()
        report.add(without(program, f"its weights cannot be fetched: {error}"))
        raise SpecError(report) from error


def _why(fetched: Mapping[str, str]) -> str:
    home = os.environ.get("KERAS_HOME")
    path = (Path(home) if home else Path.home() / ".keras") / "models" / fetched["file"]
    if not path.is_file():
        return "the weights of imagenet are not at hand"
    wanted = fetched["hash"]
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256" if len(wanted) == 64 else "md5").hexdigest()
    return "" if wanted in ("", found) else f"`{fetched['file']}` is not what Keras would fetch"
