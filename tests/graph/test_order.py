"""Vertices come after what they take, in the order in which they are written."""

from __future__ import annotations

from typing import Any

import networkx
from hypothesis import given
from hypothesis import strategies as st

from specc.expand.flat import FlatInput, Origin
from specc.graph.order import ancestors, ordered

edges = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=14)


def _vertices(count: int) -> list[Any]:
    return [FlatInput(str(i), (), "float32", None, Origin(())) for i in range(count)]


@given(st.integers(1, 9), edges)
def test_it_is_the_order_that_networkx_finds(count: int, drawn: list[tuple[int, int]]) -> None:
    """Of a graph without a cycle; two tensors from one vertex are two edges."""
    vertices = _vertices(count)
    network: Any = networkx.MultiDiGraph()
    network.add_nodes_from(vertices)
    feeds: dict[Any, list[Any]] = {}
    for source, target in ((a, b) for a, b in drawn if a < count and b < count):
        feeds.setdefault(vertices[target], []).append(vertices[source])
        network.add_edge(vertices[source], vertices[target])
    found = ordered({v: i for i, v in enumerate(vertices)}, feeds)
    key = vertices.index
    if networkx.is_directed_acyclic_graph(network):
        assert found is not None
        assert list(found) == list(networkx.lexicographical_topological_sort(network, key=key))
    else:
        assert found is None


def test_what_a_vertex_depends_on_is_all_before_it() -> None:
    """And itself, but nothing beside it."""
    a, b, c, d = _vertices(4)
    assert ancestors({b: [a], c: [b, b], d: [a]}, [c]) == {a, b, c}
