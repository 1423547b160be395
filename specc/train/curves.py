"""Curves: the history of a run as a picture, one panel for each thing that is logged."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from specc.data.extra import needed


def curves_svg(history: Mapping[str, Sequence[float]], title: str) -> str:
    """The SVG text: epochs across, `loss` and every metric up, validation beside training."""
    matplotlib: Any = needed("matplotlib")
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    names = [n for n in history if n != "epoch" and not n.startswith("val_")]
    epochs = history.get("epoch", ())
    columns = min(len(names), 3) or 1
    rows = -(-len(names) // columns) or 1
    with matplotlib.rc_context({"svg.hashsalt": "specc", "svg.fonttype": "none", "font.size": 9}):
        figure: Any = Figure(figsize=(4 * columns, 2.8 * rows), layout="constrained")
        FigureCanvasSVG(figure)
        figure.suptitle(title)
        for i, name in enumerate(names):
            axes = figure.add_subplot(rows, columns, i + 1)
            marker = "o" if len(epochs) == 1 else ""
            axes.plot(epochs, history[name], color="#1f77b4", label="training", marker=marker)
            if (validated := history.get(f"val_{name}")) is not None:
                axes.plot(epochs, validated, color="#d62728", label="validation", marker=marker)
                axes.legend(frameon=False)
            axes.set_title(name)
            axes.set_xlabel("epoch")
            axes.grid(alpha=0.3)
            axes.spines[["top", "right"]].set_visible(False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()
