"""What `specc tune` says at the end: the best ten, what matters how much, trials by engine."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from specc.cli.show import colored
from specc.diagnostics.render.escape import printable

if TYPE_CHECKING:
    from specc.tune.folder import Study
    from specc.tune.ledger import Configuration

BEST = 10
"""Trials that the table holds."""
WIDE = 1000
"""Columns where there is no terminal: a trial is a line there."""
BAR = 24
"""Characters of the longest bar."""


def show_study(study: Study) -> None:
    """Prints the study to standard output."""
    from rich.console import Console
    from rich.text import Text

    terminal = sys.stdout.isatty()
    console = Console(
        file=sys.stdout,
        no_color=not colored(err=False),
        highlight=False,
        width=None if terminal else WIDE,
    )
    console.print(Text(printable("  ".join(_counts(study))), "bold"))
    if study.best is None:
        console.print("no trial came to its end")
        return
    console.print(_best(study.ranked[:BEST], study))
    shares = study.importances()
    if shares:
        console.print(Text("importance", "bold"))
    width = max((len(a) for a in shares), default=0)
    for address, share in shares.items():
        bar = "█" * round(BAR * share) or "▏"
        console.print(Text(printable(f"{address:<{width}}  {share:6.1%}  {bar}")))


def _counts(study: Study) -> Iterator[str]:
    yield str(study.path)
    states = [t.state for t in study.trials]
    for state in dict.fromkeys(("done", *states)):
        yield f"{states.count(state):,} {state}"
    for engine, count in study.engines.items():
        yield f"{count:,} {'training' if count == 1 else 'trainings'} by {engine}"


def _best(trials: Sequence[Configuration], study: Study) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    names = [a for a in study.dimensions if any(a in t.values for t in trials)]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("trial", justify="right", no_wrap=True)
    table.add_column(Text(printable(study.goal.metric)), justify="right", no_wrap=True)
    for name in names:
        table.add_column(Text(printable(name)), overflow="fold")
    for trial in trials:
        table.add_row(*(Text(printable(cell)) for cell in _cells(trial, names)))
    return table


def _cells(trial: Configuration, names: Sequence[str]) -> Iterator[str]:
    from specc.tune.progress import brief, number_of

    yield f"#{trial.number}"
    yield number_of(trial.value or 0)
    yield from (brief(trial.values[n]) if n in trial.values else "" for n in names)
