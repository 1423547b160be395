"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def spec_options(command: Command) -> Command:
    """`--set path=value` and `--allow DIR`."""
    command = click.option(
        "--allow",
        type=click.Path(file_okay=False, path_type=Path),
        multiple=True,
        help="A further folder that the spec may read files from.",
    )(command)
    return click.option(
        "--set",
        "sets",
        metavar="PATH=VALUE",
        multiple=True,
        callback=_assignments,
        help="Give a field another value, such as train.epochs=3 or params.rate=0.1.",
    )(command)


def _assignments(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    for value in values:
        if "=" not in value or value.startswith("="):
            raise click.BadParameter(f"{value!r} is not of the form path=value")
    return values


spec_argument = click.argument("spec", type=click.Path(path_type=Path))
