"""`specc explain`."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a CODE such as S502; without one, list them all."""
    from specc.catalogue.kinds import nearest
    from specc.diagnostics.codes import CODES

    if code is None:
        for known, rule in sorted(CODES.items()):
            click.echo(f"{known}  {rule.title()}")
        return
    rule = CODES.get(code.upper())
    if rule is None:
        close = nearest(code.upper(), list(CODES))
        hint = f" Did you mean {close}?" if close else ""
        raise click.BadParameter(
            f"there is no code {code!r}.{hint} `specc explain` lists them all.", param_hint="CODE"
        )
    click.echo(f"{rule.severity}[{rule.code}]: {rule.explanation()}")
