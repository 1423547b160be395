"""The full format: each fault with its source, carets, further places and help, as rustc has it."""

from __future__ import annotations

from collections.abc import Callable

from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.render.escape import printable
from specc.diagnostics.render.excerpt import Mark, excerpt
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source

Paint = Callable[[str, str], str]
"""A text in a style: `error`, `warning`, `bold`, `rule` or `help`."""

_CODES = {"error": "1;31", "warning": "1;33", "bold": "1", "rule": "1;34", "help": "1;36"}


def render(report: Report, *, color: bool = False) -> str:
    """The whole report, and a line that counts what was found."""
    paint = _painted if color else _plain
    parts = [_diagnostic(d, paint) for d in report]
    if parts:
        parts.append(summary(report))
    return "\n".join(parts)


def summary(report: Report) -> str:
    """`2 errors, 1 warning`."""
    counts = [(len(report.errors), "error"), (len(report.warnings), "warning")]
    text = ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in counts if n)
    return f"{text}; {report.left_out:,} more are not shown" if report.left_out else text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if text else text


def _plain(text: str, style: str) -> str:
    return text


def _diagnostic(found: Diagnostic, paint: Paint) -> str:
    head = paint(f"{found.severity}[{found.code}]", found.severity)
    lines = [f"{head}{paint(': ' + printable(found.message), 'bold')}"]
    marks = _marks(found)
    width = max((len(str(m.span.line)) for m in marks), default=1)
    margin = " " * width
    if found.span is not None:
        lines.append(f"{margin}{paint('-->', 'rule')} {printable(found.span.place)}")
    shown: dict[Source, list[Mark]] = {}
    for mark in marks:
        shown.setdefault(mark.span.source, []).append(mark)
    for source, mine in shown.items():
        if found.span is not None and source is not found.span.source:
            lines.append(f"{margin}{paint(':::', 'rule')} {printable(mine[0].span.place)}")
        lines += excerpt(source, mine, width, paint)
    if shown:
        lines.append(f"{margin} {paint('|', 'rule')}")
    lines += [f"{margin} {paint('=', 'rule')} {note}" for note in _notes(found, marks, paint)]
    return "\n".join(lines) + "\n"


def _marks(found: Diagnostic) -> list[Mark]:
    """The places whose lines may be shown, the primary one first."""
    marks = [Mark(found.span, "^", found.label, found.severity)] if found.span else []
    marks += [Mark(r.span, "-", r.message, "rule") for r in found.related]
    return [m for m in marks if m.span.line and m.span.source.quotable]


def _notes(found: Diagnostic, marks: list[Mark], paint: Paint) -> list[str]:
    """The help, and the places that no excerpt shows."""
    spans = [m.span for m in marks]
    notes = [f"{paint('help', 'help')}: {printable(found.help)}"] if found.help else []
    if found.label and found.span is not None and found.span not in spans:
        notes.append(printable(found.label))
    notes += [_note(r, ":") for r in found.related if r.span not in spans]
    notes += [_note(r, " at") for r in found.chain]
    return notes


def _note(place: Related, joint: str) -> str:
    return f"{printable(place.message)}{joint} {printable(place.span.place)}"
