"""A report: everything that was found, in the order of the sources; and the error that carries it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specc.diagnostics.diagnostic import Diagnostic

_ALLOW = re.compile(r"#\s*specc:\s*allow\s+([A-Z0-9, ]+)")


class Report:
    """Collects diagnostics while the passes run. The same one twice is kept once."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        """Keeps a diagnostic, unless its line says `# specc: allow CODE` (warnings only)."""
        if diagnostic.severity == "warning" and _allowed(diagnostic):
            return
        span = diagnostic.span
        place = (id(span.source), span.line, span.column, span.path) if span else ()
        self._found.setdefault((diagnostic.code, place, diagnostic.message), diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        def order(item: tuple[int, Diagnostic]) -> tuple[int, int, int]:
            index, found = item
            span = found.span
            return (span.line, span.column, index) if span else (0, 0, index)

        return (d for _, d in sorted(enumerate(self._found.values()), key=order))

    def __len__(self) -> int:
        return len(self._found)

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
        return all(d.severity != "error" for d in self._found.values())

    @property
    def codes(self) -> list[str]:
        """The codes found, in order."""
        return [d.code for d in self]

    def __str__(self) -> str:
        from specc.diagnostics.render import full

        return full.render(self)

    def __repr__(self) -> str:
        return f"<Report: {len(self.errors)} errors, {len(self.warnings)} warnings>"

    def _repr_pretty_(self, printer: object, cycle: bool) -> None:
        """Lets a notebook show the errors and not the object."""
        printer.text(str(self))  # type: ignore[attr-defined]  # IPython's printer has no stubs


class SpecError(ValueError):
    """A spec has faults. `report` holds every one of them; the text is what the command prints."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(report)

    def __str__(self) -> str:
        return "\n" + str(self.report)


def _allowed(diagnostic: Diagnostic) -> bool:
    span = diagnostic.span
    if span is None or not 0 < span.line <= len(span.source.lines):
        return False
    match = _ALLOW.search(span.source.lines[span.line - 1])
    return match is not None and diagnostic.code in re.split(r"[,\s]+", match[1].strip())
