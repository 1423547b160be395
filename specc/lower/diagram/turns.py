"""Which turns of a repeat are one thing: the same classes, wired in the same way.

A picture may draw turns `s` to `e` once, as ×N, if
- each turn has the same calls, nested in the same way (arguments and shapes may differ);
- a call takes its tensors from its own turn, from the same place of the turn before, or from the
  same tensor outside in every turn;
- nothing but the next turn takes a tensor of a turn, the last one left aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from specc.expand.flat import Cluster
from specc.infer.program import Constant, Layer, Node, Program, Tensor
from specc.lower.diagram.wiring import Key, Wiring, held, key

Turn = Sequence[Node]


def ordered(nodes: Sequence[Node]) -> list[Node]:
    """Calls by their place in the spec, so that the turns of a repeat list them alike."""

    def place(node: Node) -> tuple[int, int]:
        return (node.span.line, node.span.column) if node.span is not None else (0, 0)

    return sorted(nodes, key=place)


def runs(turns: Sequence[Turn], level: int, wiring: Wiring) -> list[range]:
    """The turns, in longest runs that may be drawn once. `level` is the repeat's among clusters."""
    found: list[range] = []
    start = 0
    while start < len(turns):
        run = _Run(turns[start], level, wiring)
        stop = start + 1
        while stop < len(turns) and run.take(turns[stop]):
            stop += 1
        found.append(range(start, stop))
        start = stop
    return found


class _Run:
    """Turns that are one thing so far."""

    def __init__(self, turn: Turn, level: int, wiring: Wiring) -> None:
        self.level = level
        self.wiring = wiring
        self.first = self.last = turn
        self.number = turn[0].clusters[level].turn
        self.form = [form(n, wiring) for n in turn]
        self.nesting = _nesting(turn, level)
        self.places = _places(turn)
        self.slots = [list(_slots(n)) for n in turn]
        self.carried: dict[tuple[int, int], tuple[int, int]] = {}
        """Where a slot (call, position) of a later turn is fed from in the turn before it."""
        self.entries: dict[tuple[int, int], Key] = {}
        """What stands in for that in the first turn."""

    def take(self, turn: Turn) -> bool:
        """Takes one more turn, if it is the same thing as those before."""
        number = turn[0].clusters[self.level].turn
        places = _places(turn)
        fits = (
            number == self.number + 1
            and len(turn) == len(self.first)
            and _nesting(turn, self.level) == self.nesting
            and [form(n, self.wiring) for n in turn] == self.form
            and self._stays(places)
            and self._wired(turn, places)
        )
        if fits:
            self.last, self.number, self.places = turn, number, places
        return fits

    def _stays(self, after: dict[int, int]) -> bool:
        """Whether only the turn itself and the one after it take the last turn's tensors."""
        for node in self.last:
            for tensor in node.outputs:
                if key(tensor) in self.wiring.leaving:
                    return False
                for taker in self.wiring.consumers.get(key(tensor), ()):
                    if id(taker) not in self.places and id(taker) not in after:
                        return False
        return True

    def _wired(self, turn: Turn, places: dict[int, int]) -> bool:
        begun = len(self.carried) > 0 or self.last is not self.first
        carried, entries = dict(self.carried), dict(self.entries)
        own = _places(self.first)
        for i, node in enumerate(turn):
            for j, ((_, given), (_, first)) in enumerate(
                zip(_slots(node), self.slots[i], strict=True)
            ):
                if not isinstance(given, Tensor) or not isinstance(first, Tensor):
                    continue
                source = places.get(id(given.node))
                home = own.get(id(first.node))
                if source is not None or home is not None:
                    if source != home or given.index != first.index:
                        return False
                    continue
                before = self.places.get(id(given.node))
                if before is None:
                    if key(given) != key(first) or (i, j) in carried:
                        return False
                    continue
                origin = (before, given.index)
                if begun and carried.get((i, j)) != origin:
                    return False
                carried[i, j] = origin
                if entries.setdefault(origin, key(first)) != key(first):
                    return False
        self.carried, self.entries = carried, entries
        return True


def entering(
    drawn: Sequence[tuple[Node, ...]], cluster: Cluster
) -> Iterator[tuple[Node, int, tuple[Tensor, ...]]]:
    """The slots, as (call, which of its tensors), that take what the turn before gives.

    With each come the tensors that stand in for that in the first turn, and in the first turn of
    each turn of a repeat further out. `drawn` are the calls of turns that are drawn once, and
    `cluster` is the first turn.
    """
    level = drawn[0][0].clusters.index(cluster)
    around = drawn[0][0].clusters[:level]

    def turn(node: Node) -> int | None:
        inside = len(node.clusters) > level and node.clusters[:level] == around
        return node.clusters[level].turn if inside else None

    first = {id(n) for nodes in drawn for n in nodes if turn(n) == cluster.turn}
    for nodes in drawn:
        after = next((n for n in nodes if turn(n) == cluster.turn + 1), None)
        if after is None:
            continue
        pairs = zip(nodes[0].tensors(), after.tensors(), strict=True)
        for slot, ((_, given), (_, later)) in enumerate(pairs):
            if id(later.node) in first and id(given.node) not in first:
                firsts = [n for n in nodes if n.clusters[level].turn == cluster.turn]
                yield nodes[0], slot, tuple(list(n.tensors())[slot][1] for n in firsts)


def form(node: Node, wiring: Wiring) -> tuple[Any, ...]:
    """What a call is, apart from its arguments' values and its neighbours."""
    operator = node.operator
    what: Any = None
    if isinstance(operator, Program):
        what = id(operator) if wiring.several(operator) else _inside(operator, wiring)
    elif isinstance(operator, Layer):
        inner = tuple(id(u) for u in held(operator))
        what = (operator.cls, operator.trainable, inner)
        if node.kind == "layer" and wiring.several(operator):
            what = id(operator)
    slots = tuple((s, isinstance(v, Tensor)) for s, v in _slots(node))
    return (node.kind, what, slots, tuple(node.call), len(node.outputs))


def _inside(program: Program, wiring: Wiring) -> tuple[Any, ...]:
    """A model's structure, to compare models that are called once each."""
    nodes = ordered(program.nodes)
    places = _places(nodes)

    def at(tensor: Tensor) -> tuple[int | None, int]:
        return places.get(id(tensor.node)), tensor.index

    wires = tuple(tuple(at(t) for _, t in n.tensors()) for n in nodes)
    outputs = tuple((name, at(t)) for name, t in program.outputs.items())
    forms = tuple(form(n, wiring) for n in nodes)
    return (program.name, program.trainable, forms, wires, outputs, _nesting(nodes, -1))


def _places(turn: Turn) -> dict[int, int]:
    return {id(node): i for i, node in enumerate(turn)}


def _slots(node: Node) -> Iterator[tuple[str, Tensor | Constant]]:
    for slot, value in node.inputs.items():
        for item in value if isinstance(value, tuple) else (value,):
            yield slot, item


def _nesting(turn: Turn, level: int) -> list[tuple[tuple[Any, ...], ...]]:
    """The clusters inside the repeat, numbered as they appear: names of blocks' uses differ."""
    numbers: dict[Any, int] = {}
    found: list[tuple[tuple[Any, ...], ...]] = []
    for node in turn:
        inner = node.clusters[level + 1 :]
        chain = tuple((c.kind, c.key) for c in inner)
        found.append(
            tuple(
                (c.kind, c.label, c.turn, numbers.setdefault(chain[: i + 1], len(numbers)))
                for i, c in enumerate(inner)
            )
        )
    return found
