"""GitHub's workflow commands, which put each fault beside its line in a pull request."""

from __future__ import annotations

from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.render.escape import printable
from specc.diagnostics.report import Report


def render(report: Report) -> str:
    """`::error file=…,line=…,col=…,title=S201::message`, a line for each fault."""
    return "\n".join(_command(found) for found in report)


def _command(found: Diagnostic) -> str:
    properties: dict[str, str | int] = {}
    if (span := found.span) is not None:
        properties["file"] = span.source.name
        if span.line:
            properties |= {"line": span.line, "col": span.column}
            properties |= {"endLine": span.end_line, "endColumn": span.end_column}
    properties["title"] = found.code
    listed = ",".join(f"{k}={_property(str(v))}" for k, v in properties.items())
    text = _data(printable(found.message))
    if found.help:
        text += "%0A" + _data(f"help: {printable(found.help)}")
    return f"::{found.severity} {listed}::{text}"


def _data(text: str) -> str:
    """Escapes as GitHub's own toolkit does, so that a message cannot give a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")
