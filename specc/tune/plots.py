"""The plots of a study: Optuna's, by plotly, with names and choices that are text and no markup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from specc.tune.folder import Study
from specc.tune.importance import importances
from specc.tune.ledger import Configuration
from specc.tune.sampler import optuna_part
from specc.tune.storage import in_memory

POINTS = 2_000
"""Trials that a plot of points shows: the best half, and of the rest some that are evenly apart."""
LINES = 300
"""Trials that a plot of lines shows, chosen likewise."""
SLICES = 24
"""Fields that have a slice, the most important first."""


@dataclass(frozen=True)
class Plot:
    """One figure: which kind, what it is called, and plotly's JSON."""

    kind: str
    title: str
    figure: str


@dataclass(frozen=True)
class Plots:
    """The figures of a study, and what is to be said of them."""

    figures: tuple[Plot, ...]
    notes: tuple[str, ...]


def plots(study: Study) -> Plots:
    """History, importances, parallel coordinates and slices; those that the trials allow."""
    if study.best is None:
        return Plots((), ("No trial came to its end.",))
    shares = importances(study)
    few = sorted(study.dimensions, key=lambda a: -shares.get(a, 0))[:SLICES]
    notes: list[str] = []
    ended = sum(t.state in ("done", "pruned") for t in study.trials)
    if ended > POINTS:
        notes.append(f"Slices show {POINTS:,} of {ended:,} trials, parallel coordinates {LINES}.")
    elif ended > LINES:
        notes.append(f"Parallel coordinates show {LINES} of {ended:,} trials.")
    if not shares:
        notes.append("Too few trials ended, or all alike, for the importance of the fields.")
    return Plots(tuple(_plots(study, few, bool(shares))), tuple(notes))


def _plots(study: Study, addresses: list[str], important: bool) -> Iterator[Plot]:
    visual: Any = optuna_part("visualization")
    every, points = in_memory(study, _text), in_memory(study, _text, _some(study, POINTS))
    lines = in_memory(study, _text, _some(study, LINES))
    metric = _text(study.goal.metric)
    yield _plot("history", "History", visual.plot_optimization_history(every, target_name=metric))
    if important:
        figure = visual.plot_param_importances(every)
        yield _plot(
            "importances",
            "Importance of each field",
            figure.update_layout(yaxis_title="", xaxis_title="share"),
        )
    drawn = {name for t in points.trials for name in t.params}
    if len(drawn) > 1:
        figure = visual.plot_parallel_coordinate(lines, target_name=metric)
        yield _plot("parallel", "Parallel coordinates", figure)
    for name in (_text(a) for a in addresses):
        if name in drawn:
            figure = visual.plot_slice(points, params=[name], target_name=metric)
            yield _plot("slice", name, figure)


def _text(text: str) -> str:
    """A text in which plotly finds none of the markup that it knows."""
    return escape(text, quote=False)


def _some(study: Study, most: int) -> list[Configuration]:
    """At most so many trials that ended, in their order."""
    ended = [t for t in study.trials if t.state in ("done", "pruned")]
    if len(ended) <= most:
        return ended
    best = {t.number for t in study.ranked[: most // 2]}
    rest = [t for t in ended if t.number not in best]
    between = range(0, len(rest), -(-len(rest) // (most - len(best))))
    kept = best | {rest[i].number for i in between}
    return [t for t in ended if t.number in kept]


def _plot(kind: str, title: str, figure: Any) -> Plot:
    figure.update_layout(
        title=None,
        template="plotly_white",
        margin={"l": 60, "r": 30, "t": 30, "b": 50},
        height={"slice": 300, "importances": 320}.get(kind, 420),
        font={"family": "system-ui, Helvetica, Arial, sans-serif"},
        autosize=True,
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return Plot(kind, title, figure.to_json())
