"""The concise format: a line for each fault, as compilers and grep have it."""

from __future__ import annotations

from specc.diagnostics.render.escape import printable
from specc.diagnostics.report import Report


def render(report: Report) -> str:
    """`file:line:column: error[S201] message`."""
    lines: list[str] = []
    for found in report:
        place = printable(found.span.place) + ": " if found.span else ""
        lines.append(f"{place}{found.severity}[{found.code}] {printable(found.message)}")
    return "\n".join(lines)
