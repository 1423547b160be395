"""Numbers in the page: what was predicted against what is true, and how far they are apart."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from specc.data.extra import needed
from specc.train.curves import INK, STYLE, TRAINING, short, svg
from specc.train.report.examined import Numbers
from specc.train.report.picture import inline
from specc.train.report.table import table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

POINTS = 1_000
"""Points of a picture; of more, these are drawn by chance."""
COLUMNS = 6
"""Columns up to which each has a picture."""


def shown(output: Numbers) -> str:
    """What the page says of an output of numbers."""
    count = len(output.columns)
    if count <= COLUMNS:
        names = output.columns if count > 1 else (output.name,)
        sides = [(n, output.true[:, i], output.predicted[:, i]) for i, n in enumerate(names)]
    else:
        sides = [(f"all {count:,}", output.true.ravel(), output.predicted.ravel())]
    figures: list[str] = []
    for i, (name, true, said) in enumerate(sides):
        picture = _scatter(f"{output.name}-{i}-", true, said, name)
        figures.append(f"<figure>{picture}</figure>")
    rows = [[name, *_errors(true, said)] for name, true, said in sides]
    head = ["", "mean error", "root mean square", "R²"]
    return f'{table(head, rows)}<div class="panels">{"".join(figures)}</div>'


def _errors(true: Array, said: Array) -> Iterator[str]:
    """The mean absolute error, the root of the mean square, and the share of variance explained."""
    import numpy as np

    apart = said - true
    spread = float(np.square(true - true.mean()).sum())
    yield short(float(np.abs(apart).mean()))
    yield short(float(np.sqrt(np.square(apart).mean())))
    yield short(1 - float(np.square(apart).sum()) / spread) if spread else "–"


def _scatter(prefix: str, true: Array, said: Array, name: str) -> str:
    import numpy as np

    matplotlib: Any = needed("matplotlib")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    finite = np.isfinite(true) & np.isfinite(said)
    true, said = true[finite], said[finite]
    if not len(true):
        return f'<p class="note">{escape(name)}: nothing finite was predicted.</p>'
    if len(true) > POINTS:
        chosen = np.sort(np.random.default_rng(0).choice(len(true), POINTS, replace=False))
        true, said = true[chosen], said[chosen]
    with matplotlib.rc_context(STYLE):
        figure: Any = Figure(figsize=(4, 3.6), layout="constrained")
        FigureCanvasSVG(figure)
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        low, high = min(true.min(), said.min()), max(true.max(), said.max())
        axes.plot([low, high], [low, high], color=INK, lw=0.8, ls="--")
        axes.plot(true, said, "o", color=TRAINING, ms=3.5, alpha=0.5, mew=0)
        axes.set_xlabel("true")
        axes.set_ylabel("predicted")
        axes.set_title(name, loc="left")
        return inline(svg(figure), prefix)
