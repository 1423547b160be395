"""Lines of a source with marks under them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from specc.diagnostics.render.escape import printable
from specc.diagnostics.span import Source, Span

WIDTH = 160
"""A longer line is cut around what it shows."""


@dataclass(frozen=True)
class Mark:
    """A place, the sign that underlines it, and what is written beside it."""

    span: Span
    sign: str
    label: str
    style: str


def excerpt(
    source: Source, marks: Sequence[Mark], width: int, paint: Callable[[str, str], str]
) -> list[str]:
    """The marked lines of a source, their numbers `width` wide; `...` stands for those between."""
    bar = paint("|", "rule")
    lines = [f"{' ' * width} {bar}"]
    previous = 0
    for number in sorted({m.span.line for m in marks}):
        if number > len(source.lines):
            continue
        if previous and number > previous + 1:
            lines.append(paint("...", "rule"))
        previous = number
        here = sorted((m for m in marks if m.span.line == number), key=lambda m: m.span.column)
        for window in _windows(source.lines[number - 1], here):
            shown = f"{window.before}{printable(window.text)}{window.after}"
            lines.append(f"{paint(str(number).rjust(width), 'rule')} {bar} {shown}")
            for mark in window.marks:
                lines.append(f"{' ' * width} {bar} {window.underlined(mark, paint)}")
    return lines


@dataclass
class _Window:
    """A part of a line, and the marks that begin in it."""

    text: str
    start: int
    before: str
    after: str
    marks: list[Mark]

    def underlined(self, mark: Mark, paint: Callable[[str, str], str]) -> str:
        """The signs under a mark's text, and its label; a mark over several lines ends with one."""
        span = mark.span
        start = min(max(span.column - 1 - self.start, 0), len(self.text))
        stop = len(self.text.rstrip())
        if span.end_line == span.line:
            stop = min(span.end_column - 1 - self.start, len(self.text))
        signs = mark.sign * max(cells(self.text[start:stop]), 1)
        label = f" {printable(mark.label)}" if mark.label else ""
        pad = " " * (len(self.before) + cells(self.text[:start]))
        return pad + paint(signs + label, mark.style)


def _windows(line: str, marks: list[Mark]) -> list[_Window]:
    """A line in as many parts as its marks need: one, unless it is very long."""
    if len(line) <= WIDTH:
        return [_Window(line, 0, "", "", marks)]
    windows: list[_Window] = []
    for mark in marks:
        at = mark.span.column - 1
        if windows and at < windows[-1].start + WIDTH:
            windows[-1].marks.append(mark)
            continue
        start = max(0, min(at, len(line)) - WIDTH // 2)
        text = line[start : start + WIDTH]
        after = "…" if start + WIDTH < len(line) else ""
        windows.append(_Window(text, start, "…" if start else "", after, [mark]))
    return windows


def cells(text: str) -> int:
    """How many terminal columns a text takes: East Asian wide characters two, accents none."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(_cells(c) for c in printable(text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
