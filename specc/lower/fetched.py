"""Weights that Keras fetches over the network: whether they are at hand already."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from specc.diagnostics.codes.outside import NoWeights
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
        yield NoWeights(
            f"`{outside.name}` cannot be used: {why}",
            program.span,
            help=f"`--fetch` lets Keras fetch them; or put {outside.fetched['origin']} into "
            "`models` of Keras's own folder, which is `~/.keras` or what KERAS_HOME says",
        )


def _why(fetched: Mapping[str, str]) -> str:
    home = os.environ.get("KERAS_HOME")
    path = (Path(home) if home else Path.home() / ".keras") / "models" / fetched["file"]
    if not path.is_file():
        return "the weights of imagenet are not at hand"
    wanted = fetched["hash"]
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256" if len(wanted) == 64 else "md5").hexdigest()
    return "" if wanted in ("", found) else f"`{fetched['file']}` is not what Keras would fetch"
