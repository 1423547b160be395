"""Refuses sharing that Keras does not keep when it saves a model."""

from __future__ import annotations

from collections.abc import Iterator

from specc.diagnostics.codes import wiring
from specc.diagnostics.diagnostic import Related
from specc.diagnostics.report import Report
from specc.document.node import Node
from specc.expand.flat import Call, FlatModel, Unit
from specc.expand.places import Places
from specc.graph.build import models_of
from specc.graph.graph import Graph, SpecGraph

Held = Unit | FlatModel


def check_saving(graph: SpecGraph, root: Node, report: Report) -> None:
    """Reports each layer or model that stands in two models, in and out of one, or is wrapped too.

    Keras writes such a thing once for each holder: the loaded copies would learn apart, or the file
    would not load at all.
    """
    holders: dict[Held, dict[tuple[str, object], Call]] = {}
    for model in _models(graph.graph, {}):
        for call in _built(model):
            _hold(call.unit, ("model", model.model), call, holders)
    for held, places in holders.items():
        if len(places) > 1:
            _report(held, places, root, report)


def _models(graph: Graph, seen: dict[int, None]) -> Iterator[Graph]:
    if id(graph) in seen:
        return
    seen[id(graph)] = None
    yield graph
    for call in _built(graph):
        for model in models_of(call.unit):
            yield from _models(graph.models[model], seen)


def _built(graph: Graph) -> list[Call]:
    """The calls that are built: those that lead to an output."""
    return [c for c in graph.model.calls if c in graph.needed]


def _hold(
    unit: Held,
    holder: tuple[str, object],
    call: Call,
    holders: dict[Held, dict[tuple[str, object], Call]],
) -> None:
    holders.setdefault(unit, {}).setdefault(holder, call)
    if isinstance(unit, Unit):
        for used in unit.uses.values():
            _hold(used, ("wrapper", unit), call, holders)


def _report(held: Held, places: dict[tuple[str, object], Call], root: Node, report: Report) -> None:
    where = Places(root)
    kinds = [kind for kind, _ in places]
    what = "layer" if isinstance(held, Unit) else "model"
    models = [_short(m.name) for _, m in places if isinstance(m, FlatModel) and m.frame.outer]
    if "wrapper" in kinds:
        how = "is used in a wrapper and elsewhere too"
    elif len(models) < len(places):
        how = f"is used inside the model `{models[0]}` and outside of it"
    else:
        how = f"is used in two models, `{models[0]}` and `{models[1]}`"
    spans = [where.head(call.origin.path, _name(call)) for call in places.values()]
    report.add(
        wiring.NotKept(
            f"the {what} `{_short(held.name)}` {how}, and Keras does not keep that when it saves",
            spans[-1],
            help="declare one for each place, or put what shares it into one model that is used "
            "as a whole",
            related=tuple(Related("it is used here too", span) for span in spans[:-1]),
        )
    )


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _name(call: Call) -> str:
    return call.unit.layer if isinstance(call.unit, Unit) else "use"
