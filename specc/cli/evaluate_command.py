"""`specc evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import allow_option, fetch_option, plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin

PARTS = ("test", "validation", "train")


@click.command("evaluate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--part", type=click.Choice(PARTS), help="By default the test part.")
@fetch_option
@allow_option
@plugin_option
def command(
    run: Path,
    part: str | None,
    fetch: bool,
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Measure RUN, a folder that `specc train` wrote, on a part of its own data."""
    from specc.lower.fetching import fetching
    from specc.pipeline import open_run
    from specc.train.quiet import load_keras

    opened = open_run(run, plugins, allow)
    load_keras(prefer=opened.lock.get("backend"))
    with fetching(fetch):
        measured = opened.evaluate(part)  # pyright: ignore[reportArgumentType]  # a choice
    for name, value in measured.items():
        click.echo(f"{name}  {value:.4f}")
