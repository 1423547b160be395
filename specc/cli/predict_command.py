"""`specc predict`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("predict")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A .csv or .npz; by default CSV on standard output.",
)
@plugin_option
def command(run: Path, file: Path, output: Path | None, plugins: tuple[Plugin, ...]) -> None:
    """Say what RUN's model makes of the examples in FILE, a .csv or .npz.

    The run's transforms are applied, so the file holds the data's own fields.
    """
    from specc.train.predict import predict
    from specc.train.run import open_run

    text = predict(open_run(run, plugins), file, output)
    click.echo(text if text is not None else str(output or ""), nl=text is None)
