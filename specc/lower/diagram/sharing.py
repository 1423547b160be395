"""What is one thing and used several times: which layers and models, and where they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from specc.infer.program import Layer, Program
from specc.lower.diagram.arrange import Drawn
from specc.lower.diagram.labels import clipped
from specc.lower.diagram.view import Box, Link
from specc.lower.diagram.wiring import Wiring, held

Operator = Layer | Program


class Sharing:
    """The shared layers and models of a picture; learns while the boxes are made."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.defined: dict[Operator, str] = {}
        """The shared models that have a group of their own, and the group."""
        self._accents: dict[Operator, int] = {}
        self._drawn: dict[Operator, int] = {}
        self._places: dict[Operator, list[str]] = {}

    def of(self, nodes: Drawn) -> Operator | None:
        """What a call shares with other calls: its layer or model, or what its wrapper holds."""
        operator = nodes[0].operator
        if isinstance(operator, Program):
            return operator if self.apart(operator) else None
        if not isinstance(operator, Layer) or nodes[0].kind == "op":
            return None
        if self.wiring.several(operator):
            return operator
        for inner in held(operator):
            if isinstance(inner, Program) or self.wiring.several(inner):
                return inner
        return None

    def apart(self, model: Program) -> bool:
        """Whether a model is drawn as a group of its own that its calls are linked to."""
        return self.wiring.several(model) or id(model) in self.wiring.wrapped

    def among(self, program: Program) -> list[Program]:
        """The models that the calls of a program share, each once."""
        found: dict[Program, None] = {}
        for node in program.nodes:
            operator = node.operator
            inner = held(operator) if isinstance(operator, Layer) else [operator]
            for model in inner:
                if isinstance(model, Program) and self.apart(model):
                    found.setdefault(model)
        return list(found)

    def accent(self, operator: Operator) -> int:
        """The number of its colour."""
        return self._accents.setdefault(operator, len(self._accents))

    def first(self, operator: Operator) -> bool:
        """Whether no use of it is drawn yet."""
        return operator not in self._drawn

    def use(self, nodes: Drawn, box: str) -> None:
        """Notes that calls are drawn in a box, if they share something."""
        shared = self.of(nodes)
        if shared is not None:
            self._drawn[shared] = self._drawn.get(shared, 0) + len(nodes)
            self._places.setdefault(shared, []).append(box)

    def tagged(self, box: Box, nodes: Drawn) -> Box:
        """A call's box with its tag, `shared · use 1 of 2`, if the call shares something."""
        shared = self.of(nodes)
        if shared is None:
            return box
        before = self._drawn.get(shared, 0)
        self.use(nodes, box.id)
        box = replace(box, accent=self.accent(shared))
        total = self.wiring.uses[id(shared)]
        if total == 1:
            return box
        which = f"{before + 1}" if len(nodes) == 1 else f"{before + 1} to {before + len(nodes)}"
        what = "" if shared is nodes[0].operator else f"{clipped(shared.name)} "
        return replace(box, tag=f"{what}shared · use {which} of {total}")

    def links(self) -> Iterator[Link]:
        """From every use to the group of a model; of a layer, from use to use."""
        for operator, places in self._places.items():
            boxes: Sequence[str] = list(dict.fromkeys(places))
            group = self.defined.get(operator)
            if group is not None:
                yield from (Link(box, group, self.accent(operator)) for box in boxes)
            else:
                yield from (Link(a, b, self.accent(operator)) for a, b in pairwise(boxes))
