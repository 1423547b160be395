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
    help="By default report.html in the run's folder, study.html in a study's.",
)
@allow_option
@plugin_option
def command(
    run: Path, output: Path | None, allow: tuple[Path, ...], plugins: tuple[Plugin, ...]
) -> None:
    """Write one HTML page of RUN, which may be a study. It needs no network and no other file.

    A run's: curves, metrics, mistakes, architecture, spec and versions; the model is asked about
    the run's own data, so plug-ins are wanted again. A study's: the best, history, importances,
    parallel coordinates, slices, and the winner's diagram beside the spec's.
    """
    from specc.diagnostics.render.escape import printable
    from specc.lower.writing import write_text
    from specc.pipeline import open_run, open_study
    from specc.train.folder import is_study
    from specc.train.report.page import report_html

    of_study = is_study(run)
    target = output or run / ("study.html" if of_study else "report.html")
    try:
        if of_study:
            open_study(run, plugins, allow).report(target)
        else:
            write_text(target, report_html(open_run(run, plugins, allow)))
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from None
    click.echo(printable(str(target)))
