"""`specc evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import plugin_option

if TYPE_CHECKING:
    from specc.infer.program import Program
    from specc.plugin.plugin import Plugin
    from specc.train.run import Run

PARTS = ("test", "validation", "train")


@click.command("evaluate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--part", type=click.Choice(PARTS), help="By default the test part.")
@plugin_option
def command(run: Path, part: str | None, plugins: tuple[Plugin, ...]) -> None:
    """Measure RUN, a folder that `specc train` wrote, on a part of its own data."""
    from specc.train.quiet import load_keras
    from specc.train.run import open_run

    opened = open_run(run, plugins)
    program = _program(opened, plugins) if opened.plan.terms else None
    load_keras()
    for name, value in opened.evaluate(part, program=program).items():  # pyright: ignore[reportArgumentType]  # a choice
        click.echo(f"{name}  {value:.4f}")


def _program(run: Run, plugins: tuple[Plugin, ...]) -> Program | None:
    """The program of a run's own copy of its spec, where that is still what was trained."""
    from specc.lower.json import digest
    from specc.pipeline import Settings, passes

    program = passes(run.path / "spec.yaml", settings=Settings(plugins=plugins)).program
    return program if program is not None and digest(program) == run.lock["program"] else None
