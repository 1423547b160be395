"""`specc evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

PARTS = ("test", "validation", "train")


@click.command("evaluate")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--part", type=click.Choice(PARTS), help="By default the test part.")
def command(run: Path, part: str | None) -> None:
    """Measure RUN, a folder that `specc train` wrote, on a part of its own data."""
    from specc.train.run import open_run

    for name, value in open_run(run).evaluate(part).items():  # pyright: ignore[reportArgumentType]
        click.echo(f"{name}  {value:.4f}")
