"""`specc new`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click


@click.command("new")
@click.argument("name")
def command(name: str) -> None:
    """Write NAME.yaml, a spec to start from: it checks, draws and trains as it is."""
    from specc.document.values import SPEC_NAME
    from specc.lower.writing import write_text

    stem = name.removesuffix(".yaml")
    if not SPEC_NAME.fullmatch(stem):
        raise click.BadParameter(
            "a lower-case letter, then lower-case letters, digits, `_` and `-`", param_hint="NAME"
        )
    path = Path(f"{stem}.yaml")
    if path.exists():
        raise click.ClickException(f"{path} is there already, and is left as it is")
    text = resources.files("specc.cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    try:
        write_text(path, text.replace("NAME", stem))
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from None
    click.echo(
        f"{path} is written. Next: specc check {path}; specc draw {path}; specc train {path}"
    )
