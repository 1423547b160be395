"""What the tests of this folder share: a small spec, and what reading one finds."""

from __future__ import annotations

from typing import Any

from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source
from specc.document.failure import Unreadable
from specc.document.node import Node
from specc.document.read import read_text_of

HEAD = "specc: 1\ninputs: {x: {shape: [4]}}\n"
TAIL = "graph: {y: {from: x, layers: [{Dense: {units: 2}}]}}\noutputs: [y]\n"


def tree(text: str, *, json: bool = False) -> tuple[Node | None, list[Diagnostic]]:
    """The tree of a text, if it has one, and everything that was found while reading it."""
    report = Report()
    root: Node | None = None
    try:
        root = read_text_of(Source("spec.yaml", text), report, json=json)
    except Unreadable as failure:
        report.add(failure.diagnostic)
    return root, list(report)


def fault(text: str, *, json: bool = False) -> Diagnostic:
    """The one thing that is found in a text."""
    _, found = tree(text, json=json)
    (one,) = found
    return one


def place(found: Diagnostic) -> tuple[int, int, int, int]:
    """Line and column, and those of the end."""
    assert found.span is not None
    return found.span.line, found.span.column, found.span.end_line, found.span.end_column


def value(written: str) -> Any:
    """What a param is that is written so."""
    root, found = tree(f"{HEAD}params:\n  a: {written}\n{TAIL}")
    assert found == []
    assert root is not None
    return root.plain()["params"]["a"]
