"""Runs every warning over a program and its nested models."""

from __future__ import annotations

from collections.abc import Iterator

from specc.catalogue.catalogue import Catalogue
from specc.data.places import Places
from specc.diagnostics.report import Report
from specc.document.node import Node
from specc.infer.program import Program
from specc.lint import layers, losses, masks, whole
from specc.lint.reading import Reading


def linted(program: Program, root: Node, catalogue: Catalogue, report: Report) -> None:
    """Adds the warnings of a program to the report. `# specc: allow CODE` silences one."""
    places = Places(root)
    for model in _models(program, set()):
        reading = Reading(model, catalogue)
        for found in (
            *layers.lint(reading),
            *masks.lint(reading),
            *whole.lint_model(reading, places),
        ):
            report.add(found)
        if model is program:
            for found in losses.lint(reading, places):
                report.add(found)
            for found in whole.lint_training(reading, places):
                report.add(found)


def _models(program: Program, seen: set[int]) -> Iterator[Program]:
    if id(program) not in seen:
        seen.add(id(program))
        yield program
        for model in program.models:
            if model.outside is None:
                yield from _models(model, seen)
