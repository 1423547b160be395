"""The order of a graph's vertices: each after those that it takes, and apart from that as written.

By the standard library's `graphlib`: to load networkx takes a third of the time of a check, so it
is left for the graphs that have a cycle to tell (`cycles.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from specc.graph.graph import Vertex

Feeds = Mapping[Vertex, Sequence[Vertex]]
"""The vertices that each vertex takes, one for each tensor; one without an entry takes none."""


def ordered(position: Mapping[Vertex, int], feeds: Feeds) -> tuple[Vertex, ...] | None:
    """All vertices in order, or None where some of them depend on themselves.

    `position` says where each vertex is written; of those that could come next, the first does.
    """
    written = sorted(position, key=position.__getitem__)
    if all(position[v] < position[to] for to, taken in feeds.items() for v in taken):
        return tuple(written)  # as nearly every graph is
    rank = {v: i for i, v in enumerate(written)}
    sorter = TopologicalSorter({v: feeds.get(v, ()) for v in written})
    try:
        sorter.prepare()
    except CycleError:
        return None
    ready: list[int] = []
    found: list[Vertex] = []
    while sorter.is_active():
        for vertex in sorter.get_ready():
            heappush(ready, rank[vertex])
        found.append(written[heappop(ready)])
        sorter.done(found[-1])
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
