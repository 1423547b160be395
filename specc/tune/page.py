"""The page of a study, `study.html`: one file that shows the whole search and fetches nothing."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path

from specc.data.extra import needed
from specc.diagnostics.report import Report, SpecError
from specc.document.address import resolved
from specc.document.node import Node
from specc.infer.program import Program
from specc.lower.diagram.draw import svg
from specc.lower.diagram.errors import DiagramError
from specc.train.report.page import STYLE, text_of
from specc.train.report.picture import inline
from specc.train.report.table import table
from specc.tune.folder import Study
from specc.tune.ledger import Configuration
from specc.tune.plots import Plot, plots
from specc.tune.progress import brief, clock, number_of

BEST = 10
"""Trials that the table of the best holds."""

_MORE = Path(__file__).with_name("page.css")
_ALLOWED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'; script-src"
)
"""What the page may do; only the scripts of these hashes are run."""

_DRAW = """
for (const data of document.querySelectorAll('script[type="application/json"]')) {
  const figure = JSON.parse(data.textContent);
  Plotly.newPlot(data.previousElementSibling, figure.data, figure.layout,
    {responsive: true, displaylogo: false});
}
"""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{allowed}">
<title>{title}</title>
<style>
{style}{more}</style>
</head>
<body>
<main>
{body}
</main>
<script>{plotly}</script>
<script>{draw}</script>
</body>
</html>
"""


def study_html(study: Study) -> str:
    """The page's text. A picture that cannot be drawn is said to be missing.

    Raises `MissingExtra` where Optuna or plotly is not installed.
    """
    needed("plotly")
    from plotly.offline import get_plotlyjs

    plotly = get_plotlyjs()
    whole = study.path.absolute()
    title = f"{whole.parent.name} {whole.name}"
    return _PAGE.format(
        allowed=f"{_ALLOWED} {_hash(plotly)} {_hash(_DRAW)}",
        title=escape(title),
        style=STYLE.read_text(encoding="utf-8"),
        more=_MORE.read_text(encoding="utf-8"),
        body="\n".join(_sections(study)),
        plotly=plotly,
        draw=_DRAW,
    )


def _hash(script: str) -> str:
    """What lets this script run, and no other."""
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _sections(study: Study) -> Iterator[str]:
    found = plots(study)
    by_kind: dict[str, list[Plot]] = {}
    for plot in found.figures:
        by_kind.setdefault(plot.kind, []).append(plot)
    yield _head(study)
    yield "".join(f'<p class="note">{escape(note)}</p>' for note in found.notes)
    yield _section("The best", _best(study))
    yield _section("Where the winner differs from the spec", _differing(study))
    for kind in ("history", "importances", "parallel"):
        for plot in by_kind.get(kind, ()):
            yield _section(plot.title, f'<div class="plot">{_figure(plot)}</div>')
    slices = (
        f"<figure><figcaption>{p.title}</figcaption>{_figure(p)}</figure>"
        for p in by_kind.get("slice", ())
    )
    yield _section("Slices", _around("plots", "".join(slices)))
    yield _section("Architecture", _around("sides", "".join(_architectures(study))))
    best = text_of(study.best_spec)
    yield _section("The best as a spec", f"<pre>{escape(best)}</pre>" if best else "")


def _section(title: str, inside: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{inside}\n</section>" if inside else ""


def _around(name: str, inside: str) -> str:
    return f'<div class="{name}">{inside}</div>' if inside else ""


def _figure(plot: Plot) -> str:
    """The place of a plot, with its data, in which nothing can end the element."""
    data = plot.figure.replace("<", "\\u003c")
    return f'<div></div><script type="application/json">{data}</script>'


def _head(study: Study) -> str:
    """The name, and the numbers that one looks for first."""
    states = [t.state for t in study.trials]
    tiles = [(s, f"{states.count(s):,}") for s in dict.fromkeys(("done", "pruned", *states))]
    if study.best is not None and study.best.value is not None:
        value = number_of(study.best.value)
        tiles.insert(0, (f"best {study.goal.metric} (#{study.best.number})", value))
    tiles += [(f"trainings by {name}", f"{count:,}") for name, count in study.engines.items()]
    seconds = study.seconds
    if seconds is not None:
        tiles.append(("from first to last", clock(seconds)))
    inside = "".join(f"<div><dt>{escape(n)}</dt><dd>{escape(v)}</dd></div>" for n, v in tiles)
    whole = study.path.absolute()
    tune = study.tune
    how = f"sampler {tune.sampler}, pruner {tune.pruner}, seed {tune.seed}"
    begun = str(study.about().get("started", ""))[:16].replace("T", " ")
    return (
        f"<header><h1>{escape(whole.parent.name)} <span>{escape(whole.name)}</span></h1>"
        f"<p>{escape(how)}{f', begun {escape(begun)} UTC' if begun else ''}</p>"
        f'<dl class="tiles">{inside}</dl></header>'
    )


def _best(study: Study) -> str:
    if study.best is None:
        return '<p class="note">No trial came to its end.</p>'
    best = study.ranked[:BEST]
    names = [a for a in study.dimensions if any(a in t.values for t in best)]
    rows = [[f"#{t.number}", number_of(t.value or 0), *_cells(t, names)] for t in best]
    return table(["trial", study.goal.metric, *names], rows)


def _cells(trial: Configuration, names: list[str]) -> Iterator[str]:
    yield from (brief(trial.values[n]) if n in trial.values else "" for n in names)


def _differing(study: Study) -> str:
    """The winner's values beside those of the spec."""
    best = study.best
    if best is None or study.of_function:
        return ""
    rows = [(a, brief(v), _base(study.root, study, a)) for a, v in best.values.items()]
    differing = [r for r in rows if r[1] != r[2]]
    if not differing:
        return '<p class="note">Nothing: it is the spec as it was given.</p>'
    return table(["field", "winner", "spec"], differing)


def _base(root: Node, study: Study, address: str) -> str:
    path = resolved(root, address, study.dimensions[address].key, Report())
    node = root.find(path) if path is not None else None
    return "not said" if node is None else brief(node.plain())


def _architectures(study: Study) -> Iterator[str]:
    """The winner's diagram and, if it is another, the one of the spec."""
    if study.of_function or study.best is None or study.compiled is None:
        return
    winner = _drawn(study, study.best_spec, "winner-")
    base = _drawn(study, study.path / "spec.yaml", "base-")
    for title, picture in (("The winner", winner), ("The spec", base)):
        yield f'<div><h3>{title}</h3><div class="paper wide">{picture}</div></div>'


def _drawn(study: Study, file: Path, prefix: str) -> str:
    assert study.compiled is not None
    try:
        program: Program = study.compiled(file)
        return inline(svg(program), prefix)
    except (DiagramError, SpecError, OSError) as error:
        return f'<p class="note">Not drawn: {escape(str(error))}</p>'
