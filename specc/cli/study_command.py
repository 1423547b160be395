"""`specc study`: what can be done with a study's folder."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("study")
def command() -> None:
    """Look at a study again, or pass it on to Optuna. `specc report STUDY` writes its page."""


_study = click.argument("study", type=click.Path(path_type=Path))


@command.command("show")
@_study
def show(study: Path) -> None:
    """Print STUDY as `specc tune` does at its end, or while it runs."""
    from specc.cli.studied import show_study
    from specc.pipeline import open_study

    show_study(open_study(study))


@command.command("export")
@_study
@click.option(
    "--storage",
    metavar="URL",
    help="By default sqlite:///STUDY/optuna.db; whatever Optuna and SQLAlchemy can open.",
)
@click.option("--name", help="The study's name there, by default <name>/<n>.")
def export(study: Path, storage: str | None, name: str | None) -> None:
    """Write STUDY into an Optuna storage, which optuna-dashboard opens."""
    from specc.diagnostics.render.escape import printable
    from specc.pipeline import open_study
    from specc.tune.storage import beside

    found = open_study(study)
    storage = storage or beside(found)
    named = found.export(storage, name)
    click.echo(printable(f"{storage}  {named}  {len(found.trials):,} trials"))
    click.echo(printable(f"optuna-dashboard {storage}"), err=True)
