"""Whether a program can be trained: S801. `train` asks it, `check` does not."""

from __future__ import annotations

from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.node import Node
from specc.infer.program import Program
from specc.lower.fetched import missing
from specc.train.logged import learned_outputs


def check_trainable(
    program: Program, root: Node | None, report: Report, *, given: bool = False
) -> None:
    """Reports why the program cannot be trained. `given`: a program passes the data itself."""
    places = Places(root)
    if not learned_outputs(program) and not program.losses:
        report.add(
            codes.NothingToTrain(
                "no output has a loss, so there is nothing to learn",
                places.key("outputs"),
                help=f"`outputs: {{{next(iter(program.outputs), 'y')}: {{loss: …}}}}`",
            )
        )
    if (program.data is None or program.data.source is None) and not given:
        what = "the spec has no `data`" if program.data is None else "`data` has no `source`"
        report.add(
            codes.NothingToTrain(
                f"{what}, so there is nothing to learn from",
                places.value() if program.data is None else places.key("data"),
                help="`data: {source: digits, …}`, or pass `data=` in the library",
            )
        )
    for found in missing(program):
        report.add(found)
