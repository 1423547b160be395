"""Every code, in a file for each stage. `CODES` finds one by its code."""

from specc.diagnostics.codes import (
    document,
    lint_layers,
    lint_losses,
    lint_whole,
    outside,
    structure,
    suspicious,
    training,
    tuning,
    types,
    values,
    wiring,
)
from specc.diagnostics.diagnostic import Diagnostic, subclasses

CODES: dict[str, type[Diagnostic]] = {d.code: d for d in subclasses()}

__all__ = [
    "CODES",
    "document",
    "lint_layers",
    "lint_losses",
    "lint_whole",
    "outside",
    "structure",
    "suspicious",
    "training",
    "tuning",
    "types",
    "values",
    "wiring",
]
