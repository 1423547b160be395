"""`specc report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import allow_option, plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("report")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="By default report.html in the run's folder.",
)
@allow_option
@plugin_option
def command(
    run: Path, output: Path | None, allow: tuple[Path, ...], plugins: tuple[Plugin, ...]
) -> None:
    """Write one HTML page of RUN: its curves, metrics, mistakes, architecture, spec and versions.

    The page needs no network and no other file. The model is asked about the run's own data, so
    plug-ins are wanted again.
    """
    from specc.diagnostics.render.escape import printable
    from specc.lower.writing import write_text
    from specc.pipeline import open_run
    from specc.train.report.page import report_html

    target = output or run / "report.html"
    page = report_html(open_run(run, plugins, allow))
    try:
        write_text(target, page)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from None
    click.echo(printable(str(target)))
