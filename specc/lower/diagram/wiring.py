"""Who takes which tensor, and how often a layer or model is called, in all models of a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from specc.infer.program import Layer, Node, Program, Tensor

Key = tuple[int, int]
"""A tensor: its node's identity, and its index."""


def key(tensor: Tensor) -> Key:
    """What a tensor is looked up by."""
    return id(tensor.node), tensor.index


class Wiring:
    """The consumers of every tensor, the tensors that leave their program, and uses of operators.

    A layer inside a wrapper, `{use: name}`, is used by the call of the wrapper.
    """

    def __init__(self, program: Program) -> None:
        self.consumers: dict[Key, list[Node]] = {}
        self.leaving: set[Key] = set()
        self.uses: Counter[int] = Counter()
        self.wrapped: set[int] = set()
        """Operators that stand inside a wrapper."""
        seen: set[int] = set()
        stack = [program]
        while stack:
            inner = stack.pop()
            if id(inner) not in seen:
                seen.add(id(inner))
                self._read(inner)
                stack.extend(reversed(list(_models(inner))))

    def _read(self, program: Program) -> None:
        for node in program.nodes:
            for _, tensor in node.tensors():
                self.consumers.setdefault(key(tensor), []).append(node)
            if isinstance(node.operator, Program) or node.kind == "layer":
                self.uses[id(node.operator)] += 1
            if isinstance(node.operator, Layer):
                for used in held(node.operator):
                    self.uses[id(used)] += 1
                    self.wrapped.add(id(used))
        self.leaving.update(key(t) for t in program.outputs.values())
        self.leaving.update(key(t) for t in program.targets.values())
        for loss in program.losses.values():
            for given in loss.tensors.values():
                for item in given if isinstance(given, tuple) else (given,):
                    if isinstance(item, Tensor):
                        self.leaving.add(key(item))

    def several(self, operator: object) -> bool:
        """Whether an operator is called more than once."""
        return self.uses[id(operator)] > 1


def held(layer: Layer) -> Iterator[Layer | Program]:
    """The declared layers and models that a wrapper holds, at any depth."""
    for used in layer.uses.values():
        yield used
        if isinstance(used, Layer):
            yield from held(used)


def _models(program: Program) -> Iterator[Program]:
    for node in program.nodes:
        if isinstance(node.operator, Program):
            yield node.operator
        elif isinstance(node.operator, Layer):
            yield from (u for u in held(node.operator) if isinstance(u, Program))
