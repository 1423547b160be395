"""Prints reports: colour on a terminal, plain text elsewhere."""

from __future__ import annotations

import os
import sys

import click

from specc.diagnostics.report import Report


def colored(*, err: bool) -> bool:
    """Whether a stream is a terminal that wants colour (`NO_COLOR`, `FORCE_COLOR` are heeded)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return (sys.stderr if err else sys.stdout).isatty()


def show_report(report: Report, *, err: bool) -> None:
    """The full text of a report, where there is one."""
    from specc.diagnostics.render import full

    if len(report):
        click.echo(full.render(report, color=colored(err=err)), err=err, color=True)
