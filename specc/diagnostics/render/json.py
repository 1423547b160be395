"""The JSON format: a list of objects whose keys are always all there."""

from __future__ import annotations

import json
from typing import Any

from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span


def objects(report: Report) -> list[dict[str, Any]]:
    """One object for each fault; `null` where there is nothing to say, lines from 1."""
    return [_object(d) for d in report]


def render(reports: list[Report]) -> str:
    """One list over all reports."""
    return json.dumps([o for r in reports for o in objects(r)], indent=2)


def _object(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "help": found.help,
        **_place(found.span),
        "related": [
            {"message": r.message, **_place(r.span)} for r in (*found.related, *found.chain)
        ],
    }


def _place(span: Span | None) -> dict[str, Any]:
    lined = span is not None and span.line > 0
    return {
        "file": span.source.name if span else None,
        "line": span.line if span and lined else None,
        "column": span.column if span and lined else None,
        "end_line": span.end_line if span and lined else None,
        "end_column": span.end_column if span and lined else None,
    }
