"""`specc tune`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import kept_options, spec_argument

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin

ENGINES = ("auto", "process", "epoch", "slots", "ray")


@click.command("tune")
@spec_argument
@click.option("--resume", is_flag=True, help="Go on with the spec's last study.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option("--address", help="A Ray cluster's, for `--engine ray`; a local one unless given.")
@click.option("--trials", type=click.IntRange(1), help="In place of the spec's.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds.")
@kept_options("study", "studies")
def command(
    spec: Path,
    resume: bool,
    workers: int,
    engine: str,
    address: str | None,
    trials: int | None,
    timeout: float | None,
    studies: Path,
    quiet: bool,
    fetch: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Search the space that SPEC's `tune` names. The study is kept in STUDIES/<name>/<n>.

    Exit status 0 when it is done, 1 where the spec has faults, 3 where it failed, 130 after Ctrl-C;
    `--resume` goes on where it was, after a kill too.
    """
    from specc.cli.show import show_report
    from specc.cli.studied import show_study
    from specc.lower.fetching import fetching
    from specc.pipeline import Settings, passes
    from specc.tune.study import search

    outcome = passes(spec, settings=Settings(None, sets, allow, plugins=plugins, prove=True))
    program = outcome.proven
    show_report(outcome.report, err=True)

    if not quiet and outcome.proof is not None:
        click.echo(str(outcome.proof), err=True)
    with fetching(fetch):
        study = search(
            program,
            studies=studies,
            engine=engine,  # pyright: ignore[reportArgumentType]  # a choice
            workers=workers,
            address=address,
            trials=trials,
            timeout=timeout,
            resume=resume,
            progress="none" if quiet else "auto",
        )
    page = study.report()
    if quiet:
        click.echo(study.path)
        return
    show_study(study)
    click.echo(f"{page}\n{study.best_spec}" if study.best is not None else str(page))
