"""Curves: the history of a run as a picture, one panel for each thing that is logged."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from specc.data.extra import needed
from specc.train.better import best, direction

History = Mapping[str, Sequence[float]]

TRAINING, VALIDATION = "#3b82f6", "#f97316"
"""Told apart by most who see colours otherwise, on white and on black."""
INK = "#0f172b"
_RATIO = 30
"""From this ratio of the largest to the smallest, a loss is drawn in powers of ten."""
_LONG = 30
"""Characters of a name that stand beside the best value."""


def curves_svg(history: History, title: str, *, folds: Sequence[History] = ()) -> str:
    """The SVG text: epochs across, `loss` and every metric up, validation beside training.

    A panel says the best value of validation and its epoch, where the name tells which way is
    better. `folds` are drawn as thin lines, and `history` as their mean.
    """
    return drawn(history, panels(history), folds, title)


def drawn(
    history: History, names: Sequence[str], folds: Sequence[History] = (), title: str | None = None
) -> str:
    """The panels of some names; without a title they stand in a page, which says what is what."""
    matplotlib: Any = needed("matplotlib")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    columns = {1: 1, 2: 2, 4: 2}.get(len(names), 3 if len(names) < 10 else 4)
    rows = -(-len(names) // columns) or 1
    with matplotlib.rc_context(STYLE):
        figure: Any = Figure(
            figsize=(4 * columns, 2.7 * rows + (0.4 if title else 0)), layout="constrained"
        )
        FigureCanvasSVG(figure)
        if title is not None:
            figure.suptitle(title, x=0.01, ha="left", weight="bold")
        else:
            figure.patch.set_alpha(0)
        for i, name in enumerate(names):
            axes = figure.add_subplot(rows, columns, i + 1)
            axes.patch.set_alpha(0)
            _panel(axes, name, history, folds)
        if title is not None and any(n.startswith("val_") for n in history):
            lines = figure.axes[0].get_lines()
            shown = {x.get_label(): x for x in lines if x.get_label()[0] != "_"}
            figure.legend(
                shown.values(), shown, loc="outside upper right", ncols=3, frameon=False, fontsize=9
            )
        return svg(figure)


STYLE = {
    "svg.hashsalt": "specc", "svg.fonttype": "none", "text.parse_math": False, "font.size": 9,
    "font.family": "sans-serif", "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "axes.titlecolor": INK,
    "xtick.color": INK, "ytick.color": INK, "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.alpha": 0.25, "grid.color": "#808080",
}  # fmt: skip
"""Matplotlib's settings for every picture of a run; text stays text."""


def svg(figure: Any) -> str:
    """A figure's SVG, the same for the same figure."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def panels(history: History) -> list[str]:
    """What has a panel of its own, in order: the loss, what was measured, the learning rate."""
    names = dict.fromkeys(n.removeprefix("val_") for n in history if n != "epoch")
    return sorted(names, key=lambda n: (n == "learning_rate", n != "loss"))


def mean(histories: Sequence[History]) -> dict[str, list[float]]:
    """The mean of several histories, epoch by epoch, of those that went that far."""
    found: dict[str, list[float]] = {}
    for name in dict.fromkeys(n for h in histories for n in h):
        epochs = zip_longest(*(h.get(name, ()) for h in histories))
        rows = [[v for v in row if v is not None] for row in epochs]
        found[name] = [sum(row) / len(row) for row in rows]
    return found


def _panel(axes: Any, name: str, history: History, folds: Sequence[History]) -> None:
    ranged: list[float] = []
    for shown, colour, label in (
        (name, TRAINING, "training"),
        (f"val_{name}", VALIDATION, "validation"),
    ):
        for fold in folds:
            if shown in fold:
                axes.plot(fold["epoch"], fold[shown], color=colour, lw=0.8, alpha=0.4)
        if shown in history:
            values = history[shown]
            ranged += [v for v in values if math.isfinite(v)]
            marker = "o" if len(values) == 1 else ""
            axes.plot(history["epoch"], values, color=colour, label=label, marker=marker)
    if _logarithmic(name, ranged):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(_tick)  # Matplotlib's is TeX
        axes.yaxis.set_minor_formatter("")
    elif ranged and max(map(abs, ranged)) > 0:
        axes.ticklabel_format(axis="y", style="sci", scilimits=(-3, 5))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_title(name if len(name) <= _LONG else f"{name[:_LONG]}…", loc="left")
    axes.set_xlabel("epoch")
    _mark(axes, name, history)


def _mark(axes: Any, name: str, history: History) -> None:
    """A ring at the best epoch of validation, and the value above.

    Training's own is mostly the last one, and where losses work against each other it is none.
    """
    values = history.get(f"val_{name}", ())
    at = best(name, values)
    if at is None or len(values) == 1:
        return
    epoch = history["epoch"][at]
    axes.plot([epoch], [values[at]], "o", mfc="none", mec=INK, ms=7, mew=1.2)
    axes.set_title(f"best {short(values[at])} at {epoch:g}", loc="right", fontsize=8)


def _logarithmic(name: str, values: Sequence[float]) -> bool:
    if not values or min(values) <= 0:
        return False
    falls = name == "learning_rate" or direction(name) == "min"
    return falls and max(values) / min(values) > _RATIO


def _tick(value: float, _place: int | None) -> str:
    return f"{value:g}"


def short(value: float) -> str:
    """A number as people read it: four figures."""
    return f"{value:.4g}"
