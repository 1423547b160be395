"""What `specc runs` says of a folder of studies: a line for each."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from specc.cli.show import colored
from specc.diagnostics.render.escape import cell, printable

if TYPE_CHECKING:
    from specc.tune.listing import Listed

WIDE = 1000
"""Columns where there is no terminal: a study is a line there."""
COLUMNS = ("path", "state", "started", "trials", "metric", "best", "number")


def show_studies(studies: Sequence[Listed], form: str) -> None:
    """Prints the studies to standard output, as a `table`, `json` or `csv`."""
    if form == "json":
        plain = [{**asdict(s), "path": str(s.path)} for s in studies]
        click.echo(json.dumps(plain, indent=2))
    elif form == "csv":
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(COLUMNS)
        for s in studies:
            count = sum(s.trials.values())
            row = [str(s.path), s.state, s.started, count, s.metric, s.best, s.number]
            table.writerow(map(cell, row))
        click.echo(text.getvalue(), nl=False)
    else:
        _table(studies)


def _table(studies: Sequence[Listed]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        no_color=not colored(err=False),
        highlight=False,
        width=None if terminal else WIDE,
    )
    table: Any = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in ("study", "begun", "state", "trials", "best", "trial"):
        table.add_column(title, overflow="fold")
    for study in studies:
        table.add_row(*(Text(printable(cell)) for cell in _cells(study)))
    console.print(table)


def _cells(study: Listed) -> Iterator[str]:
    from specc.tune.progress import number_of

    yield study.name
    yield (study.started or "")[:16].replace("T", " ")
    yield study.state
    yield "  ".join(f"{count:,} {state}" for state, count in study.trials.items())
    yield "" if study.best is None else f"{study.metric} {number_of(study.best)}"
    yield "" if study.number is None else f"#{study.number}"
