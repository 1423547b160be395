"""`specc train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import kept_options, spec_argument

if TYPE_CHECKING:
    from specc.infer.program import Program
    from specc.plugin.plugin import Plugin
    from specc.train.run import Run


@click.command("train")
@spec_argument
@click.option("--epochs", type=click.IntRange(1), help="In place of the spec's.")
@click.option("--resume", is_flag=True, help="Go on with the newest run that is not at its end.")
@click.option("--force", is_flag=True, help="Go on although the spec or the data is another one.")
@click.option("--backend", type=click.Choice(("tensorflow", "jax")), help="In place of the spec's.")
@kept_options("run", "runs")
def command(
    spec: Path,
    epochs: int | None,
    runs: Path,
    resume: bool,
    force: bool,
    backend: str | None,
    quiet: bool,
    fetch: bool,
    sets: tuple[str, ...],
    allow: tuple[Path, ...],
    plugins: tuple[Plugin, ...],
) -> None:
    """Train SPEC on its data. The run is kept in RUNS/<name>/<n>.

    Where SPEC is the lock.json of a run, that run is repeated. What differs from then and may
    change a number (a version, the machine, threads) is named; other data is refused.
    With --resume, SPEC may be the folder of a run.

    Exit status 0 when it is trained, 1 where the spec or its data have faults, 3 where the run
    failed, 130 after Ctrl-C, with the model so far saved.
    """
    from specc.cli.show import show_report
    from specc.cli.trained import trained
    from specc.diagnostics.render.escape import printable
    from specc.lower.fetching import fetching
    from specc.pipeline import Settings, open_run, passes
    from specc.train.failure import Interrupted
    from specc.train.folder import is_study
    from specc.train.processes import processes
    from specc.train.train import train

    if backend is not None:
        sets = (*sets, f"train.backend={backend}")
    before = root = data_hash = None
    if spec.name == "lock.json":
        if sets or epochs:
            raise click.UsageError(
                f"a run is repeated as it was; to change it, train {spec.parent / 'resolved.yaml'}"
            )
        before = open_run(spec.parent, plugins, allow)
        if "fold" in before.lock:
            whole = spec.parent.parent / "lock.json"
            raise click.UsageError(f"a fold is repeated with its run, by {whole}")
        program, epochs = before.program, before.lock["epochs"]
        data_hash = None if force else before.lock["data"]
        _say_differences(before, program)
    elif spec.is_dir():
        if (not resume or sets) and not is_study(spec):
            raise click.UsageError("a run's folder goes with --resume, and without --set")
        program = open_run(spec, plugins, allow).program
    else:
        outcome = passes(spec, settings=Settings(None, sets, allow, plugins=plugins))
        program, root = outcome.proven, outcome.root
        show_report(outcome.report, err=True)
    here = processes()
    with fetching(fetch):
        try:
            run = train(
                program,
                runs=runs,
                epochs=epochs,
                progress="none" if quiet else "auto",
                root=root,
                data_hash=data_hash,
                resume=spec if spec.is_dir() else resume,
                force=force,
            )
        except Interrupted as stopped:
            if here.first:
                raise
            click.echo(f"{here.named}: interrupted; process 0 has the run", err=True)
            raise SystemExit(stopped.status) from None
    if not here.first:
        click.echo(f"{here.named}: done; process 0 has the run", err=True)
        return
    if before is not None:
        same = run.metrics["weights"] == before.metrics.get("weights")
        what = "the same weights, bit for bit, as" if same else "other weights than"
        click.echo(f"{what} {before.path}", err=True)
    if quiet:
        click.echo(run.path)
        return
    for line in trained(run):
        click.echo(printable(line))


def _say_differences(before: Run, program: Program) -> None:
    """Names on standard error what differs from then and may change a number."""
    from specc.diagnostics.render.escape import printable
    from specc.document.spec import Train
    from specc.train.lock import lock
    from specc.train.processes import joined
    from specc.train.replay import differences, not_compared

    joined(program.train or Train(), quiet=True)
    for found in differences(before.lock, lock(program, None, 0, before.path)):
        click.echo(f"note: {printable(str(found))}", err=True)
    if (unknown := not_compared(before.lock)) is not None:
        click.echo(f"note: {printable(unknown)}", err=True)
