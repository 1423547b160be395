"""A report keeps what passes find: once, in order, and not without end."""

from __future__ import annotations

import pytest

from specc.diagnostics.codes import document, suspicious
from specc.diagnostics.report import MOST, Report, SpecError
from specc.diagnostics.span import Source, Span

SOURCE = Source("a.yaml", "x: 1\ny: 2  # specc: allow W404, W401\n")


def wrong(message: str, source: Source = SOURCE, line: int = 1, column: int = 1) -> Report:
    """A report of one error."""
    report = Report()
    report.add(document.BadSyntax(message, Span(source, line, column, line, column + 1)))
    return report


def test_the_same_fault_is_kept_once() -> None:
    """A chain that two outputs need is not blamed twice."""
    report = Report()
    for _ in range(3):
        report.add(document.BadSyntax("a", Span(SOURCE, 1, 1, 1, 2)))
    assert len(report) == 1


def test_faults_come_in_the_order_of_their_places() -> None:
    """File by file, whatever order the passes found them in."""
    other = Source("b.yaml", "z: 1\n")
    report = Report()
    for source, line, column in ((SOURCE, 2, 1), (other, 1, 1), (SOURCE, 1, 4), (SOURCE, 1, 1)):
        report.add(document.BadSyntax(f"{line}:{column}", Span(source, line, column, line, 9)))
    report.add(document.BadSyntax("nowhere"))
    assert [d.message for d in report] == ["nowhere", "1:1", "1:4", "2:1", "1:1"]


def test_warnings_can_be_allowed_on_their_line() -> None:
    """`# specc: allow CODE`; an error cannot be allowed away."""
    report = Report()
    report.add(suspicious.UnusedParam("y", Span(SOURCE, 2, 1, 2, 2)))
    assert len(report) == 0
    report.add(suspicious.UnusedParam("x", Span(SOURCE, 1, 1, 1, 2)))
    report.add(suspicious.MovingPosition("y", Span(SOURCE, 2, 1, 2, 2)))
    assert report.codes == ["W404", "W405"]
    assert report.ok


def test_warnings_do_not_stop_the_compiler() -> None:
    """`ok` is about errors."""
    assert not wrong("a").ok
    assert [d.code for d in wrong("a").errors] == ["S102"]


def test_a_report_keeps_a_thousand_and_counts_the_rest() -> None:
    """A bomb could hold a million faults; an error beyond the bound still makes it not ok."""
    report = Report()
    for i in range(MOST):
        report.add(suspicious.UnusedParam(f"{i}", Span(SOURCE, 1, i + 1, 1, i + 2)))
    assert report.ok
    assert report.is_full
    report.add(document.BadSyntax("one more", Span(SOURCE, 1, 1, 1, 2)))
    assert (len(report), report.left_out, report.ok) == (MOST, 1, False)
    assert str(report).endswith("1000 warnings; 1 more are not shown")


def test_the_error_shows_what_the_command_shows() -> None:
    """An exception in a notebook has the lines and carets too."""
    report = wrong("here")
    with pytest.raises(SpecError, match=r"error\[S102\]: here") as caught:
        raise SpecError(report)
    assert caught.value.report is report
    assert "a.yaml:1:1" in str(caught.value)
