"""`specc`: the group of commands, and what every one of them does with a fault."""

from __future__ import annotations

import gc
import importlib
import io
import sys
from contextlib import suppress
from typing import Any

import click

from specc.diagnostics.render.escape import printable
from specc.lower.lean import load_lean
from specc.version import VERSION

COMMANDS = {
    "check": "every fault of a spec, with file, line, source and caret",
    "explain": "what a code means, with a wrong and a right example",
    "summary": "the table of tensors, shapes, parameters, memory and FLOPs",
    "draw": "the diagram, as SVG, PNG, PDF or DOT",
    "compile": "the Keras model (.keras) or the program (.json)",
    "train": "train on the spec's data, into a run folder",
    "tune": "search the spec's space for the best, into a study folder",
    "study": "a study again: its best, its importances; export to Optuna",
    "evaluate": "the metrics of a run",
    "predict": "what a run's model says of new data",
    "runs": "list and compare runs",
    "report": "one page of a run or a study: curves, mistakes, architecture, spec",
    "generate": "what a run makes by itself: text, pictures of noise, a learned picture",
    "layers": "what the catalogue knows",
    "new": "a spec to start from",
}

GARBAGE = 10_000
"""How many objects are made before the collector looks for garbage: to load what a command takes
makes many that stay.
"""


class _Commands(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"specc.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from specc.catalogue.kinds import nearest

            close = nearest(args[0], list(COMMANDS))
            hint = f" Did you mean '{close}'?" if close else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        from specc.diagnostics.report import SpecError
        from specc.lower.missing import MissingExtra

        try:
            return super().invoke(ctx)
        except SpecError as error:
            from specc.cli.show import show_report

            show_report(error.report, err=True)
            sys.exit(1)
        except MissingExtra as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2)
        except (Exception, KeyboardInterrupt) as error:
            status = getattr(error, "status", None)  # faults of data and runs say how to end
            if not isinstance(status, int):
                raise
            click.echo(f"error: {printable(str(error))}", err=True)
            sys.exit(status)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="specc")
def group() -> None:
    """A compiler for neural-network specs."""


def main() -> None:
    """The console script's entry."""
    gc.set_threshold(GARBAGE)
    load_lean()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # where the terminal is not UTF-8
    try:
        group.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except OSError as error:  # such as a full disk behind standard output
        with suppress(OSError):
            where = f"{error.filename}: " if error.filename is not None else ""
            click.echo(f"error: {printable(where)}{error.strerror or error}", err=True)
        sys.exit(1 if isinstance(error, FileNotFoundError) else 3)
