"""Faults of models from outside: they have no line of their own, but that which names the model."""

from __future__ import annotations

from specc.catalogue.mismatch import Mismatch
from specc.diagnostics.codes import outside as codes
from specc.diagnostics.diagnostic import Diagnostic
from specc.expand.flat import Call
from specc.expand.places import Places
from specc.infer.program import Program


def diagnosed_outside(
    error: Mismatch, code: type[Diagnostic], places: Places, call: Call
) -> Diagnostic:
    """A fault of a call in an application or a file."""
    frame = call.frame
    message = f"in `{call.name[:80]}` of {frame.outside}: {error.message}"
    span = places.value(frame.path)
    if frame.path[-1:] == ("file",):
        code = codes.BadModelFile
    return code(message, span, help=error.help, chain=call.origin.chain)


def unfit(program: Program, places: Places) -> Diagnostic | None:
    """What is wrong if a file does not hold as many weights as its layers have."""
    outside = program.outside
    if outside is None or outside.held is None or program.span is None:
        return None
    if program.parameters <= outside.held or not program.parameters:
        return None
    path = program.span.path
    return codes.BadModelFile(
        f"`{outside.name}` cannot be used: its layers have {program.parameters:,} weights, and it "
        f"holds {outside.held:,} bytes of them",
        places.value((*path, "file")),
    )
