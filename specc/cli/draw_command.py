"""`specc draw`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import spec_argument, spec_options

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("draw")
@spec_argument
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="By default SPEC.svg."
)
@click.option("--expand", is_flag=True, help="Draw every turn of a repeat by itself.")
@click.option("--costs", is_flag=True, help="Show parameters and FLOPs.")
@spec_options
def command(
    *,
    spec: Path,
    output: Path | None,
    expand: bool,
    costs: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Draw SPEC. The format is that of the output's ending: .svg .png .pdf .dot"""
    from specc.diagnostics.render.escape import printable
    from specc.lower.diagram.draw import draw
    from specc.pipeline import compile as compiled

    target = output or Path(spec.name).with_suffix(".svg")
    program = compiled(spec, sets=sets, allow=allow, plugins=plugins)
    try:
        draw(program, target, expand=expand, costs=costs)
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(printable(str(target)))
