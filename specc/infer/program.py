"""Program: a model that is proven to fit together. It is what everything else is made from.

A program holds nodes in an order in which they can be made. A node is one call: of a layer, an op
or a nested model, on tensors that earlier nodes gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from specc.catalogue.define import Definition, Weight
from specc.catalogue.types import TensorType
from specc.diagnostics.diagnostic import Related
from specc.diagnostics.span import Span
from specc.document.files import Folder
from specc.document.origin import Origin
from specc.document.spec import Data, Output, Sample, Train, Tune
from specc.expand.flat import Cluster
from specc.expand.outside import Outside
from specc.infer.cost import Cost, altogether, memory

FOLDED = 40
"""How many calls of a model from outside are shown unless all are asked for."""

Kind = Literal["input", "variable", "layer", "op", "model"]


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """One tensor: which node gives it, as the how manieth, and what it is."""

    node: Node
    index: int
    type: TensorType

    @property
    def name(self) -> str:
        """The node's name, with the index where the node gives several."""
        return self.node.name if len(self.node.outputs) == 1 else f"{self.node.name}:{self.index}"

    def __repr__(self) -> str:
        return f"<Tensor {self.name} {self.type} {self.type.dtype}>"


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or a list of numbers in the place of a tensor."""

    value: Any


Argument = Tensor | Constant | tuple["Tensor | Constant", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer as it exists once: several nodes of a shared layer have the same one.

    `cls` is Keras's class name (`Dense`), or the function's for an op (`ops.reshape`). `arguments`
    are what its constructor gets, checked; `name` is unique in its model.
    """

    name: str
    cls: str
    arguments: Mapping[str, Any]
    weights: tuple[Weight, ...]
    definition: Definition
    shared: str | None = None
    """The name that it is declared by, if it is shared."""
    uses: Mapping[str, Layer | Program] = field(default_factory=dict[str, Any])
    """The declared layers and models that its arguments hold, as `{use: name}`."""
    span: Span | None = None

    @property
    def trainable(self) -> bool:
        """Whether it learns at all."""
        return bool(self.arguments.get("trainable", True))

    @property
    def parameters(self) -> int:
        """How many numbers its weights hold."""
        return sum(w.size for w in self.weights)

    @property
    def trainable_parameters(self) -> int:
        """How many of these learn."""
        return sum(w.size for w in self.weights if w.trainable) if self.trainable else 0


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A learned tensor that is in no layer."""

    name: str
    type: TensorType
    initializer: Any
    trainable: bool
    per_example: bool

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        dims = self.type.dims[1:] if self.per_example else self.type.dims
        count = 1
        for d in dims:
            count *= d if isinstance(d, int) else 1
        return count


@dataclass(slots=True, eq=False)
class Node:
    """One call. `inputs` are its tensors by Keras's argument names, `call` its other arguments.

    `operator` is what is called: a `Layer` (an op too), a nested `Program`, a `Variable`, or `None`
    for an input.
    """

    name: str
    kind: Kind
    operator: Layer | Program | Variable | None
    inputs: Mapping[str, Argument]
    call: Mapping[str, Any]
    outputs: tuple[Tensor, ...] = ()
    parts: tuple[str, ...] = ()
    """The names of its tensors, where it gives several."""
    chain: str = ""
    """The chain that it stands in."""
    clusters: tuple[Cluster, ...] = ()
    """The blocks and repeats that it stands in, outermost first."""
    span: Span | None = None
    through: tuple[Related, ...] = ()
    """The places that it came through, for later diagnostics: blocks and repeats."""
    called: Program | None = None
    """A nested model with the types that it has here: lengths may be known that it leaves open."""
    flops: int | None = None
    """Floating-point operations for one example, a multiply-add counted as two."""

    def tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Every tensor that it takes, with the argument that it is given as."""
        for slot, value in self.inputs.items():
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Tensor):
                    yield slot, item

    @property
    def memory(self) -> int | None:
        """The bytes that its tensors take for one example, those inside a nested model included."""
        if isinstance(self.operator, Program):
            called = self.called or self.operator
            inner = called.cost.memory
            given = memory(t.type for t in called.inputs.values())
            return None if inner is None or given is None else inner - given
        return memory(t.type for t in self.outputs)

    @property
    def operations(self) -> int | None:
        """Floating-point operations for one example, a multiply-add counted as two."""
        if isinstance(self.operator, Program):
            return (self.called or self.operator).cost.flops
        return self.flops

    @property
    def label(self) -> str:
        """The class of what is called, for people."""
        if isinstance(self.operator, Layer):
            return self.operator.cls
        if isinstance(self.operator, Program) and self.operator.outside is not None:
            return self.operator.outside.title
        return self.kind.capitalize() if self.kind in ("input", "variable") else "Model"

    def __repr__(self) -> str:
        types = ", ".join(str(t.type) for t in self.outputs)
        return f"<Node {self.name} {self.label} -> {types}>"


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """A loss term: a class, its arguments, and the tensors or constants that it takes."""

    name: str
    cls: str
    arguments: Mapping[str, Any]
    tensors: Mapping[str, Argument | float]
    weight: float
    span: Span | None = None


