"""The order of a graph's vertices: each after those that it takes, and apart from that as written.

It is networkx's `lexicographical_topological_sort`, without networkx: to load that takes a third of
the time of a check, and nearly every graph is written in its order already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heappop, heappush

from specc.graph.graph import Vertex

Feeds = Mapping[Vertex, Sequence[Vertex]]
"""The vertices that each vertex takes, one for each tensor; one without an entry takes none."""


def ordered(position: Mapping[Vertex, int], feeds: Feeds) -> tuple[Vertex, ...]:
    """All vertices in order, or fewer: what stands in a cycle, or behind one, is left out.

    `position` says where each vertex is written; of those that could come next, the first does.
    """
    written = sorted(position, key=position.__getitem__)
    if all(position[v] < position[to] for to, taken in feeds.items() for v in taken):
        return tuple(written)
    rank = {v: i for i, v in enumerate(written)}
    missing = {v: len(feeds.get(v, ())) for v in written}
    feeding: dict[Vertex, list[Vertex]] = {}
    for to, taken in feeds.items():
        for vertex in taken:
            feeding.setdefault(vertex, []).append(to)
    ready = [rank[v] for v, count in missing.items() if not count]
    heapify(ready)
    found: list[Vertex] = []
    while ready:
        vertex = written[heappop(ready)]
        found.append(vertex)
        for to in feeding.get(vertex, ()):
            missing[to] -= 1
            if not missing[to]:
                heappush(ready, rank[to])
    return tuple(found)


def ancestors(feeds: Feeds, vertices: Sequence[Vertex]) -> set[Vertex]:
    """The vertices that these depend on, themselves included."""
    found: set[Vertex] = set()
    stack = list(vertices)
    while stack:
        vertex = stack.pop()
        if vertex not in found:
            found.add(vertex)
            stack.extend(feeds.get(vertex, ()))
    return found
