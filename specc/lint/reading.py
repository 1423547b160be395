"""How lint reads a program: what a layer is given, what follows it, which activation came last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.plain import is_sequence
from specc.infer.program import Layer, Node, Program, Tensor
from specc.train.member import member

ACTIVATIONS = {
    "ReLU": "relu",
    "Softmax": "softmax",
    "LeakyReLU": "leaky_relu",
    "ELU": "elu",
    "PReLU": "prelu",
    "ops.relu": "relu",
    "ops.softmax": "softmax",
    "ops.sigmoid": "sigmoid",
    "ops.tanh": "tanh",
    "ops.gelu": "gelu",
}
"""Steps that are an activation by themselves."""

PASSING = {
    "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "Identity", "Flatten",
    "Reshape", "GaussianNoise", "GaussianDropout", "ActivityRegularization", "ops.reshape",
    "ops.squeeze",
}  # fmt: skip
"""Steps that leave it as it is which activation came last."""

CONV = tuple(f"{k}{d}D" for k in ("Conv", "SeparableConv", "DepthwiseConv") for d in (1, 2, 3))
LINEAR = ("Dense", "EinsumDense", *CONV)
"""Layers with a kernel and an activation of their own."""


class Reading:
    """One model of a program, read by its layers. Nested models are read by themselves."""

    def __init__(self, program: Program, catalogue: Catalogue) -> None:
        self.program = program
        self.catalogue = catalogue
        self.followers: dict[Tensor, list[Node]] = {}
        for node in program.nodes:
            for _, tensor in node.tensors():
                self.followers.setdefault(tensor, []).append(node)

    def layers(self, *classes: str) -> Iterator[tuple[Node, Layer]]:
        """The calls of these classes; of every layer and op where none is named."""
        for node in self.program.nodes:
            if isinstance(node.operator, Layer) and (not classes or node.operator.cls in classes):
                yield node, node.operator

    def argument(self, layer: Layer, name: str) -> Any:
        """An argument of a layer: as given, or its default."""
        if name in layer.arguments:
            return layer.arguments[name]
        for argument in layer.definition.arguments:
            if argument.name == name:
                return argument.default
        family = "op" if layer.cls.startswith("ops.") else "layer"
        found = self.catalogue.families[family].classes.get(layer.cls.removeprefix("ops."), {})
        parameter = found.get(name)
        return parameter.default if parameter is not None else None

    def before(self, node: Node) -> Node | None:
        """The call that gives a call its one tensor."""
        tensors = [t for _, t in node.tensors()]
        return tensors[0].node if len(tensors) == 1 else None

    def only_follower(self, node: Node) -> Node | None:
        """The one call that takes what this one gives, where there is one and it is no output."""
        if len(node.outputs) != 1 or node.outputs[0] in self.program.outputs.values():
            return None
        following = self.followers.get(node.outputs[0], [])
        return following[0] if len(following) == 1 else None

    def own_activation(self, node: Node) -> str | None:
        """The activation that a call applies: `relu`; `None` for a linear layer, or none at all."""
        layer = node.operator
        if not isinstance(layer, Layer):
            return None
        if layer.cls in ACTIVATIONS:
            return ACTIVATIONS[layer.cls]
        found = self.argument(layer, "activation")
        if isinstance(found, Instance):
            found = found.name
        return found if isinstance(found, str) and found != "linear" else None

    def last(self, tensor: Tensor) -> Node:
        """The call that a tensor's numbers come from, steps that only pass them on left out."""
        node = tensor.node
        while isinstance(node.operator, Layer) and node.operator.cls in PASSING:
            earlier = self.before(node)
            if earlier is None:
                break
            node = earlier
        return node

    def loss(self, name: str) -> Instance | None:
        """An output's loss, its arguments checked; `None` where it has none or a wrong one."""
        learned = self.program.learned.get(name)
        if learned is None or learned.loss is None:
            return None
        return self.member("loss", learned.loss)

    def member(self, family: str, written: Any) -> Instance | None:
        """A class of a family as the spec writes it; `None` where it is wrong."""
        try:
            return member(self.catalogue, family, written)
        except Mismatch:
            return None

    def learned(self) -> Iterator[tuple[str, Tensor, Instance, Node]]:
        """Each output with a loss: its name, its tensor, the loss, the call it comes from."""
        for name, tensor in self.program.outputs.items():
            loss = self.loss(name)
            if loss is not None:
                yield name, tensor, loss, self.last(tensor)


def first(value: Any) -> Any:
    """The first of a list, or the value itself: a size for all axes."""
    return value[0] if is_sequence(value) and value else value
