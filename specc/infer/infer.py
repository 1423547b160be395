"""Graph -> Program: every argument checked, every tensor's shape and dtype known."""

from __future__ import annotations

from collections.abc import Mapping

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.mismatch import Mismatch
from specc.diagnostics.codes import wiring
from specc.diagnostics.report import Report
from specc.document.node import Node
from specc.expand.depth import deep
from specc.expand.flat import Call, Feed, FlatSpec
from specc.expand.places import Places
from specc.graph.graph import SpecGraph, Taps
from specc.infer.body import Body
from specc.infer.locate import diagnosed
from specc.infer.memory import Memory
from specc.infer.models import Models
from specc.infer.program import Argument, Loss, Program


def inferred(
    graph: SpecGraph,
    root: Node,
    catalogue: Catalogue,
    report: Report,
    memory: Memory | None = None,
) -> Program | None:
    """The program of a spec, or `None` where a tensor's type could not be found.

    `memory` has what rules gave for other specs with the same catalogue.
    """
    with deep():
        return _inferred(graph, Places(root), catalogue, report, memory)


def _inferred(
    graph: SpecGraph,
    places: Places,
    catalogue: Catalogue,
    report: Report,
    memory: Memory | None,
) -> Program | None:
    spec = graph.spec
    precision = spec.train.precision if spec.train is not None else "float32"
    models = Models(places, catalogue, report, precision, memory)
    body = Body(models, graph.graph, report)
    body.run()
    models.check_names(graph.graph)
    _check_unused(graph, models, report)
    _check_terms(graph, places, report)
    losses = {name: _loss(name, spec, terms, body, places) for name, terms in graph.losses.items()}
    targets = {n: t for n, tap in graph.targets.items() if (t := body.tensor(tap)) is not None}
    outputs = body.outputs()
    if not report.ok or len(outputs) < len(graph.graph.model.outputs):
        return None
    return Program(
        name=spec.name,
        nodes=body.nodes(),
        inputs=body.inputs(),
        outputs=outputs,
        description=spec.description,
        samples={n: i.sample for n, i in spec.model.inputs.items() if i.sample is not None},
        learned=spec.outputs,
        targets=targets,
        losses=losses,
        data=spec.data,
        train=spec.train,
        tune=spec.tune,
    )


def _check_terms(graph: SpecGraph, places: Places, report: Report) -> None:
    """Refuses a loss over numbers alone."""
    for name, terms in graph.losses.items():
        if terms and all(isinstance(t, int | float) for t in terms.values()):
            report.add(
                wiring.NothingLearned(
                    f"the loss `{name}` takes numbers only, so nothing learns from it",
                    places.key(graph.spec.losses[name].origin.path),
                    help="give it at least one tensor of the graph",
                )
            )


def _loss(
    name: str, spec: FlatSpec, terms: Mapping[str, Taps | float], body: Body, places: Places
) -> Loss:
    flat = spec.losses[name]
    tensors: dict[str, Argument | float] = {}
    for key, value in terms.items():
        if isinstance(value, int | float):
            tensors[key] = float(value)
        elif (found := body.argument(value)) is not None:
            tensors[key] = found
    term = flat.term
    span = places.value(flat.origin.path)
    return Loss(name, term.loss, term.arguments, tensors, term.weight, span)


def _check_unused(graph: SpecGraph, models: Models, report: Report) -> None:
    """Looks into models and shared layers that nothing uses: their faults are faults too."""
    for model, inner in graph.graph.models.items():
        models.program(model, inner)
    frame = graph.spec.model.frame
    used = {c.unit for g in (graph.graph, *models.graphs.values()) for c in g.model.calls}
    for unit in frame.units.values():
        if unit in used or unit in models.layers:
            continue
        try:
            models.found(unit, graph.graph)
        except Mismatch as error:
            call = Call(unit.name, unit, Feed(None), {}, frame, unit.origin, 0)
            report.add(diagnosed(error, models.places, call, unit.origin, unit.layer, []))
