"""Infers a graph: each call in its order, from the tensors before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.catalogue import Catalogue, Checked
from specc.catalogue.define import Definition, Result, Slot, Weight
from specc.catalogue.kinds import Instance
from specc.catalogue.mismatch import DTypeMismatch, Mismatch, ShapeMismatch
from specc.catalogue.types import BATCH, Symbol, TensorType
from specc.diagnostics.codes import structure, types, wiring
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.document.node import Node as DocumentNode
from specc.expand.flat import Call, FlatChain, FlatInput, FlatModel, FlatVariable, Origin, Unit
from specc.graph.graph import Graph, SpecGraph, Tap, Taps, Vertex
from specc.infer.apply import applied, checked_arguments
from specc.infer.locate import diagnosed, head
from specc.infer.program import (
    Argument,
    Layer,
    Loss,
    Node,
    Program,
    Tensor,
    Variable,
)
from specc.infer.slots import Listed, arranged


def inferred(
    graph: SpecGraph, root: DocumentNode, catalogue: Catalogue, report: Report
) -> Program | None:
    """The program of a spec, or `None` where a tensor's type could not be found."""
    spec = graph.spec
    precision = spec.train.precision if spec.train is not None else "float32"
    models = Models(root, catalogue, report, precision)
    body = _Body(models, graph.graph)
    body.run()
    models.check_names(graph.graph)
    losses: dict[str, Loss] = {}
    for name, terms in graph.losses.items():
        flat = spec.losses[name]
        tensors: dict[str, Argument | float] = {}
        for key, value in terms.items():
            if isinstance(value, int | float):
                tensors[key] = float(value)
            elif (found := body.argument(value)) is not None:
                tensors[key] = found
        place = root.at(flat.origin.path).span(flat.origin.path)
        term = flat.term
        losses[name] = Loss(name, term.loss, term.arguments, tensors, term.weight, place)
    targets = {n: t for n, tap in graph.targets.items() if (t := body.tensor(tap)) is not None}
    outputs = body.outputs()
    if not report.ok or len(outputs) < len(graph.graph.model.outputs):
        return None
    return Program(
        name=spec.name,
        nodes=body.nodes(),
        inputs=body.inputs(),
        outputs=outputs,
        description=spec.description,
        samples={n: i.sample for n, i in spec.model.inputs.items() if i.sample is not None},
        learned=spec.outputs,
        targets=targets,
        losses=losses,
        data=spec.data,
        train=spec.train,
        tune=spec.tune,
    )


class Models:
    """The nested models of a spec, each inferred once; and the layers, each made once."""

    def __init__(
        self, root: DocumentNode, catalogue: Catalogue, report: Report, policy: str
    ) -> None:
        self.root = root
        self.catalogue = catalogue
        self.report = report
        self.policy = policy
        self.programs: dict[FlatModel, Program | None] = {}
        self.graphs: dict[FlatModel, Graph] = {}
        self.layers: dict[Unit, Layer] = {}

    def program(self, model: FlatModel, graph: Graph) -> Program | None:
        """A nested model's program, by itself."""
        if model not in self.programs:
            self.graphs[model] = graph
            body = _Body(self, graph)
            body.run()
            self.check_names(graph)
            outputs = body.outputs()
            whole = len(outputs) == len(model.outputs) and not body.faults
            self.programs[model] = (
                Program(
                    name=model.name,
                    nodes=body.nodes(),
                    inputs=body.inputs(),
                    outputs=outputs,
                    trainable=model.trainable,
                    samples={n: i.sample for n, i in model.inputs.items() if i.sample is not None},
                    span=self.root.key_at(model.origin.path).span(model.origin.path),
                )
                if whole
                else None
            )
        return self.programs[model]

    def check_names(self, graph: Graph) -> None:
        """Refuses two layers of one name in a model."""
        taken: dict[str, Unit | FlatModel | None] = dict.fromkeys(graph.model.inputs)
        taken |= dict.fromkeys(v.name for v in graph.model.variables)
        for call in graph.model.calls:
            unit = call.unit
            if taken.setdefault(unit.name, unit) is not unit:
                at = unit.origin
                if isinstance(unit, Unit):
                    at = at.below(unit.layer, "name")
                span = self.root.at(at.path).span(at.path)
                self.report.add(
                    types.BadLayerName(
                        f"two layers of this model are named `{unit.name}`",
                        span,
                        help="give another `name`, or leave it out; inside a repeat or block put "
                        "`$(index)` into it",
                        chain=unit.origin.chain,
                    )
                )


