"""`specc layers`."""

from __future__ import annotations

import click


@click.command("layers")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List what the catalogue knows, or say what NAME (such as Conv2D or ops.mean) takes."""
    from specc.catalogue.catalogue import builtin
    from specc.catalogue.describe import described, listed
    from specc.catalogue.mismatch import Mismatch

    catalogue = builtin()
    if name is None:
        click.echo(listed(catalogue))
        return
    try:
        click.echo(described(catalogue, name))
    except Mismatch as error:
        hint = f" {error.help}" if error.help else ""
        raise click.BadParameter(f"{error.message}.{hint}", param_hint="NAME") from None
