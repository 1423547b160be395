"""Edges that skip."""

from __future__ import annotations

import time

from specc.lower.diagram.skips import marked
from specc.lower.diagram.view import Edge


def kinds(*pairs: str) -> list[str]:
    return [e.kind for e in marked([Edge(p[0], p[1], "") for p in pairs])]


def test_an_edge_beside_a_longer_way_skips():
    """a→c skips b; the parts of the long way do not."""
    assert kinds("ab", "bc", "ac") == ["flow", "flow", "skip"]


def test_a_short_branch_does_not_skip():
    """Two ways of different length from two sources are no residual."""
    assert kinds("ab", "bd", "cd") == ["flow"] * 3
    assert kinds("ab", "bc", "ce", "ad", "de") == ["flow"] * 5


def test_twice_the_same_way_does_not_skip():
    """Both edges of `Add(x, x)` are ordinary."""
    assert kinds("ab", "ab") == ["flow", "flow"]


def test_a_cycle_of_boxes_ends():
    """Boxes that stand for many calls may form a cycle; nothing runs for ever."""
    assert kinds("ab", "ba", "ac", "bc") == ["flow"] * 4


def test_a_dense_graph_is_bounded():
    """Where every box leads to every later one, the search stays short."""
    names = [chr(0x4E00 + i) for i in range(200)]
    pairs = [a + b for i, a in enumerate(names) for b in names[i + 1 :]]
    start = time.perf_counter()
    assert kinds(*pairs).count("flow") == len(names) - 1
    assert time.perf_counter() - start < 20
