"""`specc summary`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import spec_argument, spec_options

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("summary")
@spec_argument
@click.option("--expand", is_flag=True, help="Show what is in large models from outside too.")
@spec_options
def command(
    spec: Path,
    expand: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Print SPEC's tensors, shapes, parameters, memory and FLOPs. Keras is not loaded."""
    from specc.lower.summary import print_summary
    from specc.pipeline import compile as compiled

    print_summary(compiled(spec, sets=sets, allow=allow, plugins=plugins), expand)
