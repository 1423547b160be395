"""Arranges calls into the tree that a picture shows: blocks, repeats, and calls drawn as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specc.expand.flat import Cluster
from specc.infer.program import Node
from specc.lower.diagram.turns import ordered, runs
from specc.lower.diagram.wiring import Wiring

Drawn = tuple[Node, ...]
"""The calls, one of each turn, that are drawn once; in the order of the turns."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """Calls that are one box."""

    nodes: Drawn


@dataclass(frozen=True, slots=True)
class Fold:
    """A block, or turns of a repeat: those of a run that is drawn once, or a single one."""

    cluster: Cluster
    times: int
    items: tuple[Leaf | Fold, ...]


Item = Leaf | Fold


def arranged(nodes: Sequence[Drawn], wiring: Wiring, expand: bool, level: int = 0) -> list[Item]:
    """The tree of the calls; with `expand` no turns are drawn as one."""
    grouped: dict[object, list[Drawn]] = {}
    for drawn in nodes:
        clusters = drawn[0].clusters
        at = (clusters[level].kind, clusters[level].key) if len(clusters) > level else drawn
        grouped.setdefault(at, []).append(drawn)
    items: list[Item] = []
    for inner in grouped.values():
        clusters = inner[0][0].clusters
        if len(clusters) <= level:
            items.extend(Leaf(d) for d in inner)
        elif clusters[level].kind == "block":
            below = arranged(inner, wiring, expand, level + 1)
            items.append(Fold(clusters[level], 1, tuple(below)))
        else:
            items.extend(_repeat(inner, wiring, expand, level))
    return items


def _repeat(nodes: list[Drawn], wiring: Wiring, expand: bool, level: int) -> list[Item]:
    turns: dict[int, list[Drawn]] = {}
    for drawn in nodes:
        turns.setdefault(drawn[0].clusters[level].turn, []).append(drawn)
    listed = list(turns.values())
    found = _single(listed) if expand else _runs(listed, wiring, level)
    items: list[Item] = []
    for run in found:
        together = _together([listed[t] for t in run])
        cluster = together[0][0].clusters[level]
        below = arranged(together, wiring, expand, level + 1)
        items.append(Fold(cluster, len(run), tuple(below)))
    return items


def _runs(turns: list[list[Drawn]], wiring: Wiring, level: int) -> list[range]:
    """The runs, if they are the same in every turn of the repeats further out."""
    several = len(turns[0][0])
    wanted: list[range] | None = None
    for which in range(several):
        nodes = [ordered([d[which] for d in turn]) for turn in turns]
        found = runs(nodes, level, wiring)
        if wanted is not None and found != wanted:
            return _single(turns)
        wanted = found
    return wanted or []


def _single(turns: list[list[Drawn]]) -> list[range]:
    return [range(i, i + 1) for i in range(len(turns))]


def _together(turns: list[list[Drawn]]) -> list[Drawn]:
    """Each call of the first turn with the same call of the others, in the first turn's order."""
    sorted_turns: list[list[Drawn]] = []
    for turn in turns:
        by_node = {id(d[0]): d for d in turn}
        sorted_turns.append([by_node[id(n)] for n in ordered([d[0] for d in turn])])
    joined = {
        id(same[0][0]): tuple(n for turns_of in zip(*same, strict=True) for n in turns_of)
        for same in zip(*sorted_turns, strict=True)
    }
    return [joined[id(d[0])] for d in turns[0]]
