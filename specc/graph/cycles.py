"""The cycles of a graph that has some, found by networkx, which is loaded for them alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from specc.expand.flat import Call, Origin
from specc.graph.graph import Given, Vertex

Edge = tuple[Call, Call, Origin | None]
"""From a call to one that takes its tensor; the origin is where that was asked for."""


def cycles(
    vertices: Iterable[Vertex], given: Mapping[Call, Given]
) -> Iterator[tuple[frozenset[Vertex], list[Edge]]]:
    """Each set of vertices that depend on one another, and one cycle that leads through it."""
    import networkx

    nx: Any = networkx  # its stubs leave most types open
    network = nx.MultiDiGraph()
    network.add_nodes_from(vertices)
    for call, taken in given.items():
        network.add_edges_from(
            (tap.vertex, call, slot, {"origin": tap.origin}) for slot, tap in taken.all()
        )
    for component in nx.strongly_connected_components(network):
        if len(component) > 1 or any(network.has_edge(v, v) for v in component):
            found = nx.find_cycle(network.subgraph(component))
            origins = ((s, t, network.edges[s, t, slot]["origin"]) for s, t, slot in found)
            yield frozenset(component), list(origins)
