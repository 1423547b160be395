"""`specc evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin

PARTS = ("test", "validation", "train")


@click.command("evaluate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--part", type=click.Choice(PARTS), help="By default the test part.")
@plugin_option
def command(run: Path, part: str | None, plugins: tuple[Plugin, ...]) -> None:
    """Measure RUN, a folder that `specc train` wrote, on a part of its own data."""
    from specc.train.run import open_run

    for name, value in open_run(run, plugins).evaluate(part).items():  # pyright: ignore[reportArgumentType]
        click.echo(f"{name}  {value:.4f}")
