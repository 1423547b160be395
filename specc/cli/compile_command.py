"""`specc compile`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import fetch_option, spec_argument, spec_options

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("compile")
@spec_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="What to write: .keras (the model, untrained) or .json (the program).",
)
@fetch_option
@spec_options
def command(
    spec: Path,
    output: Path,
    fetch: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Compile SPEC to a Keras model or to JSON."""
    from specc.diagnostics.render.escape import printable
    from specc.lower.json import as_json
    from specc.lower.writing import whole, write_text
    from specc.pipeline import compile as compiled

    if output.suffix not in (".keras", ".json"):
        raise click.BadParameter(
            f"{output.name!r} ends neither in .keras nor in .json", param_hint="--output"
        )
    program = compiled(spec, sets=sets, allow=allow, plugins=plugins)
    try:
        if output.suffix == ".json":
            write_text(output, json.dumps(as_json(program), indent=1) + "\n")
        else:
            from specc.lower.fetching import fetching
            from specc.lower.keras import to_keras
            from specc.train.quiet import load_keras

            load_keras()
            with fetching(fetch):
                model = to_keras(program)
            with whole(output) as temporary:
                model.save(temporary)
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror or error}") from None
    click.echo(printable(str(output)))
