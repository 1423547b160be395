"""Builds the graph of a spec: edges, order, cycles, and what leads to no output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from specc.diagnostics.codes import suspicious
from specc.diagnostics.report import Report
from specc.document.node import Node
from specc.expand.depth import deep
from specc.expand.fill import Broken, Filler
from specc.expand.flat import Call, Feed, FlatModel, FlatSpec, Frame, Named, Origin, Unit
from specc.expand.places import Places
from specc.graph.cycles import Edge, cycles
from specc.graph.graph import Given, Graph, SpecGraph, Tap, Taps, Vertex
from specc.graph.order import ancestors, ordered
from specc.graph.resolve import Resolver


def graphed(spec: FlatSpec, root: Node, report: Report) -> SpecGraph:
    """The graph of a spec and of every model in it; what is wrong is reported and marked broken."""
    with deep():
        return _graphed(spec, root, report)


def _graphed(spec: FlatSpec, root: Node, report: Report) -> SpecGraph:
    resolver = Resolver(Filler(report, Places(root)))
    builder = _Builder(resolver, report)
    losses: dict[str, dict[str, Taps | float]] = {}
    for name, loss in spec.losses.items():
        losses[name] = {}
        for key, wires in loss.tensors.items():
            if isinstance(wires, int | float):
                losses[name][key] = wires
            elif (taps := builder.taps(wires, loss.origin.below(key))) is not None:
                losses[name][key] = taps
    targets: dict[str, Tap] = {}
    for name, output in spec.outputs.items():
        head = (output.target or "").split(".")[0]
        if output.target is not None and head in spec.model.frame.tensors():
            origin = Origin(("outputs", name, "target"))
            named = Named(spec.model.frame, tuple(output.target.split(".")), origin)
            if (tap := builder.tap(named, origin)) is not None:
                targets[name] = tap
    extra = [t for terms in losses.values() for v in terms.values() for t in _listed(v)]
    graph = builder.graph(spec.model, [*extra, *targets.values()])
    builder.warn_unused(spec.model, graph, [*extra, *targets.values()])
    return SpecGraph(spec, graph, losses, targets)


def _listed(value: Taps | float) -> Iterable[Tap]:
    if isinstance(value, tuple):
        return value
    return () if isinstance(value, int | float) else (value,)


class _Builder:
    """Builds graphs, each model's once."""

    def __init__(self, resolver: Resolver, report: Report) -> None:
        self.resolver = resolver
        self.places = resolver.filler.places
        self.report = report
        self.built: dict[FlatModel, Graph] = {}

    def taps(self, wires: Any, origin: Origin) -> Taps | None:
        try:
            return self.resolver.taps(wires, origin)
        except Broken:
            return None

    def tap(self, wires: Any, origin: Origin) -> Tap | None:
        try:
            return self.resolver.tap(wires, origin)
        except Broken:
            return None

    def graph(self, model: FlatModel, extra: Iterable[Tap] = ()) -> Graph:
        """The graph of one model; `extra` are tensors that are needed beside its outputs."""
        sources: list[Vertex] = [*model.inputs.values(), *model.variables]
        position: dict[Vertex, int] = {v: i - len(sources) for i, v in enumerate(sources)}
        position |= {c: c.order for c in model.calls}
        given: dict[Call, Given] = {}
        feeds: dict[Vertex, list[Vertex]] = {}
        broken: set[Vertex] = set()
        for call in model.calls:
            try:
                given[call] = self._given(call.feed, call.origin)
            except Broken:
                broken.add(call)
                continue
            if isinstance(call.unit, FlatModel) and call.unit.broken:
                broken.add(call)
            feeds[call] = given[call].vertices()
        outputs = {
            name: tap
            for name, named in model.outputs.items()
            if (tap := self.tap(named, named.origin)) is not None
        }
        self._check_aliases(model)
        models: dict[FlatModel, Graph] = {}
        for unit in (*(c.unit for c in model.calls), *model.frame.models.values()):
            for inner in models_of(unit):
                if inner not in models:
                    models[inner] = self._inner(inner)
        order = ordered(position, feeds)
        if order is None:
            for component, edges in cycles(position, given):
                self._report_cycle(edges)
                broken |= component
                for vertex in component:
                    feeds[vertex] = [v for v in feeds[vertex] if v not in component]
            order = ordered(position, feeds) or ()
        needed = ancestors(feeds, [t.vertex for t in (*outputs.values(), *extra)])
        read = frozenset(v for taken in feeds.values() for v in taken)
        return Graph(
            model, order, given, outputs, read, frozenset(needed), models, frozenset(broken)
        )

    def _check_aliases(self, model: FlatModel) -> None:
        """Follows chains without steps, which no call asks for where nothing reads them."""
        read = set(self.resolver.read)
        frames = {id(c.frame): c.frame for c in model.calls} | {id(model.frame): model.frame}
        for frame in frames.values():
            for chain in frame.chains.values():
                if isinstance(chain.end, Named):
                    self.taps(chain.end, chain.origin)
        self.resolver.read = read

    def _inner(self, model: FlatModel) -> Graph:
        if model not in self.built:
            self.built[model] = self.graph(model)
            if not model.frame.outside:
                self.warn_unused(model, self.built[model], ())
        return self.built[model]

    def _given(self, feed: Feed, origin: Origin) -> Given:
        """Every wire of a call resolved; all faults are reported before `Broken` is raised."""
        faults = 0
        running: Taps | None = None
        if feed.running is not None:
            running = self.taps(feed.running, origin)
            faults += running is None
        named: dict[str, Taps] = {}
        for name, wires in feed.named.items():
            if (taps := self.taps(wires, origin)) is None:
                faults += 1
            else:
                named[name] = taps
        more: list[Tap] = []
        for wires in feed.more:
            if (taps := self.taps(wires, origin)) is None:
                faults += 1
            else:
                more += _listed(taps)
        if faults:
            raise Broken
        return Given(running, named, tuple(more))

    # --- cycles -----------------------------------------------------------------------------------

    def _report_cycle(self, edges: list[Edge]) -> None:
        """One cycle, printed as the chains that it leads through, each with its place."""
        steps: list[tuple[str, Origin]] = []
        for source, target, origin in edges:
            if origin is not None and (not steps or source.chain != target.chain):
                steps.append((source.chain, origin))
        if not steps:
            steps = [(edges[0][0].chain, edges[0][1].origin)]
        self.resolver.cycle(steps[::-1])

    # --- warnings ---------------------------------------------------------------------------------

    def warn_unused(self, model: FlatModel, graph: Graph, extra: Iterable[Tap]) -> None:
        """Warns of inputs, variables and chains that lead to no output."""
        if not self.report.ok:
            return  # what is wrong elsewhere may be why
        asked = {t.vertex for t in (*graph.outputs.values(), *extra)}
        for source in (*model.inputs.values(), *model.variables):
            if source not in graph.read and source not in asked:
                self._unused(suspicious.UnusedInput, source.name, source.origin)
        self._warn_chains(model.frame, graph)
        for frame in {id(c.frame): c.frame for c in model.calls}.values():
            if frame is not model.frame and frame.kind == "block":
                self._warn_chains(frame, graph)

    def _warn_chains(self, frame: Frame, graph: Graph) -> None:
        for chain in frame.chains.values():
            if chain.broken or (id(chain) in self.resolver.read and chain.last is None):
                continue
            leads = chain.last is not None and chain.last in graph.needed
            if not leads and not self._part_needed(chain.parts.values(), graph):
                if chain.last is None and id(chain) in self.resolver.read:
                    continue
                self._unused(suspicious.UnusedChain, chain.name, chain.origin)

    def _part_needed(self, wires: Iterable[Any], graph: Graph) -> bool:
        taps = [self.taps(w, Origin(())) for w in wires]
        return any(
            t.vertex in graph.needed for tap in taps if tap is not None for t in _listed(tap)
        )

    def _unused(self, code: type[Any], name: str, origin: Origin) -> None:
        text = "leads to no output" if code is suspicious.UnusedChain else "is used by nothing"
        self.report.add(code(f"`{name}` {text}", self.places.key(origin.path), chain=origin.chain))


def models_of(unit: Unit | FlatModel) -> Iterator[FlatModel]:
    """The models that a call uses, directly or inside a wrapper's argument."""
    if isinstance(unit, FlatModel):
        yield unit
    else:
        for used in unit.uses.values():
            yield from models_of(used)
