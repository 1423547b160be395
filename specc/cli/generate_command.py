"""`specc generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specc.cli.options import plugin_option

if TYPE_CHECKING:
    from specc.plugin.plugin import Plugin
    from specc.train.generate.generate import Generator


class _Command(click.Command):
    """Lets one `--temperature` be followed by several numbers."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, spread(args, "--temperature"))


def spread(args: list[str], option: str) -> list[str]:
    """`--option 1 2` -> `--option 1 --option 2`."""
    made: list[str] = []
    inside = False
    for i, word in enumerate(args):
        if word == option:
            inside = True
            continue
        inside = inside and (_is_number(word) or args[i - 1] == option)
        made += [option, word] if inside else [word]
    return [*made, option] if args and args[-1] == option else made


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


@click.command("generate", cls=_Command)
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--prompt", help="The beginning of a text, for a run that has learned one.")
@click.option(
    "--length", type=click.IntRange(1, 1_000_000), default=400, show_default=True, help="In tokens."
)
@click.option(
    "--temperature",
    "temperatures",
    type=click.FloatRange(0),
    multiple=True,
    metavar="T…",
    help="One or several: below 1 surer, above 1 bolder, 0 always the likeliest token.",
)
@click.option("--count", type=click.IntRange(1, 100_000), default=16, show_default=True)
@click.option("--grid", type=click.IntRange(2, 100), help="A plane of N times N, not chance.")
@click.option(
    "--give",
    "given",
    metavar="INPUT=NUMBER",
    multiple=True,
    help="One value for a sampled input, such as a class.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A .png or .npz, or a text file; by default inside the run, and text on standard output.",
)
@plugin_option
def command(
    run: Path,
    prompt: str | None,
    length: int,
    temperatures: tuple[float, ...],
    count: int,
    grid: int | None,
    given: tuple[str, ...],
    seed: int,
    out: Path | None,
    plugins: tuple[Plugin, ...],
) -> None:
    """Let RUN make something by itself: what, follows from what it has learned.

    A model of text goes on from --prompt. A model with sampled inputs, or with codes that are
    drawn, makes --count examples, or a --grid. A learned picture is written as it is.
    """
    from specc.train.run import open_run

    generator = open_run(run, plugins).generator
    if generator.language is not None:
        _write_text(generator, prompt, length, temperatures or (1.0,), seed, out)
        return
    if prompt is not None:
        raise click.UsageError("--prompt is for a run that has learned text")
    fixed = dict(map(_fixed, given))
    made = generator.examples(count, seed, grid, fixed)
    name = next(iter(made)) if len(made) == 1 else run.name
    target = out or run / "generated" / f"{name}-{seed}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    for path in generator.write(made, target, grid):
        click.echo(path)


def _fixed(word: str) -> tuple[str, float]:
    name, _, value = word.partition("=")
    if not name or not _is_number(value):
        raise click.BadParameter(f"{word!r} is not of the form input=number", param_hint="--give")
    return name, float(value)


def _write_text(
    generator: Generator,
    prompt: str | None,
    length: int,
    temperatures: tuple[float, ...],
    seed: int,
    out: Path | None,
) -> None:
    """Streams the texts to standard output, or writes them as one file."""
    from specc.lower.writing import write_text

    language = generator.language
    assert language is not None
    if prompt is None:
        raise click.UsageError("this run has learned text: give it a beginning with --prompt")
    if out is not None and out.suffix in (".png", ".npz"):
        raise click.UsageError(f"this run has learned text, and {out} is for pictures or arrays")
    unknown = language.read(prompt)[1]
    if unknown:
        shown = ", ".join(repr(t) for t in dict.fromkeys(unknown))
        click.echo(f"note: not in the vocabulary, and read as unknown: {shown}", err=True)
    written: list[str] = []

    def say(text: str) -> None:
        written.append(text)
        if out is None:
            click.echo(text, nl=False)

    for i, temperature in enumerate(temperatures):
        if len(temperatures) > 1:
            say(f"{chr(10) if i else ''}--- temperature {temperature:g}\n")
        say(prompt + language.between)
        for token in generator.text(prompt, length, temperature, seed):
            say(token)
        say("\n")
    if out is not None:
        write_text(out, "".join(written))
        click.echo(out)
