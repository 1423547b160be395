"""Finds the edges that skip: those whose head is also reached from their tail by a longer way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from specc.lower.diagram.view import Edge

STEPS = 2_000_000
"""Edges that the search may walk in all; what is left after them is told by rank alone."""


def marked(edges: Sequence[Edge]) -> list[Edge]:
    """The edges, those that skip marked as such."""
    after: defaultdict[str, list[str]] = defaultdict(list)
    before: defaultdict[str, int] = defaultdict(int)
    for edge in edges:
        if edge.kind == "flow":
            after[edge.tail].append(edge.head)
            before[edge.head] += 1
    rank = _ranks(after, before)
    left = STEPS
    found: list[Edge] = []
    for edge in edges:
        tail, head = edge.tail, edge.head
        candidate = (
            edge.kind == "flow"
            and rank[head] - rank[tail] > 1
            and before[head] > 1
            and len(after[tail]) > 1
        )
        if candidate and left > 0:
            candidate, steps = _reached(tail, head, after, rank)
            left -= steps
        found.append(replace(edge, kind="skip") if candidate else edge)
    return found


def _ranks(after: dict[str, list[str]], before: dict[str, int]) -> defaultdict[str, int]:
    """The longest way to each box, from those that nothing leads to."""
    rank: defaultdict[str, int] = defaultdict(int)
    waiting = dict(before)
    ready = [box for box in list(after) if not waiting.get(box)]
    while ready:
        box = ready.pop()
        for head in after.get(box, ()):
            rank[head] = max(rank[head], rank[box] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return rank


def _reached(
    tail: str, head: str, after: dict[str, list[str]], rank: dict[str, int]
) -> tuple[bool, int]:
    """Whether another way leads from tail to head, and how many edges the search took."""
    seen = {tail}
    stack = [box for box in after[tail] if box != head]
    steps = 0
    while stack:
        box = stack.pop()
        if box in seen or rank[box] >= rank[head]:
            continue
        seen.add(box)
        for step in after.get(box, ()):
            steps += 1
            if step == head:
                return True, steps
            stack.append(step)
    return False, steps
