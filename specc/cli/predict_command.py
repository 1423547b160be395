"""`specc predict`."""

from __future__ import annotations

import sys
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
    help="A .csv, .parquet or .npz; by default CSV on standard output.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    help="How many examples the model is given at once; by default by what they take.",
)
@plugin_option
def command(
    run: Path,
    file: Path,
    output: Path | None,
    batch_size: int | None,
    plugins: tuple[Plugin, ...],
) -> None:
    """Say what RUN's model makes of the examples in FILE.

    FILE is a .csv, .parquet or .npz, a folder of pictures or texts, or one of them. The run's
    transforms are applied, so it holds the data's own fields. It is read and written in pieces.
    """
    from specc.train.predict.predict import predict
    from specc.train.run import open_run

    to = sys.stdout if output is None else output
    predict(open_run(run, plugins), file, to, batch_size=batch_size)
    if output is not None:
        click.echo(str(output))
