"""Infers one graph: each call in its order, from the tensors before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.dtypes import is_float
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.mismatch import UnknownArgument as NoArgument
from specc.catalogue.types import BATCH, Symbol, TensorType
from specc.diagnostics.codes import types, wiring
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.expand.flat import Call, FlatChain, FlatInput, FlatModel, FlatVariable, Origin, Unit
from specc.graph.graph import Graph, Tap, Taps, Vertex
from specc.infer.fits import fits, training_of
from specc.infer.locate import code_of, diagnosed
from specc.infer.models import Models
from specc.infer.program import Argument, Node, Program, Tensor, Variable
from specc.infer.slots import Listed, arranged, check_slots, model_inputs


class Body:
    """One graph while it is inferred. With `given`, its inputs have other types than declared."""

    def __init__(
        self,
        models: Models,
        graph: Graph,
        report: Report,
        given: Mapping[str, TensorType] | None = None,
    ) -> None:
        self.models = models
        self.places = models.places
        self.graph = graph
        self.report = report
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
                if vertex in expected and vertex in self.made:
                    self._check_parts(vertex, *expected[vertex])

    def _input(self, flat: FlatInput) -> None:
        dims = [BATCH, *(Symbol(d) if isinstance(d, str) else d for d in flat.shape)]
        type_ = TensorType(dims, flat.dtype) if self.given is None else self.given[flat.name]
        node = Node(flat.name, "input", None, {}, {}, span=self.places.key(flat.origin.path))
        node.outputs = (Tensor(node, 0, type_),)
        self.made[flat] = node

    def _variable(self, flat: FlatVariable) -> None:
        dims = (BATCH, *flat.shape) if flat.per_example else flat.shape
        type_ = TensorType(dims, flat.dtype)
        made = Variable(flat.name, type_, self._initializer(flat), flat.trainable, flat.per_example)
        node = Node(flat.name, "variable", made, {}, {}, span=self.places.key(flat.origin.path))
        node.outputs = (Tensor(node, 0, type_),)
        self.made[flat] = node

    def _initializer(self, flat: FlatVariable) -> Any:
        """A variable's initializer, checked as that of a layer's weight is."""
        arguments = {"input_dim": 1, "output_dim": 1, "embeddings_initializer": flat.initializer}
        try:
            checked = self.models.catalogue.check("layer", "Embedding", arguments)
        except Mismatch as error:
            path = (*flat.origin.path, "initializer", *(error.argument or ())[1:])
            unknown = isinstance(error, NoArgument)
            span = self.places.key(path) if unknown else self.places.value(path)
            code = code_of(error)
            self._report(code(error.message, span, help=error.help, chain=flat.origin.chain))
            return flat.initializer
        if flat.trainable and not is_float(flat.dtype):
            self._report(
                types.WrongDType(
                    f"a variable of {flat.dtype} cannot learn",
                    self.places.value((*flat.origin.path, "dtype")),
                    help="write `trainable: false`, or a dtype with fractions",
                    chain=flat.origin.chain,
                )
            )
        return checked.constructor["embeddings_initializer"]

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
            assert isinstance(node.operator, Program)
            return node.outputs[list(node.operator.outputs).index(tap.key)]
        if tap.key is None:
            if len(node.outputs) > 1:
                self._several(node, tap)
                return None
            return next(iter(node.outputs))
        if tap.count is not None and tap.count != len(node.outputs):
            return None  # `_check_parts` has reported it
        if tap.key >= len(node.outputs):
            self._report(
                wiring.SeveralTensors(
                    f"{node.label} gives {len(node.outputs)} tensors, and one with the number "
                    f"{tap.key} is wanted",
                    node.span,
                )
            )
            return None
        return node.outputs[tap.key]

    def argument(self, taps: Taps) -> Listed | None:
        """One tensor or a tuple of them."""
        if isinstance(taps, Tap):
            return self.tensor(taps)
        found = [self.tensor(t) for t in taps]
        return None if None in found else tuple(t for t in found if t is not None)

    def _several(self, node: Node, tap: Tap) -> None:
        origin = tap.origin or Origin(())
        count = len(node.outputs)
        names = node.parts or tuple("abcdefgh"[:count])
        shown = ", ".join(str(t.type) for t in node.outputs)
        rest = ", ".join(("it", *names[1:]))
        self._report(
            wiring.SeveralTensors(
                f"{node.label} gives {count} tensors ({shown}), and one is wanted",
                node.span,
                help=f"`as: [{rest}]` beside it says which goes on and names the others; on the "
                "chain, `as` names all of them, to be read as `chain.name`",
                related=(Related("it is taken here", self.places.value(origin.path)),),
                chain=origin.chain,
            )
        )

    def _expected_parts(self) -> dict[Vertex, tuple[tuple[str, ...], Origin]]:
        """How many tensors each `as` says that a call gives."""
        expected: dict[Vertex, tuple[tuple[str, ...], Origin]] = {}
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
            gives = f"{count} tensors here: {shown}" if count > 1 else f"one tensor here, {shown}"
            self._report(
                wiring.BadParts(
                    f"`as` has {len(names)} names, and {node.label} gives {gives}",
                    self.places.value(origin.path),
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
        named = {k: v for k, t in given.named.items() if (v := self.argument(t)) is not None}
        more = [t for tap in given.more if (t := self.tensor(tap)) is not None]
        lost = given.running is not None and running is None
        if lost or len(named) < len(given.named) or len(more) < len(given.more):
            self._arguments_only(call)
        elif isinstance(call.unit, FlatModel):
            self._model_call(call, call.unit, running, named, more)
        else:
            self._layer_call(call, call.unit, running, named, more)

    def _arguments_only(self, call: Call) -> None:
        """Checks a layer whose tensors are not known, so that its own faults are found too."""
        self.faults += 1
        if self.given is not None:
            return
        unit = call.unit
        declared = unit.origin if isinstance(unit, Unit) else call.origin
        name = unit.layer if isinstance(unit, Unit) else unit.name
        try:
            if isinstance(unit, Unit):
                found = self.models.found(unit, self.graph, call.at_call)
                check_slots(name, found.definition.slots, call.feed.named, found.constants)
            else:
                training_of(call)
                self.models.program(unit, self.graph.models[unit])
        except Mismatch as error:
            self._mismatch(error, call, declared, name, {})

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
            found = self.models.found(unit, self.graph, call.at_call)
            slots = found.definition.slots
            inputs = arranged(unit.layer, slots, running, named, more, found.constants)
            result = found.result(inputs, self.models.policy)
            first = call if self.given is None else None
            layer = self.models.layer(unit, self.graph, found, result, first)
        except Mismatch as error:
            self._mismatch(error, call, unit.origin, unit.layer, inputs)
            return
        kind = "op" if found.definition.family == "op" else "layer"
        node = Node(call.name, kind, layer, inputs, found.checked.call)
        own = layer.span if call.origin is unit.origin else None
        self._finish(
            call, node, result.outputs, own or self.places.head(call.origin.path, unit.layer)
        )
        node.flops = result.flops

    def _finish(
        self, call: Call, node: Node, outputs: TensorType | tuple[TensorType, ...], span: Span
    ) -> None:
        listed = outputs if isinstance(outputs, tuple) else (outputs,)
        node.outputs = tuple(Tensor(node, i, t) for i, t in enumerate(listed))
        node.chain = call.chain
        node.clusters = call.clusters
        node.span = span
        node.through = call.origin.chain
        self.made[call] = node

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
        training: dict[str, bool] = {}
        inputs: dict[str, Tensor] = {}
        faults = self.faults
        try:
            training = training_of(call)
        except Mismatch as error:
            self._mismatch(error, call, call.origin, model.name, {})
        try:
            inputs = model_inputs(model.name, list(model.inputs), running, named, more)
            if program is None:
                self.faults += 1
                return
            types_ = {n: t.type for n, t in inputs.items()}
            fits(program, types_)
            called = self.models.called(model, program, types_)
        except Mismatch as error:
            self._mismatch(error, call, call.origin, model.name, inputs)
            return
        if self.faults > faults:
            return
        outputs = tuple(t.type for t in called.outputs.values())
        node = Node(call.name, "model", program, inputs, training)
        node.called = called
        node.parts = tuple(model.outputs) if len(outputs) > 1 else ()
        self._finish(call, node, outputs, self.places.head(call.origin.path, "use"))

    # --- faults -----------------------------------------------------------------------------------

    def _report(self, diagnostic: Diagnostic) -> None:
        self.report.add(diagnostic)
        self.faults += 1

    def _mismatch(
        self,
        error: Mismatch,
        call: Call,
        declared: Origin,
        name: str,
        inputs: Mapping[str, Argument],
    ) -> None:
        flat: list[Tensor | None] = []
        for value in inputs.values():
            listed = value if isinstance(value, tuple) else (value,)
            flat += [v if isinstance(v, Tensor) else None for v in listed]
        self._report(diagnosed(error, self.places, call, declared, name, flat))


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
