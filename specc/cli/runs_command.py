"""`specc runs`."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from specc.train.listing import Listed

SHOWN = 3
"""Metrics beside the loss that the table has unless some are chosen."""
WIDE = 1000
"""Columns where there is no terminal: a run is a line there."""
SHORT = 18
"""Characters of a value that the table shows."""


@click.command("runs")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("runs"))
@click.option("--name", metavar="PATTERN", help="Only runs of this name; `*` stands for anything.")
@click.option("--sort", metavar="METRIC", help="By a metric, the best first; else the newest last.")
@click.option("--metric", "metrics", metavar="METRIC", multiple=True, help="Show this metric.")
@click.option(
    "--last", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="json and csv hold all runs.",
)
def command(
    folder: Path,
    name: str | None,
    sort: str | None,
    metrics: tuple[str, ...],
    last: int,
    form: str,
) -> None:
    """List and compare the runs in FOLDER: how each ended, what it measured, what differs.

    Of a folder of studies, the studies: how each ended, its trials and its best.

    What differs is what not all runs of one name have: params, data and training, by the paths that
    `--set` takes. Keras is not loaded.
    """
    from specc.cli.studies import show_studies
    from specc.train.listing import listed, ranked
    from specc.tune.listing import listed_studies

    if not folder.is_dir():
        raise click.ClickException(f"{folder} is no folder")
    runs = [r for r in listed(folder) if name is None or fnmatchcase(r.name, name)]
    if sort is not None:
        runs = ranked(runs, sort)
    studies = [] if runs else listed_studies(folder)
    studies = [
        s for s in studies if name is None or fnmatchcase(s.path.absolute().parent.name, name)
    ]
    if studies:
        show_studies(studies[-last:], form)
    elif form == "json":
        click.echo(json.dumps([_plain(r) for r in runs], indent=2))
    elif form == "csv":
        click.echo(_csv(runs), nl=False)
    elif not runs:
        click.echo(f"no runs in {folder}", err=True)
    else:
        _table(runs[:last] if sort else runs[-last:], metrics or ((sort,) if sort else ()))
        if len(runs) > last:
            more = len(runs) - last
            click.echo(f"{more:,} more; --last {len(runs)} shows all", err=True)


def _plain(run: Listed) -> dict[str, Any]:
    return {
        "path": str(run.path),
        "name": run.name,
        "number": run.number,
        "state": run.state,
        "started": run.started,
        "epochs": run.epochs,
        "seconds": run.seconds,
        "parameters": run.parameters,
        "metrics": dict(run.metrics),
        "deviation": dict(run.deviation),
        "differs": dict(run.differs),
    }


def _csv(runs: Sequence[Listed]) -> str:
    """A row for each run, and a column for everything that any of them has."""
    from specc.diagnostics.render.escape import cell

    plain = [_plain(r) for r in runs]
    metrics = list(dict.fromkeys(n for r in runs for n in r.metrics))
    deviation = list(dict.fromkeys(n for r in runs for n in r.deviation))
    differs = list(dict.fromkeys(n for r in runs for n in r.differs))
    below = ("metrics", "deviation", "differs")
    first = [n for n in (plain[0] if plain else {"path": 0}) if n not in below]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    spread = [f"{n} deviation" for n in deviation]
    table.writerow(map(cell, [*first, *metrics, *spread, *differs]))
    for row in plain:
        cells = [row[n] for n in first]
        cells += [row["metrics"].get(n) for n in metrics]
        cells += [row["deviation"].get(n) for n in deviation]
        cells += [row["differs"].get(n) for n in differs]
        table.writerow(map(cell, cells))
    return text.getvalue()


def _table(runs: Sequence[Listed], wanted: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from specc.cli.show import colored

    metrics = wanted or _usual(runs)
    colour = colored(err=False)
    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout, no_color=not colour, highlight=False, width=None if terminal else WIDE
    )
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("run", overflow="fold")
    for title in ("begun", "state"):
        table.add_column(title, no_wrap=True)
    for title in ("epochs", "time", "parameters", *metrics):
        table.add_column(Text(title), justify="right")
    table.add_column("differs", overflow="fold")
    for run in runs:
        table.add_row(*(Text(cell, style) for cell, style in _cells(run, metrics)))
    console.print(table)


def _usual(runs: Sequence[Listed]) -> list[str]:
    """The loss, and the metrics that most runs have."""
    found = Counter(n for r in runs for n in {n.partition(" ")[2] for n in r.metrics})
    losses = [n for n in found if n == "loss"]
    return losses + sorted((n for n in found if n not in losses), key=lambda n: -found[n])[:SHOWN]


def _cells(run: Listed, metrics: Sequence[str]) -> Iterator[tuple[str, str]]:
    from specc.diagnostics.render.escape import printable

    colours = {"finished": "green", "failed": "red", "running": "cyan"}
    yield printable(f"{run.name}/{run.number}"), "bold"
    yield printable(run.begun), ""
    yield run.state, colours.get(run.state, "yellow")
    yield "" if run.epochs is None else f"{run.epochs:,}", ""
    yield "" if run.seconds is None else _time(run.seconds), ""
    yield "" if run.parameters is None else f"{run.parameters:,}", ""
    for name in metrics:
        yield _metric(run, name), ""
    yield printable("  ".join(_difference(k, v) for k, v in run.differs.items())), "dim"


def _metric(run: Listed, metric: str) -> str:
    """What was measured; of folds the mean, and how far they are apart."""
    from specc.train.listing import measured_name

    name = measured_name(run, metric)
    if name is None:
        return ""
    apart = run.deviation.get(name)
    return f"{run.metrics[name]:.4g}" + ("" if apart is None else f" ± {apart:.2g}")


def _difference(key: str, value: str | None) -> str:
    short = key.removeprefix("params.").removeprefix("train.")
    if value is None:
        return f"no {short}"
    return f"{short}={value if len(value) <= SHORT else f'{value[:SHORT]}…'}"


def _time(seconds: float) -> str:
    """`12.3 s`, `4:07`, `2:13:20`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
