"""Program -> a Keras functional model.

Nested models stay nested, a shared layer is one instance, and a variable is a weight of the model:
the one row of an `Embedding`, since a bare `keras.Variable` in an op is tracked by nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

from specc.catalogue.plain import is_sequence
from specc.infer.program import Argument, Constant, Layer, Node, Program, Tensor, Variable
from specc.lower.calls import applied, keep_training
from specc.lower.instances import constant, keras, realised
from specc.lower.numbering import numbered_anew
from specc.lower.outside import built
from specc.lower.plugged import check_made, plugged
from specc.lower.seeding import seeded

HIDDEN_INPUT = "hidden_input"
"""The input of a model that has none of its own; Keras wants one. Its numbers mean nothing."""


Made = Layer | Program | Variable


@dataclass(frozen=True)
class Lowered:
    """A built model, and the Keras layer or model of everything in the program that has weights."""

    model: Any
    objects: Mapping[Made, Any]


def to_keras(program: Program) -> Any:
    """The `keras.Model` of a program: functional, not compiled, weights drawn from the run's seed.

    One input or output is the tensor itself, several are a dict by name. Raises `MissingExtra`
    where Keras is not installed.
    """
    return lowered(program).model


def lowered(program: Program) -> Lowered:
    """The model of a program, with what each of its parts, nested ones too, became."""
    k = keras()
    seed = program.train.seed if program.train is not None else 0
    precision = program.train.precision if program.train is not None else "float32"
    before = k.config.dtype_policy()
    k.config.set_dtype_policy(precision)
    try:
        with _deep(_count(program)):
            builder = _Builder(k, seed, "")
            return Lowered(builder.model(program), builder.objects)
    finally:
        k.config.set_dtype_policy(before)


@contextmanager
def _deep(nodes: int) -> Generator[None]:
    """Raises the interpreter's limit: Keras walks a chain of layers by recursion."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 1000 + 10 * nodes))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _count(program: Program) -> int:
    return len(program.nodes) + sum(_count(m) for m in program.models)


