"""`specc check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import spec_options

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin

FORMATS = ("full", "concise", "json", "github", "sarif")


@click.command("check")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "style", type=click.Choice(FORMATS), default="full", show_default=True)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing of specs without faults.")
@spec_options
def command(
    specs: tuple[Path, ...],
    style: str,
    quiet: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Check specs: every fault, each at its place. Keras is not loaded.

    Exit status 0 where there is no error, 1 where there is one; warnings do not count.
    """
    from specc.diagnostics.render.escape import printable
    from specc.pipeline import Outcome, Settings, passes

    outcomes: list[Outcome] = [
        passes(s, settings=Settings(None, sets, allow, plugins=plugins, prove=True)) for s in specs
    ]
    reports = [o.report for o in outcomes]
    if style in ("json", "sarif"):
        from specc.diagnostics.render import json, sarif

        click.echo((json if style == "json" else sarif).render(reports))
    for spec, outcome in zip(specs, outcomes, strict=True):
        if style in ("concise", "github"):
            from specc.diagnostics.render import concise, github

            text = (concise if style == "concise" else github).render(outcome.report)
            if text:
                click.echo(text)
        elif style == "full":
            from specc.cli.show import show_report

            show_report(outcome.report, err=False)
            if outcome.program is not None and not quiet:
                program = outcome.program
                outputs = ", ".join(f"{n} {t.type}" for n, t in program.outputs.items())
                name = printable(str(spec))
                click.echo(f"{name}: ok, {program.parameters:,} parameters, gives {outputs}")
                if outcome.proof is not None:
                    click.echo(f"{name}: {outcome.proof}")
    sys.exit(0 if all(r.ok for r in reports) else 1)
