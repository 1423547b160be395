"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin

Command = Callable[..., Any]


def spec_options(command: Command) -> Command:
    """`--set path=value`, `--allow DIR` and `--plugin FILE`."""
    command = allow_option(plugin_option(command))
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


def kept_options(what: str, folder: str) -> Callable[[Command], Command]:
    """What a command has that keeps a `what` in a folder, and reads a spec: `train`, `tune`.

    `--FOLDER DIR`, `--quiet`, `--fetch`, and `spec_options`.
    """

    def options(command: Command) -> Command:
        command = fetch_option(spec_options(command))
        command = click.option(
            "--quiet", "-q", is_flag=True, help=f"No progress; print the {what}'s folder only."
        )(command)
        return click.option(
            f"--{folder}",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path(folder),
            show_default=True,
            help=f"The folder that {folder} are kept in.",
        )(command)

    return options


def allow_option(command: Command) -> Command:
    """`--allow DIR`."""
    return click.option(
        "--allow",
        type=click.Path(file_okay=False, path_type=Path),
        multiple=True,
        help="A further folder that the spec may read files from.",
    )(command)


def plugin_option(command: Command) -> Command:
    """`--plugin FILE`; the command is given `Plugin` values."""
    return click.option(
        "--plugin",
        "plugins",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        multiple=True,
        callback=_plugins,
        help="A Python file with further layers, losses or datasets. It is run.",
    )(command)


def _plugins(
    _context: click.Context, _parameter: click.Parameter, files: tuple[Path, ...]
) -> tuple[Plugin, ...]:
    if not files:
        return ()
    from specc.plugin.find import BadPlugin, from_file

    try:
        return tuple(from_file(file) for file in files)
    except BadPlugin as error:
        raise click.BadParameter(error.message) from None


spec_argument = click.argument("spec", type=click.Path(path_type=Path))

fetch_option = click.option(
    "--fetch",
    is_flag=True,
    help="Let Keras fetch a dataset, or the weights of `weights: imagenet`.",
)
