"""The models of a spec, each inferred once, and its layers, each made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

from specc.catalogue.catalogue import Catalogue, Checked
from specc.catalogue.define import Definition, Result, Weight
from specc.catalogue.kinds import Instance
from specc.catalogue.mismatch import ShapeMismatch
from specc.catalogue.types import TensorType
from specc.diagnostics.codes import types
from specc.diagnostics.diagnostic import Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Span
from specc.expand.flat import Call, FlatModel, Unit
from specc.expand.places import Places
from specc.graph.graph import Graph
from specc.infer.apply import checked_arguments
from specc.infer.faults import WeightsDiffer
from specc.infer.memory import Found, Memory
from specc.infer.outside import unfit
from specc.infer.program import Layer, Program


class Models:
    """What exists once in a spec: nested models' programs and layers."""

    def __init__(
        self,
        places: Places,
        catalogue: Catalogue,
        report: Report,
        policy: str,
        memory: Memory | None = None,
    ) -> None:
        self.places = places
        self.catalogue = catalogue
        self.report = report
        self.policy = policy
        self.memory = memory or Memory()
        self.graphs: dict[FlatModel, Graph] = {}
        self.layers: dict[Unit, Layer] = {}
        self._first: dict[Unit, Span] = {}
        """Where each layer is called first."""
        self._programs: dict[FlatModel, Program | None] = {}
        self._called: dict[tuple[object, ...], Program | ShapeMismatch] = {}

    @cached_property
    def outside(self) -> Catalogue:
        """The catalogue for models from outside, which knows some layers more."""
        from specc.catalogue.applications.layers import with_applications

        return with_applications(self.catalogue)

    # --- models -----------------------------------------------------------------------------------

    def program(self, model: FlatModel, graph: Graph) -> Program | None:
        """A nested model's program, by itself; `None` where it has a fault, which is reported."""
        if model not in self._programs:
            self.graphs[model] = graph
            self._programs[model] = self._made(model, graph)
        return self._programs[model]

    def _made(self, model: FlatModel, graph: Graph) -> Program | None:
        from specc.infer.body import Body

        body = Body(self, graph, self.report)
        body.run()
        self.check_names(graph)
        outputs = body.outputs()
        if len(outputs) < len(model.outputs) or body.faults or model.broken:
            return None
        program = Program(
            name=model.name,
            nodes=body.nodes(),
            inputs=body.inputs(),
            outputs=outputs,
            outside=model.outside,
            trainable=model.trainable,
            samples={n: i.sample for n, i in model.inputs.items() if i.sample is not None},
            span=self.places.key(model.origin.path),
        )
        found = unfit(program, self.places)
        if found is not None:
            self.report.add(found)
        return program if found is None else None

    def called(
        self, model: FlatModel, program: Program, given: Mapping[str, TensorType]
    ) -> Program:
        """A model as it is for these tensors; known lengths make its own unknown ones known.

        Raises `ShapeMismatch` where its layers, right for what it declares, cannot take these.
        """
        declared = {n: t.type for n, t in program.inputs.items()}
        known = all(isinstance(d, int) for t in declared.values() for d in t.dims[1:])
        if known or all(declared[n].dims == given[n].dims for n in declared):
            return program
        merged = {n: _merged(declared[n], given[n]) for n in declared}
        key = (model, *((n, t.dims, t.dtype) for n, t in merged.items()))
        found = self._called.get(key)
        if found is None:
            found = self._called[key] = self._refined(model, program, merged)
        if isinstance(found, ShapeMismatch):
            raise ShapeMismatch(found.message, help=found.help)
        return found

    def _refined(
        self, model: FlatModel, program: Program, given: Mapping[str, TensorType]
    ) -> Program | ShapeMismatch:
        from specc.infer.body import Body

        report = Report()
        body = Body(self, self.graphs[model], report, given)
        body.run()
        outputs = body.outputs()
        if body.faults or len(outputs) < len(model.outputs):
            first = next(iter(report.errors), None)
            shown = ", ".join(f"{n} {t}" for n, t in given.items())
            why = f": {first.message}" if first is not None else ""
            hint = first.help if first is not None else None
            return ShapeMismatch(f"the model `{model.name}` cannot take {shown}{why}", help=hint)
        return replace(program, nodes=body.nodes(), inputs=body.inputs(), outputs=outputs)

    def check_names(self, graph: Graph) -> None:
        """Refuses two layers, or a layer and an input or variable, of one name in a model."""
        model = graph.model
        taken: dict[str, Call | None] = dict.fromkeys(model.inputs)
        taken |= dict.fromkeys(v.name for v in model.variables)
        for call in model.calls:
            for name in dict.fromkeys((call.unit.name, call.name)):
                other = taken.setdefault(name, call)
                if other is not call and (other is None or other.unit is not call.unit):
                    self._same_name(name, call, other)

    def _same_name(self, name: str, call: Call, other: Call | None) -> None:
        """Reports the one of two layers that was named by hand."""
        if other is not None and not self._named(call) and self._named(other):
            call, other = other, call
        unit = call.unit
        path = unit.origin.path
        if isinstance(unit, Unit):
            path = (*path, unit.layer, "name") if self._named(call) else (*path, unit.layer)
        what = "two layers" if other is not None else "a layer and an input or variable"
        span = self.places.value(path)
        related: tuple[Related, ...] = ()
        if other is not None and isinstance(other.unit, Unit):
            there = self.places.head(other.unit.origin.path, other.unit.layer)
            related = (Related("this is named so too", there),) if there.line != span.line else ()
        self.report.add(
            types.BadLayerName(
                f"{what} of this model are named `{name}`",
                span,
                help="give another `name`, or leave it out; inside a repeat or block put an "
                "expression into it, such as `$(index)`",
                related=related,
                chain=call.origin.chain,
            )
        )

    def _named(self, call: Call) -> bool:
        unit = call.unit
        if not isinstance(unit, Unit):
            return False
        return self.places.root.find((*unit.origin.path, unit.layer, "name")) is not None

    # --- layers -----------------------------------------------------------------------------------

    def layer(
        self,
        unit: Unit,
        graph: Graph,
        found: Found,
        result: Result,
        call: Call | None,
    ) -> Layer:
        """The layer of a unit; a shared one must need the same weights at every use."""
        made = self.layers.get(unit)
        if made is None:
            uses = {n: self._used(u, graph) for n, u in unit.uses.items()}
            made = Layer(
                unit.name,
                unit.layer,
                found.checked.constructor,
                result.weights,
                found.definition,
                unit.name if unit.shared else None,
                {n: u for n, u in uses.items() if u is not None},
                self.places.head(unit.origin.path, unit.layer),
            )
            self.layers[unit] = made
            if unit.shared and call is not None:
                self._first[unit] = self.places.head(call.origin.path, unit.layer)
        elif made.weights and made.weights != result.weights and call is not None:
            old, new = _first_difference(made.weights, result.weights)
            raise WeightsDiffer(
                f"the shared layer `{unit.name}` has a {old.name} of {old.shape} from its first "
                f"use, and needs {new.shape} here",
                self._first.get(unit),
                help="bring both tensors to one size, or use two layers",
            )
        return made

    def _used(self, used: Unit | FlatModel, graph: Graph) -> Layer | Program | None:
        """What a wrapper holds: its weights are the wrapper's."""
        if isinstance(used, FlatModel):
            return self.program(used, graph.models[used])
        if used not in self.layers:
            self.layer(used, graph, self.found(used, graph), Result(()), None)
        return self.layers[used]

    def found(self, unit: Unit, graph: Graph, at_call: Mapping[str, object] | None = None) -> Found:
        """A layer's definition and its arguments, checked; raises a `Mismatch`.

        A layer that uses others is no more than what these are, and so is never remembered.
        """
        outside = bool(unit.frame.outside)
        written = (outside, unit.layer, repr(unit.arguments), repr(at_call) if at_call else "")
        known = None if unit.uses else self.memory.get(written)
        if known is not None:
            return known
        catalogue = self.outside if outside else self.catalogue
        resolver = self._resolver(unit, graph)
        found = Found(
            *checked_arguments(catalogue, unit.layer, unit.arguments, at_call or {}, resolver)
        )
        if not unit.uses:
            self.memory.keep(written, found)
        return found

    def _resolver(self, unit: Unit, graph: Graph) -> Callable[[str], Instance]:
        """Resolves `{use: name}` inside a wrapper's arguments."""

        def resolve(name: str) -> Instance:
            used = unit.uses[name]
            if isinstance(used, FlatModel):
                found = (self._model_definition(used, graph), Checked({}, {}, {}))
                return Instance("layer", used.name, {}, found, shared=name)
            found = self.found(used, graph)
            pair = (found.definition, found.checked)
            return Instance("layer", used.layer, found.checked.constructor, pair, shared=name)

        return resolve

    def _model_definition(self, model: FlatModel, graph: Graph) -> Definition:
        """A model in the place of a layer, for wrappers."""
        program = self.program(model, graph.models[model])
        if program is None:
            raise ShapeMismatch(f"the model `{model.name}` does not fit together")
        names = list(program.inputs)
        if len(names) != 1:
            raise ShapeMismatch(
                f"a wrapper gives its layer one tensor, and the model `{model.name}` takes "
                f"{len(names)}"
            )

        def rule(inputs: TensorType) -> Result:
            called = self.called(model, program, {names[0]: inputs})
            outputs = tuple(t.type for t in called.outputs.values())
            return Result(next(iter(outputs)) if len(outputs) == 1 else outputs, _weights(program))

        return Definition(model.name, rule, ())


def _merged(declared: TensorType, given: TensorType) -> TensorType:
    """What goes into a model: its dtype, its known lengths, and the lengths that come in."""
    dims = zip(declared.dims, given.dims, strict=True)
    return declared.of(*(d if isinstance(d, int) else g for d, g in dims))


def _first_difference(old: tuple[Weight, ...], new: tuple[Weight, ...]) -> tuple[Weight, Weight]:
    for a, b in zip(old, new, strict=False):
        if a != b:
            return a, b
    return old[-1], new[-1]


def _weights(program: Program) -> tuple[Weight, ...]:
    found = [w for layer in program.layers for w in layer.weights]
    for model in program.models:
        found += _weights(model)
    return tuple(found)
