"""Where tensors come from and go to in a picture: the box that gives each, the edges between boxes.

A tensor may pass a border without a box of its own (the only input of a model that is drawn where
it is called), or be taken from a point instead of from its call (what enters each turn of a repeat
that is drawn once).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specc.infer.program import Node, Program, Tensor
from specc.lower.diagram import labels
from specc.lower.diagram.arrange import Drawn
from specc.lower.diagram.view import Edge, EdgeKind
from specc.lower.diagram.wiring import Key, key


class Wires:
    """The wires of a picture; learns while the boxes are made."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.usual = _usual_dtype(program)
        self.alias: dict[Key, Tensor] = {}
        """What stands for a tensor that has no box."""
        self.entries: dict[tuple[int, int], Tensor] = {}
        """What a call takes instead of its nth tensor: a point where a turn begins."""
        self._box_of: dict[int, str] = {}
        self._ports: dict[tuple[int, str], str] = {}
        """The box of a model's input, by call and name."""
        self._summaries: set[str] = set()
        self._drawn: list[Drawn] = []

    # --- boxes ------------------------------------------------------------------------------------

    def place(self, nodes: Drawn, box: str) -> None:
        """Calls are drawn in a box."""
        self._drawn.append(nodes)
        self._box_of.update({id(n): box for n in nodes})

    def summarize(self, drawn: Sequence[Drawn], box: str) -> None:
        """All these calls are drawn in one box."""
        self._summaries.add(box)
        for nodes in drawn:
            self.place(nodes, box)

    def enter(self, given: Sequence[Tensor], slots: Sequence[tuple[int, int]], box: str) -> None:
        """The slots take what is given from a point."""
        points = _stand_ins("it", given)
        self.place(points, box)
        if (outer := self.entries.get(slots[0])) is not None:
            self.entries[id(points[0]), 0] = outer
        self.entries |= dict.fromkeys(slots, points[0].outputs[0])

    def stop(self, tensors: Sequence[Tensor], box: str) -> list[Tensor]:
        """The tensors lead to a box, from where what is returned goes on."""
        nodes = _stand_ins("it", tensors)
        self.place(nodes, box)
        return [n.outputs[0] for n in nodes]

    # --- the borders of models --------------------------------------------------------------------

    def pass_into(self, nodes: Drawn, programs: Sequence[Program]) -> None:
        """The only input of each program is what its call is given."""
        entry = self.entries.get((id(nodes[0]), 0))
        for node, program in zip(nodes, programs, strict=True):
            for name, tensor in program.inputs.items():
                given = node.inputs.get(name)
                if isinstance(given, Tensor):
                    point = given if entry is None else Tensor(entry.node, 0, given.type)
                    self.alias[key(tensor)] = point

    def feed(self, nodes: Drawn, program: Program) -> None:
        """What the calls are given leads to the boxes of the program's inputs."""
        self._drawn.append(nodes)
        for name, tensor in program.inputs.items():
            self._ports[id(nodes[0]), name] = self._box_of[id(tensor.node)]

    def pass_out(self, nodes: Drawn, ends: Sequence[Sequence[Tensor]]) -> None:
        """What the calls give comes from the ends inside."""
        for node, tensors in zip(nodes, ends, strict=True):
            for given, inner in zip(node.outputs, tensors, strict=True):
                self.alias[key(given)] = Tensor(inner.node, inner.index, given.type)

    # --- edges ------------------------------------------------------------------------------------

    def flow(self) -> Iterator[Edge]:
        """The edges between calls, one for each tensor that a call takes."""
        once: set[tuple[str, str, Key]] = set()
        for nodes in self._drawn:
            lists = [list(n.tensors()) for n in nodes]
            named = len({slot for slot, _ in lists[0]}) > 1
            for n, same in enumerate(zip(*lists, strict=True)):
                slot, tensor = same[0]
                entry = self.entries.get((id(nodes[0]), n))
                port = self._ports.get((id(nodes[0]), slot))
                tail = self._tail(entry or tensor)
                head = port or self._box_of.get(id(nodes[0]))
                if tail is None or head is None or tail == head:
                    continue
                if head in self._summaries:
                    wire = (tail, head, key(self._resolved(entry or tensor)))
                    if wire in once:
                        continue
                    once.add(wire)
                taken = [t for _, t in same if entry is not None or self._tail(t) == tail]
                shown = slot if named and port is None and head not in self._summaries else ""
                label = labels.shapes(self._shape(t) for t in taken)
                yield Edge(tail, head, label, labels.clipped(shown))

    def ends(self) -> Iterator[Edge]:
        """The edges to outputs, their targets, and losses."""
        program = self.program
        for i, (name, tensor) in enumerate(program.outputs.items(), 1):
            yield from self._end(tensor, f"output{i}", "", "flow")
            if (target := program.targets.get(name)) is not None:
                yield from self._end(target, f"output{i}", "target", "target")
        for i, loss in enumerate(program.losses.values(), 1):
            for slot, given in loss.tensors.items():
                for item in given if isinstance(given, tuple) else (given,):
                    if isinstance(item, Tensor):
                        yield from self._end(item, f"loss{i}", slot, "loss")

    def _end(self, tensor: Tensor, head: str, slot: str, kind: EdgeKind) -> Iterator[Edge]:
        if (tail := self._tail(tensor)) is not None:
            yield Edge(tail, head, self._shape(tensor), labels.clipped(slot), kind)

    def _resolved(self, tensor: Tensor) -> Tensor:
        while (other := self.alias.get(key(tensor))) is not None:
            tensor = other
        return tensor

    def _tail(self, tensor: Tensor) -> str | None:
        return self._box_of.get(id(self._resolved(tensor).node))

    def _shape(self, tensor: Tensor) -> str:
        """What an edge says: the shape, after the tensor's name where its call gives several."""
        tensor = self._resolved(tensor)
        text = labels.shape(tensor.type, self.usual)
        parts = tensor.node.parts
        part = parts[tensor.index] if parts else "it"
        return text if part == "it" else f"{labels.clipped(part)}: {text}"


def _stand_ins(name: str, tensors: Sequence[Tensor]) -> Drawn:
    """Calls that only pass tensors on: what is drawn for them has an edge to it and from it."""
    nodes: list[Node] = []
    for tensor in tensors:
        node = Node(name, "op", None, {"it": tensor}, {})
        node.outputs = (Tensor(node, 0, tensor.type),)
        nodes.append(node)
    return tuple(nodes)


def _usual_dtype(program: Program) -> str:
    """The dtype that is not worth a word: what the program computes in."""
    precision = program.train.precision if program.train is not None else "float32"
    return str(precision).removeprefix("mixed_")
