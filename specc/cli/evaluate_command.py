"""`specc evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import allow_option, plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin

PARTS = ("test", "validation", "train")


@click.command("evaluate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--part", type=click.Choice(PARTS), help="By default the test part.")
@allow_option
@plugin_option
def command(
    run: Path, part: str | None, allow: tuple[Path, ...], plugins: tuple[Plugin, ...]
) -> None:
    """Measure RUN, a folder that `specc train` wrote, on a part of its own data."""
    from specc.pipeline import open_run
    from specc.train.quiet import load_keras

    opened = open_run(run, plugins, allow)
    load_keras(prefer=opened.lock.get("backend"))
    for name, value in opened.evaluate(part).items():  # pyright: ignore[reportArgumentType]  # a choice
        click.echo(f"{name}  {value:.4f}")
