"""`specc layers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from specc.cli.options import plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("layers")
@click.argument("name", required=False)
@plugin_option
def command(name: str | None, plugins: tuple[Plugin, ...]) -> None:
    """List what the catalogue knows, or say what NAME (such as Conv2D or ops.mean) takes."""
    from specc.catalogue.describe import described, listed
    from specc.catalogue.mismatch import Mismatch
    from specc.plugin.known import known

    catalogue = known(plugins).catalogue
    if name is None:
        click.echo(listed(catalogue))
        return
    try:
        click.echo(described(catalogue, name))
    except Mismatch as error:
        hint = f" {error.help}" if error.help else ""
        raise click.BadParameter(f"{error.message}.{hint}", param_hint="NAME") from None
