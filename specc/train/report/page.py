"""The page of a run: one file that shows everything and fetches nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.data.feed import BadData
from specc.diagnostics.report import SpecError
from specc.train.curves import TRAINING, VALIDATION, drawn, mean, panels, short
from specc.train.listing import Listed, listed_run
from specc.train.own_file import NotOwn, own_text
from specc.train.report import classes, numbers
from specc.train.report.examined import Examined, Numbers, examined
from specc.train.report.picture import inline, png_file
from specc.train.report.table import pairs, table
from specc.train.run import NotARun, Run

SAMPLES = 24
"""Pictures of the folder `samples` that are shown, the newest."""

STYLE = Path(__file__).with_name("page.css")
"""What both pages look like: that of a run, and that of a study."""


def report_html(run: Run) -> str:
    """The page's text. What is missing in the folder is left out, or said to be missing.

    The data is read and the model asked; where that cannot be, the page says why. Raises `NotARun`
    for a folder that is none, `MissingExtra` where what draws the curves is not installed.
    """
    known = listed_run(run.path)
    title = escape(f"{known.name} {known.number}")
    body = "\n".join(section for section in _sections(run, known) if section)
    return _PAGE.format(title=title, style=STYLE.read_text(encoding="utf-8"), body=body)


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _sections(run: Run, known: Listed) -> Iterator[str]:
    yield _head(known)
    yield _section("Curves", _curves(run))
    yield _section("Metrics", _metrics(run))
    yield from _examined(run)
    yield _section("Samples", _samples(run.path))
    yield _section("Architecture", _architecture(run.path))
    yield _section("Spec", _spec(run.path))
    yield _section("What it was made of", _lock(run.lock))


def _section(title: str, inside: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{inside}\n</section>" if inside else ""


def _head(known: Listed) -> str:
    """The name, how it ended, and the numbers that one looks for first."""
    tiles: list[tuple[str, str]] = [(n, short(v)) for n, v in list(known.metrics.items())[:6]]
    if known.epochs is not None:
        tiles.append(("epochs", f"{known.epochs:,}"))
    if known.seconds is not None:
        tiles.append(("seconds", short(known.seconds)))
    if known.parameters is not None:
        tiles.append(("parameters", f"{known.parameters:,}"))
    inside = "".join(f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in tiles)
    when = f", begun {escape(known.begun)} UTC" if known.started else ""
    return (
        f"<header><h1>{escape(known.name)} <span>{escape(str(known.number))}</span></h1>"
        f'<p><span class="state {escape(known.state)}">{escape(known.state)}</span>{when}</p>'
        f'<dl class="tiles">{inside}</dl></header>'
    )


def _curves(run: Run) -> str:
    """A picture for each thing that was logged, and of each fold a thin line in it."""
    folds: list[dict[str, list[float]]] = []
    for fold in run.folds:
        with suppress(NotARun):
            folds.append(fold.history)
    history: Mapping[str, Any] = {}
    with suppress(NotARun):
        history = run.history
    if folds and not history:
        history = mean(folds)
    if not history:
        return '<p class="note">No epoch came to its end.</p>'
    figures = [
        f"<figure>{inline(drawn(history, [name], folds), f'curve{i}-')}</figure>"
        for i, name in enumerate(panels(history))
    ]
    key = [f'<span style="--line:{TRAINING}">training</span>']
    if any(n.startswith("val_") for n in history):
        key.append(f'<span style="--line:{VALIDATION}">validation</span>')
    note = f"; thin: each of {len(folds)} folds, thick: their mean" if folds else ""
    return f'<p class="key">{" ".join(key)}{note}</p><div class="panels">{"".join(figures)}</div>'


def _metrics(run: Run) -> str:
    """A row for each metric, a column for each part."""
    found: Mapping[str, Any] = {}
    with suppress(NotARun):
        found = run.metrics
    parts = {p: v for p, v in found.items() if is_dict(v) and _numbers(v)}
    if not parts:
        return '<p class="note">Nothing was measured: the training did not come to its end.</p>'
    names = sorted({n: None for v in parts.values() for n in v}, key=lambda n: n != "loss")
    apart = found.get("deviation", {})
    rows = [
        [str(n), *(_measured(v.get(n), apart.get(p, {}).get(n)) for p, v in parts.items())]
        for n in names
    ]
    return table(["metric", *map(str, parts)], rows) + _by_fold(run, names)


def _measured(value: Any, apart: float | None) -> str:
    if not isinstance(value, int | float):
        return ""
    return short(value) + ("" if apart is None else f" ± {short(apart)}")


def _by_fold(run: Run, names: Sequence[Any]) -> str:
    """What each fold measured, of a cross-validated run; the others' last parts are means."""
    if not run.folds:
        return ""
    rows: list[list[str]] = []
    parts = [p for p in ("test", "validation") if is_dict(run.metrics.get(p))]
    for fold in run.folds:
        found: Mapping[str, Any] = {}
        with suppress(NotARun):  # its training goes on, or was stopped
            found = fold.metrics
        values = [found.get(p, {}).get(n) for p in parts for n in names]
        rows.append([fold.path.name, *(_measured(v, None) for v in values)])
    head = ["fold", *(f"{p} {n}" for p in parts for n in names)]
    note = '<p class="note">Above: the mean over the folds ± their standard deviation.</p>'
    return f"{note}{table(head, rows)}"