class _Builder:
    """Builds one model; each layer and each nested model once."""

    def __init__(self, k: Any, seed: int, prefix: str) -> None:
        self.k = k
        self.seed = seed
        self.prefix = prefix
        self.objects: dict[Made, Any] = {}
        self.tensors: dict[Tensor, Any] = {}
        self.zeros: Any = None
        self.calls: list[tuple[Node, Any]] = []
        """The calls of layers, and what Keras makes of each."""
        self.names: set[str] = set()
        """Names that layers have; Keras keeps layers and ops under one roof."""

    def model(self, program: Program) -> Any:
        inputs: dict[str, Any] = {}
        for name, tensor in program.inputs.items():
            type_ = tensor.type
            inputs[name] = self.k.Input(shape=type_.shape[1:], dtype=type_.dtype, name=name)
            self.tensors[tensor] = inputs[name]
        self.names = {n.operator.name for n in program.nodes if n.operator is not None}
        self.names |= {n.name for n in program.nodes}
        if not inputs:
            inputs[HIDDEN_INPUT] = self.k.Input(shape=(1,), name=HIDDEN_INPUT)
        self.anchor = min(inputs.values(), key=lambda t: t.dtype == "string")
        for node in program.nodes:
            if node.kind != "input":
                self._node(node)
        outputs = {name: self._output(name, t) for name, t in program.outputs.items()}
        model = self.k.Model(
            inputs=inputs if len(inputs) > 1 else next(iter(inputs.values())),
            outputs=outputs if len(outputs) > 1 else next(iter(outputs.values())),
            name=program.name.replace(".", "_") if not self.prefix else program.name,
        )
        keep_training(model, [(n.call, made) for n, made in self.calls])
        if not program.trainable:
            model.trainable = False
        return model

    def _output(self, name: str, tensor: Tensor) -> Any:
        """An output; one that is an input itself passes through a layer, as Keras wants it."""
        found = self.tensors[tensor]
        if tensor.node.kind == "input":
            return self.k.layers.Identity(name=self._free(f"{name}.output"))(found)
        return found

    def _free(self, name: str) -> str:
        """A name for what only Keras needs, that no layer of the spec has."""
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name

    # --- nodes ------------------------------------------------------------------------------------

    def _node(self, node: Node) -> None:
        operator = node.operator
        if isinstance(operator, Variable):
            made = self._variable(operator)
        elif isinstance(operator, Program):
            made = self._call_model(node, operator)
        else:
            assert isinstance(operator, Layer)
            with seeded(self.seed, f"{self.prefix}{operator.name}"):
                call = self._op if node.kind == "op" else self._layer
                made = call(node, operator)
        listed: list[Any] = list(made) if is_sequence(made) else [made]
        for tensor, value in zip(node.outputs, listed, strict=True):
            self.tensors[tensor] = value

    def _value(self, argument: Argument) -> Any:
        if isinstance(argument, tuple):
            return [self._value(a) for a in argument]
        if isinstance(argument, Constant):
            return constant(argument.value)
        return self.tensors[argument]

    def _layer(self, node: Node, layer: Layer) -> Any:
        own = _OWN.get(layer.cls)
        values = {slot: self._value(a) for slot, a in node.inputs.items()}
        if own is not None:
            return own(self.k, layer.name, values)
        made = self._object(layer)
        first = layer.definition.slots[0].name
        rest = {n: v for n, v in values.items() if n != first}
        given = self._called(made, node, values[first], rest)
        if layer.definition.keras is not None:
            check_made(node, layer, given, made)
        return given

    def _object(self, used: Layer | Program) -> Any:
        """The one object of a layer or nested model."""
        found = self.objects.get(used)
        if found is None:
            if isinstance(used, Program) and used.outside is not None:
                found = built(self.k, used, used.name)
            elif isinstance(used, Program):
                inner = _Builder(self.k, self.seed, f"{self.prefix}{used.name}/")
                found = inner.model(used)
                self.objects |= inner.objects
            else:
                shared = {n: self._object(u) for n, u in used.uses.items()}
                plugin = used.definition.keras is not None
                make = plugged(used.definition) if plugin else getattr(self.k.layers, used.cls)
                with numbered_anew():
                    arguments = {n: realised(v, shared) for n, v in used.arguments.items()}
                    found = make(**arguments, name=used.name)
            self.objects[used] = found
        return found

    def _op(self, node: Node, layer: Layer) -> Any:
        function = getattr(self.k.ops, layer.cls.removeprefix("ops."))
        tensors = {slot: self._value(a) for slot, a in node.inputs.items()}
        arguments = {n: realised(v) for n, v in layer.arguments.items()}
        made = applied(function, {**arguments, **tensors})
        _named(made, self.k.tree.flatten(list(tensors.values())), node.name)
        return made

    def _call_model(self, node: Node, program: Program) -> list[Any]:
        with seeded(self.seed, f"{self.prefix}{program.name}"):
            model = self._object(program)
        values = {n: self._value(node.inputs[n]) for n in program.inputs}
        if not values:
            values = {HIDDEN_INPUT: self._hidden()}
        given = values if len(values) > 1 else next(iter(values.values()))
        made = self._called(model, node, given, {})
        return [made[n] for n in program.outputs] if isinstance(made, dict) else [made]

    def _called(self, layer: Any, node: Node, first: Any, rest: Mapping[str, Any]) -> Any:
        """One call of a layer or model."""
        made = layer(first, **rest, **node.call)
        self.calls.append((node, layer._inbound_nodes[-1]))
        return made

    # --- variables --------------------------------------------------------------------------------

    def _variable(self, variable: Variable) -> Any:
        """The row of an embedding, in the variable's shape. () or (batch,) -> shape"""
        dims = variable.type.dims[1:] if variable.per_example else variable.type.dims
        shape = tuple(d for d in dims if isinstance(d, int))
        dtype = variable.type.dtype
        with seeded(self.seed, f"{self.prefix}{variable.name}"):
            embedding = self.k.layers.Embedding(
                1,
                prod(shape),
                embeddings_initializer="zeros",
                name=variable.name,
                dtype=dtype,
                trainable=variable.trainable,
            )
            self.objects[variable] = embedding
            zeros = self._zeros()
            if not variable.per_example:
                zeros = self.k.ops.sum(zeros)
                _named(zeros, [self._zeros()], self._free(f"{variable.name}.row"))
            row = embedding(zeros)
            initializer = realised(variable.initializer)
            drawn = self.k.initializers.get(initializer)(shape, dtype=dtype)
            embedding.embeddings.assign(self.k.ops.reshape(drawn, (1, prod(shape))))
        if variable.per_example:
            return self.k.layers.Reshape(shape, name=self._free(f"{variable.name}.shape"))(row)
        made = self.k.ops.reshape(row, shape)
        _named(made, [row], self._free(f"{variable.name}.shape"))
        return made

    def _zeros(self) -> Any:
        """A zero for each example, (batch,), whatever the inputs hold."""
        if self.zeros is None:
            anchor = self.anchor
            if anchor.dtype == "string":  # which ops cannot count
                anchor = self.k.layers.Hashing(1, name=self._free("text_examples"))(anchor)
            zeros = self.k.ops.zeros_like(anchor, dtype="int32")
            axes = tuple(range(1, len(anchor.shape)))
            self.zeros = self.k.ops.sum(zeros, axis=axes) if axes else zeros
            _named(self.zeros, [anchor], self._free("examples"))
        return self.zeros

    def _hidden(self) -> Any:
        return self.k.ops.cast(self.k.ops.expand_dims(self._zeros(), 1), "float32")


def _named(made: Any, inputs: list[Any], name: str) -> None:
    """Names the operations between `inputs` and what was made: Keras numbers them otherwise."""
    known = {id(t) for t in inputs}
    stack: list[Any] = list(made) if is_sequence(made) else [made]
    count = 0
    while stack:
        tensor = stack.pop()
        history = getattr(tensor, "_keras_history", None)
        if history is None or id(tensor) in known:
            continue
        known.add(id(tensor))
        operation = history.operation
        count += 1
        operation.name = name if count == 1 else f"{name}.{count}"
        stack += operation._inbound_nodes[history.node_index].input_tensors


def _gaussian_sample(k: Any, name: str, values: Mapping[str, Any]) -> Any:
    """`mean + exp(log_var / 2) * noise`, of plain Keras, so that a saved model needs no specc.

    Kingma and Welling 2013, "Auto-Encoding Variational Bayes", the reparameterisation.
    """
    mean, log_var = values["mean"], values["log_var"]
    zeros = k.ops.zeros_like(mean)
    _named(zeros, [mean], f"{name}.zeros")
    noise = k.layers.GaussianNoise(1.0, name=name)(zeros, training=True)
    made = k.ops.add(mean, k.ops.multiply(k.ops.exp(k.ops.multiply(log_var, 0.5)), noise))
    _named(made, [mean, log_var, noise], f"{name}.sample")
    return made


_OWN: dict[str, Callable[[Any, str, Mapping[str, Any]], Any]] = {
    "GaussianSample": _gaussian_sample,
}
