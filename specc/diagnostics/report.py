"""A report: everything that was found, in order of place; and the error that carries it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.span import Source, Span

_ALLOW = re.compile(r"#\s*specc:\s*allow\s+([A-Z0-9, ]+)")


MOST = 1_000
"""How many diagnostics a report keeps: nobody reads more, and a bomb could hold a million."""


class Report:
    """Collects diagnostics while the passes run. The same one twice is kept once.

    `left_out` counts those beyond the first `MOST`.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self._failed = False
        self.left_out = 0

    def add(self, diagnostic: Diagnostic) -> None:
        """Keeps a diagnostic, unless its line says `# specc: allow CODE` (warnings only)."""
        if diagnostic.severity == "warning" and _allowed(diagnostic):
            return
        # what differs only in the turn of a repeat is one fault, though its numbers may change
        through = tuple(_place(r.span) for r in diagnostic.chain)
        what = through or diagnostic.message
        key = (diagnostic.code, _place(diagnostic.span), what)
        self._failed = self._failed or diagnostic.severity == "error"
        if key in self._found:
            return
        if self.is_full:
            self.left_out += 1
        else:
            self._found[key] = diagnostic

    def __iter__(self) -> Iterator[Diagnostic]:
        sources: dict[Source, int] = {}
        order: list[tuple[int, int, int, int]] = []
        found = list(self._found.values())
        for index, diagnostic in enumerate(found):
            if (span := diagnostic.span) is None:
                order.append((-1, 0, 0, index))
            else:
                rank = sources.setdefault(span.source, len(sources))
                order.append((rank, span.line, span.column, index))
        return (found[index] for *_, index in sorted(order))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def is_full(self) -> bool:
        """Whether it keeps no more, so that a pass may save itself the search."""
        return len(self._found) >= MOST

    @property
    def errors(self) -> list[Diagnostic]:
        """What stops the compiler."""
        return [d for d in self if d.severity == "error"]

    @property
    def warnings(self) -> list[Diagnostic]:
        """What does not."""
        return [d for d in self if d.severity == "warning"]

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self._failed

    @property
    def codes(self) -> list[str]:
        """The codes found, in order."""
        return [d.code for d in self]

    def __str__(self) -> str:
        from specc.diagnostics.render import full

        return full.render(self)

    def __repr__(self) -> str:
        return f"<Report: {len(self.errors)} errors, {len(self.warnings)} warnings>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Lets a notebook show the errors and not the object."""
        printer.text(str(self))


class SpecError(ValueError):
    """A spec has faults. `report` holds every one of them; the text is what the command prints."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(report)

    def __str__(self) -> str:
        return "\n" + str(self.report)


def _place(span: Span | None) -> tuple[object, ...]:
    return (id(span.source), span.line, span.column, span.path) if span is not None else ()


def _allowed(diagnostic: Diagnostic) -> bool:
    span = diagnostic.span
    if span is None or not 0 < span.line <= len(span.source.lines):
        return False
    match = _ALLOW.search(span.source.lines[span.line - 1])
    return match is not None and diagnostic.code in re.split(r"[,\s]+", match[1].strip())