def _numbers(values: Mapping[Any, Any]) -> bool:
    return any(isinstance(v, int | float) for v in values.values())


def _examined(run: Run) -> Iterator[str]:
    """A section for each output: where the model errs."""
    try:
        found = examined(run)
    except (BadData, NotARun, SpecError) as error:
        if run.folds or run.path.joinpath("model.keras").is_file():
            yield _section("Predictions", f'<p class="note">Not shown: {escape(str(error))}.</p>')
        return
    seen = (
        f"{found.seen:,} examples"
        if found.seen == found.count
        else f"the first {found.seen:,} of {found.count:,} examples"
    )
    who = ", each fold's model of the part that it did not learn from" if run.folds else ""
    for output in found.outputs:
        note = f'<p class="note">The {found.part} part, {seen}{who}.</p>'
        yield _section(f"Predictions: {output.name}", note + _output(output, found))


def _output(output: Any, found: Examined) -> str:
    if isinstance(output, Numbers):
        return numbers.shown(output)
    return classes.shown(output, found.pictures)


def _samples(folder: Path) -> str:
    """Pictures that the run left in `samples`, as those that a callback drew."""
    files = sorted((folder / "samples").glob("*.png"))[-SAMPLES:]
    shown = [
        f'<figure><img src="{address}" alt="{escape(file.stem)}">'
        f"<figcaption>{escape(file.stem)}</figcaption></figure>"
        for file in files
        if (address := png_file(file)) is not None
    ]
    return f'<div class="pictures large">{"".join(shown)}</div>' if shown else ""


def _architecture(folder: Path) -> str:
    text = text_of(folder / "architecture.svg")
    return f'<div class="paper wide">{inline(text, "model-")}</div>' if text else ""


def _spec(folder: Path) -> str:
    """The spec as it was given, and as it is by itself."""
    given, resolved = text_of(folder / "spec.yaml"), text_of(folder / "resolved.yaml")
    found: list[str] = []
    for title, text, opened in (
        ("As it was given", given, bool(given)),
        ("With its bases and settings in place", resolved, not given),
    ):
        if text:
            state = " open" if opened else ""
            inside = f"<pre>{escape(text)}</pre>"
            found.append(f"<details{state}><summary>{title}</summary>{inside}</details>")
    return "\n".join(found)


def text_of(path: Path) -> str:
    """What a file of the folder holds; nothing of a link, which may lead anywhere."""
    try:
        return own_text(path)
    except NotOwn:
        return ""


def _lock(lock: Mapping[str, Any]) -> str:
    """Everything that the lock holds, flat; what the spec says already is left to it."""
    return pairs(_flat({k: v for k, v in lock.items() if k != "values"}))


def _flat(values: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if is_dict(value):
            yield from _flat(value, f"{prefix}{key} ")
        elif is_list(value):
            if value:
                yield f"{prefix}{key}", ", ".join(map(str, value))
        elif value is not None:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value)
