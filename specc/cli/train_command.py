"""`specc train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.catalogue.plain import is_dict
from specc.cli.options import fetch_option, spec_argument, spec_options

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin


@click.command("train")
@spec_argument
@click.option("--epochs", type=click.IntRange(1), help="In place of the spec's.")
@click.option(
    "--runs",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="The folder that runs are kept in.",
)
@click.option("--quiet", "-q", is_flag=True, help="No progress; print the run's folder only.")
@fetch_option
@spec_options
def command(
    spec: Path,
    epochs: int | None,
    runs: Path,
    quiet: bool,
    fetch: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Train SPEC on its data. The run is kept in RUNS/<name>/<n>.

    Exit status 0 when it is trained, 1 where the spec or its data have faults, 3 where the run
    failed, 130 after Ctrl-C, with the model so far saved.
    """
    from specc.cli.show import show_report
    from specc.diagnostics.report import SpecError
    from specc.lower.fetching import fetching
    from specc.pipeline import Settings, passes
    from specc.train.train import train

    outcome = passes(spec, settings=Settings(None, sets, allow, plugins=plugins))
    if outcome.program is None:
        raise SpecError(outcome.report)
    show_report(outcome.report, err=True)
    with fetching(fetch):
        run = train(
            outcome.program,
            runs=runs,
            epochs=epochs,
            progress="none" if quiet else "auto",
            root=outcome.root,
        )
    if quiet:
        click.echo(run.path)
        return
    click.echo(f"run    {run.path}")
    for name, value in _flat(run.metrics).items():
        click.echo(f"{name}  {value:.4f}" if isinstance(value, float) else f"{name}  {value}")
    files = sorted(p.relative_to(run.path).as_posix() for p in run.path.iterdir())
    click.echo("files  " + "  ".join(files))


def _flat(values: dict[str, object], prefix: str = "") -> dict[str, object]:
    """`{"test": {"accuracy": 0.9}}` -> `{"test accuracy": 0.9}`."""
    found: dict[str, object] = {}
    for name, value in values.items():
        key = f"{prefix}{name}"
        found |= _flat(value, f"{key} ") if is_dict(value) else {key: value}
    return found
