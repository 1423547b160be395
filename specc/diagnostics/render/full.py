"""The full format: each fault with its source, carets, further places and help, as rustc has it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.render.escape import printable
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span

_CODES = {"error": "1;31", "warning": "1;33", "bold": "1", "blue": "1;34", "help": "1;36"}
_WIDTH = 160
"""A source line that is longer is cut around what it shows."""


def render(report: Report, *, color: bool = False) -> str:
    """The whole report, and a line that counts what was found."""
    paint = _Paint(color)
    parts = [_diagnostic(d, paint) for d in report]
    if parts:
        parts.append(summary(report))
    return "\n".join(parts)


def summary(report: Report) -> str:
    """`2 errors, 1 warning`."""
    counts = [(len(report.errors), "error"), (len(report.warnings), "warning")]
    return ", ".join(f"{n} {word}{'s' if n > 1 else ''}" for n, word in counts if n)


class _Paint:
    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.on and text else text


def _diagnostic(found: Diagnostic, paint: _Paint) -> str:
    head = paint(f"{found.severity}[{found.code}]", found.severity)
    lines = [f"{head}{paint(': ' + printable(found.message), 'bold')}"]
    shown = [r for r in found.related if r.span.line]
    unlined = [r for r in found.related if not r.span.line]
    width = max((len(str(s.line)) for s in _spans(found, shown)), default=1)
    margin = " " * width
    if found.span is not None:
        lines.append(f"{margin}{paint('-->', 'blue')} {printable(found.span.place)}")
        if found.span.line and found.span.source.quotable:
            lines += _excerpts(found, shown, width, paint)
            lines.append(f"{margin} {paint('|', 'blue')}")
    notes: list[str] = []
    if found.help:
        notes.append(f"{paint('help', 'help')}: {printable(found.help)}")
    notes += [f"{printable(r.message)}: {printable(r.span.place)}" for r in unlined]
    notes += [f"{printable(r.message)} at {printable(r.span.place)}" for r in found.chain]
    lines += [f"{margin} {paint('=', 'blue')} {note}" for note in notes]
    return "\n".join(lines) + "\n"


def _spans(found: Diagnostic, shown: Iterable[Related]) -> list[Span]:
    return [s for s in (found.span, *(r.span for r in shown)) if s is not None]


def _excerpts(found: Diagnostic, shown: list[Related], width: int, paint: _Paint) -> list[str]:
    assert found.span is not None
    marks = [(found.span, "^", found.label)] + [(r.span, "-", r.message) for r in shown]
    sources: list[Source] = list(dict.fromkeys(s.source for s, _, _ in marks))
    lines: list[str] = []
    for source in sources:
        if source is not found.span.source:
            first = next(s for s, _, _ in marks if s.source is source)
            lines.append(f"{' ' * width}{paint(':::', 'blue')} {printable(first.place)}")
        if source.quotable:
            mine = [m for m in marks if m[0].source is source]
            lines += _excerpt(source, mine, width, found.severity, paint)
    return lines


def _excerpt(
    source: Source,
    marks: list[tuple[Span, str, str]],
    width: int,
    severity: str,
    paint: _Paint,
) -> list[str]:
    bar = paint("|", "blue")
    lines = [f"{' ' * width} {bar}"]
    previous = 0
    for number in sorted({s.line for s, _, _ in marks}):
        if number > len(source.lines):
            continue
        if previous and number > previous + 1:
            lines.append(paint("...", "blue"))
        previous = number
        here = sorted((m for m in marks if m[0].line == number), key=lambda m: m[0].column)
        text, shift = _window(source.lines[number - 1], here[0][0].column)
        lines.append(f"{paint(str(number).rjust(width), 'blue')} {bar} {printable(text)}")
        for span, sign, label in here:
            start = max(span.column - 1 - shift, 0)
            stop = span.end_column - 1 - shift if span.end_line == span.line else len(text)
            stop = max(min(stop, len(text)), start + 1)
            pad = " " * _cells(text[:start])
            carets = sign * max(_cells(text[start:stop]), 1)
            style = severity if sign == "^" else "blue"
            note = f" {printable(label)}" if label else ""
            lines.append(f"{' ' * width} {bar} {pad}{paint(carets + note, style)}")
    return lines


def _window(text: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and how far it was shifted."""
    if len(text) <= _WIDTH:
        return text, 0
    start = max(0, column - _WIDTH // 2)
    return text[start : start + _WIDTH], start


def _cells(text: str) -> int:
    """How many terminal columns a text takes: an East Asian wide character takes two."""
    shown = printable(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in shown)
    marks = sum(unicodedata.combining(c) != 0 for c in shown)
    return len(shown) + wide - marks