@dataclass(frozen=True, eq=False)
class Program:
    """A compiled spec, or one of its nested models.

    `inputs` and `outputs` are tensors by name; `nodes` holds what they, and the losses, depend on.
    `data`, `train` and `tune` are the sections of the spec, checked, for the top program only.
    """

    name: str
    nodes: tuple[Node, ...]
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    trainable: bool = True
    description: str | None = None
    samples: Mapping[str, Sample] = field(default_factory=dict[str, Sample])
    """The inputs that are drawn, with what they are drawn from."""
    learned: Mapping[str, Output] = field(default_factory=dict[str, Output])
    """How each output is learned: its loss, weight, metrics and target."""
    targets: Mapping[str, Tensor] = field(default_factory=dict[str, Tensor])
    """Outputs whose target is another tensor of the graph."""
    losses: Mapping[str, Loss] = field(default_factory=dict[str, Loss])
    data: Data | None = None
    train: Train | None = None
    tune: Tune | None = None
    span: Span | None = None
    origin: Origin | None = None
    """The spec that it was compiled from; not of nested models."""
    plugins: tuple[Any, ...] = ()
    """The plug-ins that were given when it was compiled; installed ones are found again."""
    folder: Folder | None = None
    """What the paths of its data are relative to, and what they may lead to."""
    outside: Outside | None = None
    """The application or file that it comes from, if it is not written in the spec."""

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Each layer once, in the order of the nodes; not those of nested models, not ops."""
        found = dict.fromkeys(
            n.operator for n in self.nodes if isinstance(n.operator, Layer) and n.kind == "layer"
        )
        return tuple(found)

    @cached_property
    def models(self) -> tuple[Program, ...]:
        """Each nested model once."""
        return tuple(
            dict.fromkeys(n.operator for n in self.nodes if isinstance(n.operator, Program))
        )

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """The learned tensors that are in no layer."""
        return tuple(n.operator for n in self.nodes if isinstance(n.operator, Variable))

    @cached_property
    def parameters(self) -> int:
        """How many numbers all weights hold, those of nested models included."""
        return (
            sum(x.parameters for x in self.layers)
            + sum(m.parameters for m in self.models)
            + sum(v.parameters for v in self.variables)
        )

    @cached_property
    def trainable_parameters(self) -> int:
        """How many of these learn."""
        if not self.trainable:
            return 0
        return (
            sum(x.trainable_parameters for x in self.layers)
            + sum(m.trainable_parameters for m in self.models)
            + sum(v.parameters for v in self.variables if v.trainable)
        )

    @property
    def flops(self) -> int | None:
        """Floating-point operations for one example; `None` where a node's are not known."""
        return self.cost.flops

    @property
    def folded(self) -> bool:
        """Whether pictures and tables show it as one thing: it is large and not the spec's own."""
        return self.outside is not None and len(self.nodes) > FOLDED

    @cached_property
    def cost(self) -> Cost:
        """Parameters, memory and operations; a nested model counts once for each use."""
        calls = [n for n in self.nodes if n.kind in ("layer", "op", "model")]
        return Cost(
            self.parameters,
            self.trainable_parameters,
            altogether(n.memory for n in self.nodes if n.kind != "variable"),
            altogether(n.operations for n in calls),
        )

    def __repr__(self) -> str:
        return (
            f"<Program {self.name}: {len(self.nodes)} nodes, {self.parameters:,} parameters, "
            f"outputs {', '.join(self.outputs)}>"
        )

    def _repr_svg_(self) -> str:
        """Lets a notebook draw the program."""
        from specc.lower.diagram.draw import svg

        return svg(self)