class _Body:
    """One graph while it is inferred. With `given`, its inputs have other types than declared."""

    def __init__(
        self, models: Models, graph: Graph, given: Mapping[str, TensorType] | None = None
    ) -> None:
        self.models = models
        self.root = models.root
        self.graph = graph
        self.given = given
        self.made: dict[Vertex, Node] = {}
        self.faults = 0

    # --- the whole --------------------------------------------------------------------------------

    def run(self) -> None:
        """Infers every vertex; what cannot be is reported, and what depends on it left out."""
        expected = self._expected_parts()
        for vertex in self.graph.order:
            if isinstance(vertex, FlatInput):
                self._input(vertex)
            elif isinstance(vertex, FlatVariable):
                self._variable(vertex)
            elif vertex in self.graph.broken:
                self._arguments_only(vertex)
            else:
                self._call(vertex)
                if (names := expected.get(vertex)) is not None and vertex in self.made:
                    self._check_parts(vertex, *names)

    def _input(self, flat: FlatInput) -> None:
        dims = [BATCH, *(Symbol(d) if isinstance(d, str) else d for d in flat.shape)]
        type_ = TensorType(dims, flat.dtype)
        if "batch" in flat.shape:
            self._report(
                structure.BadName(
                    "`batch` is the batch's own name, and cannot be a dimension's",
                    self.root.at(flat.origin.path).span(flat.origin.path),
                )
            )
        if self.given is not None:
            type_ = self.given[flat.name]
        node = Node(flat.name, "input", None, {}, {}, span=self._key(flat.origin))
        node.outputs = (Tensor(node, 0, type_),)
        self.made[flat] = node

    def _variable(self, flat: FlatVariable) -> None:
        dims = (BATCH, *flat.shape) if flat.per_example else flat.shape
        type_ = TensorType(dims, flat.dtype)
        initializer = flat.initializer
        try:
            scope = self.models.catalogue.check(
                "layer", "Embedding", {"input_dim": 1, "output_dim": 1, "embeddings_initializer": initializer}
            )
            initializer = scope.constructor["embeddings_initializer"]
        except Mismatch as error:
            path = (*flat.origin.path, "initializer", *(error.argument or ())[1:])
            self._report(
                types.WrongArgument(
                    error.message, self.root.at(path).span(path), help=error.help, chain=flat.origin.chain
                )
            )
        variable = Variable(flat.name, type_, initializer, flat.trainable, flat.per_example)
        node = Node(flat.name, "variable", variable, {}, {}, span=self._key(flat.origin))
        node.outputs = (Tensor(node, 0, type_),)
        self.made[flat] = node

    def inputs(self) -> dict[str, Tensor]:
        """The input tensors by name."""
        return {i.name: self.made[i].outputs[0] for i in self.graph.model.inputs.values()}

    def outputs(self) -> dict[str, Tensor]:
        """The output tensors by name, those that could be found."""
        found: dict[str, Tensor] = {}
        for name, tap in self.graph.outputs.items():
            if (tensor := self.tensor(tap)) is not None:
                found[name] = tensor
        return found

    def nodes(self) -> tuple[Node, ...]:
        """The nodes that something needs, and all inputs."""
        needed = self.graph.needed
        return tuple(
            self.made[v] for v in self.graph.order if v in needed or isinstance(v, FlatInput)
        )

    # --- tensors ----------------------------------------------------------------------------------

    def tensor(self, tap: Tap) -> Tensor | None:
        """The tensor that a tap means; `None` where it could not be found, which is reported."""
        node = self.made.get(tap.vertex)
        if node is None:
            return None
        if isinstance(tap.key, str):
            return node.outputs[node.parts.index(tap.key)]
        if tap.key is None:
            if len(node.outputs) > 1:
                self._several(node, tap)
                return None
            return node.outputs[0]
        if tap.count is not None and tap.count != len(node.outputs):
            return None  # `_check_parts` has reported it
        return node.outputs[tap.key]

    def argument(self, taps: Taps) -> Argument | None:
        """One tensor or a tuple of them."""
        if isinstance(taps, Tap):
            return self.tensor(taps)
        found = [self.tensor(t) for t in taps]
        return None if None in found else tuple(t for t in found if t is not None)

    def _several(self, node: Node, tap: Tap) -> None:
        origin = tap.origin or Origin(())
        count = len(node.outputs)
        names = node.parts or tuple("abcdefgh"[:count])
        self._report(
            wiring.SeveralTensors(
                f"{node.label} gives {count} tensors here, and one is wanted",
                self.root.at(origin.path).span(origin.path),
                help=f"say on that step which one goes on and name the others: "
                f"`as: [it, {', '.join(names[1:])}]`; or name all on the chain, and read one of "
                "them as `chain.name`",
                related=self._given_here([node.outputs[0]]),
                chain=origin.chain,
            )
        )

    def _expected_parts(self) -> dict[Call, tuple[tuple[str, ...], Origin]]:
        """How many tensors each `as` says that a call gives."""
        expected: dict[Call, tuple[tuple[str, ...], Origin]] = {}
        for call in self.graph.model.calls:
            if call.parts is not None:
                expected[call] = (call.parts, call.origin.below("as"))
        frames = {id(c.frame): c.frame for c in self.graph.model.calls}
        for frame in frames.values():
            for chain in frame.chains.values():
                if _names_last(chain) and chain.last is not None:
                    expected.setdefault(chain.last, (chain.several, chain.origin.below("as")))
        return expected

    def _check_parts(self, call: Call, names: tuple[str, ...], origin: Origin) -> None:
        node = self.made[call]
        if len(names) != len(node.outputs):
            shown = ", ".join(str(t.type) for t in node.outputs)
            count = len(node.outputs)
            self._report(
                wiring.BadParts(
                    f"{node.label} gives {count} tensor{'s' if count > 1 else ''} here ({shown}), "
                    f"and `as` has {len(names)} names",
                    self.root.at(origin.path).span(origin.path),
                    help=_states_help(call, count),
                    chain=origin.chain,
                )
            )
        elif not node.parts:
            node.parts = names

    # --- calls ------------------------------------------------------------------------------------

    def _call(self, call: Call) -> None:
        given = self.graph.given[call]
        running = None if given.running is None else self.argument(given.running)
        named = {k: self.argument(v) for k, v in given.named.items()}
        more = [self.tensor(t) for t in given.more]
        lost = (given.running is not None and running is None) or None in named.values()
        if lost or None in more:
            self._arguments_only(call)
            return
        listed: Any = (running, named, more)
        if isinstance(call.unit, FlatModel):
            self._model_call(call, call.unit, *listed)
        else:
            self._layer_call(call, call.unit, *listed)

    def _arguments_only(self, call: Call) -> None:
        """Checks a layer whose tensors are not known, so that its own faults are found too."""
        self.faults += 1
        unit = call.unit
        if isinstance(unit, Unit) and self.given is None:
            try:
                checked_arguments(
                    self.models.catalogue, unit.layer, unit.arguments, call.at_call, self._shared(unit)
                )
            except Mismatch as error:
                self._mismatch(error, call, unit.origin, unit.layer, {})

    def _layer_call(
        self,
        call: Call,
        unit: Unit,
        running: Listed | None,
        named: Mapping[str, Listed],
        more: list[Tensor],
    ) -> None:
        inputs: dict[str, Argument] = {}
        try:
            definition, checked, constants = checked_arguments(
                self.models.catalogue, unit.layer, unit.arguments, call.at_call, self._shared(unit)
            )
            inputs = arranged(unit.layer, definition.slots, running, named, more, constants)
            result = applied(definition, checked, inputs, self.models.policy)
            layer = self._layer(unit, definition, checked, result)
        except Mismatch as error:
            self._mismatch(error, call, unit.origin, unit.layer, inputs)
            return
        kind = "op" if definition.family == "op" else "layer"
        node = Node(call.name, kind, layer, inputs, checked.call)
        self._finish(call, node, result.outputs, unit.layer)
        node.flops = result.flops

    def _finish(
        self, call: Call, node: Node, outputs: TensorType | tuple[TensorType, ...], cls: str
    ) -> None:
        listed = outputs if isinstance(outputs, tuple) else (outputs,)
        node.outputs = tuple(Tensor(node, i, t) for i, t in enumerate(listed))
        node.chain = call.chain
        node.clusters = call.clusters
        node.span = head(self.root, call.origin, cls)
        node.through = call.origin.chain
        self.made[call] = node

    def _layer(
        self, unit: Unit, definition: Definition, checked: Checked, result: Result
    ) -> Layer:
        """The layer of a unit; a shared one must need the same weights at every use."""
        made = self.models.layers.get(unit)
        if made is None:
            uses = {n: self._used(u) for n, u in unit.uses.items()}
            made = Layer(
                unit.name,
                unit.layer,
                checked.constructor,
                result.weights,
                definition,
                unit.name if unit.shared else None,
                {n: u for n, u in uses.items() if u is not None},
                head(self.root, unit.origin, unit.layer),
            )
            self.models.layers[unit] = made
        elif made.weights != result.weights and self.given is None:
            old, new = _first_difference(made.weights, result.weights)
            raise ShapeMismatch(
                f"the shared layer `{unit.name}` has a {old.name} of {old.shape} from its first "
                f"use, and needs {new.shape} here",
                help="bring both tensors to one size, or use two layers",
            )
        return made

    def _used(self, used: Unit | FlatModel) -> Layer | Program | None:
        if isinstance(used, FlatModel):
            return self.models.program(used, self.graph.models[used])
        if used not in self.models.layers:
            definition, checked, _ = checked_arguments(
                self.models.catalogue, used.layer, used.arguments, {}, self._shared(used)
            )
            self.models.layers[used] = Layer(
                used.name,
                used.layer,
                checked.constructor,
                (),
                definition,
                used.name,
                {n: u for n, v in used.uses.items() if (u := self._used(v)) is not None},
                head(self.root, used.origin, used.layer),
            )
        return self.models.layers[used]

    def _shared(self, unit: Unit) -> Any:
        """Resolves `{use: name}` inside a wrapper's arguments."""

        def resolve(name: str) -> Instance:
            used = unit.uses[name]
            if isinstance(used, FlatModel):
                definition = self._model_definition(used)
                empty = Checked({}, {}, {})
                return Instance("layer", used.name, {}, (definition, empty), shared=name)
            definition, checked, _ = checked_arguments(
                self.models.catalogue, used.layer, used.arguments, {}, self._shared(used)
            )
            found = (definition, checked)
            return Instance("layer", used.layer, checked.constructor, found, shared=name)

        return resolve

    def _model_definition(self, model: FlatModel) -> Definition:
        """A model in the place of a layer, for wrappers."""
        program = self.models.program(model, self.graph.models[model])
        if program is None:
            raise ShapeMismatch(f"the model `{model.name}` does not fit together")
        names = list(program.inputs)

        def rule(inputs: TensorType) -> Result:
            outputs = self._model_types(model, {names[0]: inputs})
            return Result(outputs if len(outputs) > 1 else outputs[0], _weights(program))

        return Definition(model.name, rule, ())

    # --- models -----------------------------------------------------------------------------------

    def _model_call(
        self,
        call: Call,
        model: FlatModel,
        running: Listed | None,
        named: Mapping[str, Listed],
        more: list[Tensor],
    ) -> None:
        program = self.models.program(model, self.graph.models[model])
        if program is None:
            self.faults += 1
            return
        slots = [Slot(name, False, False) for name in program.inputs]
        if isinstance(running, tuple) and len(slots) > 1:
            free = [s.name for s in slots if s.name not in named]
            named = {**named, **dict(zip(free, running, strict=False))}
            more = [*running[len(free) :], *more]
            running = None
        elif more and running is not None:
            free = [s.name for s in slots if s.name not in named]
            tensors = [*(running if isinstance(running, tuple) else (running,)), *more]
            named = {**named, **dict(zip(free, tensors, strict=False))}
            more, running = tensors[len(free) :], None
        inputs: dict[str, Argument] = {}
        try:
            inputs = arranged(f"the model `{model.name}`", slots, running, named, more, {})
            types_ = {n: t.type for n, t in inputs.items() if isinstance(t, Tensor)}
            self._fits(program, types_)
            outputs = self._model_types(model, types_)
            training = {k: v for k, v in call.at_call.items() if k == "training"}
            if len(training) < len(call.at_call) or not all(
                isinstance(v, bool) for v in training.values()
            ):
                raise Mismatch("a model's only call argument is `training`, true or false")
        except Mismatch as error:
            self._mismatch(error, call, call.origin, model.name, inputs)
            return
        node = Node(call.name, "model", program, inputs, training)
        node.parts = tuple(model.outputs) if len(outputs) > 1 else ()
        self._finish(call, node, outputs, "use")

    def _fits(self, program: Program, given: Mapping[str, TensorType]) -> None:
        """Whether tensors may go into a model, by what it declares; raises a `Mismatch`."""
        bound: dict[str, tuple[str, Any]] = {}
        for i, (name, tensor) in enumerate(program.inputs.items()):
            wants, has = tensor.type, given[name]
            if wants.dtype != has.dtype:
                raise DTypeMismatch(
                    f"the input `{name}` of `{program.name}` is {wants.dtype}, "
                    f"and this is {has.dtype}",
                    help=f"put `ops.cast: {{dtype: {wants.dtype}}}` before it",
                    inputs=(i,),
                )
            if wants.rank != has.rank or has.dims[0] != BATCH:
                raise ShapeMismatch(
                    f"the input `{name}` of `{program.name}` is {wants}, and this is {has}",
                    inputs=(i,),
                )
            for axis, (want, dim) in enumerate(zip(wants.dims[1:], has.dims[1:], strict=True), 1):
                if isinstance(want, Symbol):
                    first, length = bound.setdefault(want, (name, dim))
                    if first != name and length != dim:
                        raise ShapeMismatch(
                            f"`{want}` of `{program.name}` is one length, and is "
                            f"{_dim(length)} in `{first}` and {_dim(dim)} in `{name}`",
                            inputs=(i,),
                        )
                elif isinstance(want, int) and dim != want:
                    if dim is None:
                        continue
                    raise ShapeMismatch(
                        f"the input `{name}` of `{program.name}` is {wants}, and this is {has}; "
                        f"they differ in dimension {axis}",
                        inputs=(i,),
                    )

    def _model_types(
        self, model: FlatModel, given: Mapping[str, TensorType]
    ) -> tuple[TensorType, ...]:
        """The types that a model gives for these; known lengths make its own unknown ones known."""
        program = self.models.program(model, self.graph.models[model])
        assert program is not None
        declared = {n: t.type for n, t in program.inputs.items()}
        if all(declared[n].dims == given[n].dims for n in declared) or all(
            isinstance(d, int) for t in declared.values() for d in t.dims[1:]
        ):
            return tuple(t.type for t in program.outputs.values())
        merged = {
            n: given[n].of(
                *(
                    g if not isinstance(d, int) else d
                    for d, g in zip(declared[n].dims, given[n].dims, strict=True)
                )
            )
            for n in declared
        }
        body = _Body(self.models, self.graph.models[model], merged)
        body.run()
        outputs = body.outputs()
        if len(outputs) < len(program.outputs):
            raise ShapeMismatch(f"the model `{model.name}` cannot take these tensors")
        return tuple(t.type for t in outputs.values())

    # --- faults -----------------------------------------------------------------------------------

    def _key(self, origin: Origin) -> Any:
        return self.root.key_at(origin.path).span(origin.path)

    def _report(self, diagnostic: Diagnostic) -> None:
        self.models.report.add(diagnostic)
        self.faults += 1

    def _mismatch(
        self,
        error: Mismatch,
        call: Call,
        declared: Origin,
        name: str,
        inputs: Mapping[str, Argument],
    ) -> None:
        flat = [
            t for v in inputs.values() for t in (v if isinstance(v, tuple) else (v,))
        ]
        involved = [t for i in error.inputs if i < len(flat) and isinstance(t := flat[i], Tensor)]
        if type(error) is Mismatch:
            error.__class__ = DTypeMismatch
        found = diagnosed(error, self.root, call.origin, declared, name, self._given_here(involved))
        self._report(found)

    def _given_here(self, tensors: list[Tensor]) -> tuple[Related, ...]:
        return tuple(
            Related(f"this is {t.type}" + _dtype(t.type), t.node.span)
            for t in dict.fromkeys(tensors)
            if t.node.span is not None
        )


def _names_last(chain: FlatChain) -> bool:
    """Whether the chain's own `as` names the tensors of its last call."""
    last = chain.last
    return bool(chain.several) and last is not None and last.parts is None


def _states_help(call: Call, count: int) -> str | None:
    unit = call.unit
    if count == 1 and isinstance(unit, Unit) and unit.layer in _STATEFUL:
        return "`return_state: true` makes it give its states too"
    return None


_STATEFUL = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D")


def _dtype(type_: TensorType) -> str:
    return "" if type_.dtype == "float32" else f" of {type_.dtype}"


def _dim(dim: Any) -> str:
    return "unknown" if dim is None else str(dim)


def _first_difference(
    old: tuple[Weight, ...], new: tuple[Weight, ...]
) -> tuple[Weight, Weight]:
    for a, b in zip(old, new, strict=False):
        if a != b:
            return a, b
    return old[-1], new[-1]


def _weights(program: Program) -> tuple[Weight, ...]:
    found = [w for layer in program.layers for w in layer.weights]
    for model in program.models:
        found += _weights(model)
    return tuple(found)


