"""SARIF 2.1.0, which code-scanning services read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.version import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(reports: list[Report]) -> str:
    """One run over all reports, with a rule for each code found."""
    found = [d for r in reports for d in r]
    rules = {d.code: type(d) for d in found}
    driver = {
        "name": "specc",
        "version": VERSION,
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": rule.title()},
                "fullDescription": {"text": rule.explanation()},
                "defaultConfiguration": {"level": rule.severity},
            }
            for code, rule in sorted(rules.items())
        ],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d) for d in found],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(found: Diagnostic) -> dict[str, Any]:
    text = found.message + (f"\n{found.help}" if found.help else "")
    result: dict[str, Any] = {
        "ruleId": found.code,
        "level": found.severity,
        "message": {"text": text},
        "locations": [_location(found.span)] if found.span else [],
    }
    related: tuple[Related, ...] = (*found.related, *found.chain)
    if related:
        result["relatedLocations"] = [
            _location(r.span) | {"message": {"text": r.message}} for r in related
        ]
    return result


def _location(span: Span) -> dict[str, Any]:
    uri = quote(span.source.name.encode("utf-8", "surrogatepass"))
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if span.line:
        physical["region"] = {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
    return {"physicalLocation": physical}
