"""Walks the steps of a chain: takes repeats apart, leaves out what `when` says, makes calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter

from specc.catalogue.kinds import show
from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.codes import structure, wiring
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Related
from specc.document.node import Path
from specc.document.spec import (
    Beside,
    Block,
    ExpressionStep,
    GroupStep,
    LayerStep,
    MarkStep,
    Step,
    UseStep,
)
from specc.document.structure import validated
from specc.document.values import DEFERRED
from specc.expand.blocks import block_inputs, block_params, go_on, no_call
from specc.expand.feed import Feeder
from specc.expand.fill import Broken, Seen
from specc.expand.flat import (
    LOST,
    Call,
    Cluster,
    Feed,
    FlatChain,
    FlatModel,
    Frame,
    Origin,
    Part,
    Unit,
    Whole,
    Wires,
)
from specc.expand.given import Names
from specc.expand.naming import Numbering, snake
from specc.expand.place import Place, Run
from specc.expand.references import references
from specc.expand.turns import turns, value_at, wanted

if TYPE_CHECKING:
    from specc.expand.bodies import Bodies

_STEP: TypeAdapter[Any] = TypeAdapter(Step, config=DEFERRED)
_STEPS: TypeAdapter[list[Any]] = TypeAdapter(list[Step], config=DEFERRED)


class Walker:
    """Walks one chain of a frame into calls."""

    def __init__(self, bodies: Bodies, frame: Frame, model: FlatModel, chain: FlatChain) -> None:
        self.bodies = bodies
        self.filler = bodies.filler
        self.frame = frame
        self.model = model
        self.chain = chain
        self.names = Names(frame, chain, bodies.filler)
        self.feeder = Feeder(frame, chain, bodies.filler)
        self.number = Numbering()
        self.ids: dict[str, Path] = {}

    # --- the chain --------------------------------------------------------------------------------

    def walk(
        self,
        source: Any,
        layers: Any,
        parts: list[str] | None,
        seen: Seen,
        origin: Origin,
        clusters: tuple[Cluster, ...],
    ) -> None:
        """Fills in the chain; what is wrong is reported, and the chain marked as broken."""
        place = Place(seen, {}, clusters)
        run = Run(None)
        try:
            self._start(source, origin.below("from"), place, run)
        except Broken:
            self._lose(run)
        try:
            self._steps(layers, origin.below("layers"), place, run)
        except Broken:
            self._lose(run)
        self._finish(run, parts, origin)

    def _lose(self, run: Run) -> None:
        """Goes on without the running tensor, so that later steps are looked at too."""
        self.chain.broken = True
        run.become(LOST)

    def _start(self, source: Any, origin: Origin, place: Place, run: Run) -> None:
        if origin.path in self.bodies.lost:
            raise Broken
        value = value_at(self.filler, source, origin, place)
        if not is_mapping(value):
            run.running = references(value, self.frame, origin, self.filler, {})
            return
        run.named, run.keys = self.feeder.named(value, origin, {})

    def _finish(self, run: Run, parts: list[str] | None, origin: Origin) -> None:
        chain = self.chain
        chain.last = run.last
        chain.parts |= {n: tuple(w) for n, w in self.names.collected.items()}
        chain.parts |= run.shown
        if chain.broken:
            return
        if parts is not None:
            self._name_parts(run, parts, origin.below("as"))
            return
        chain.several = tuple(run.several)
        if run.named or (isinstance(run.running, tuple) and run.last is None):
            self._fault_here(
                wiring.BadInputs,
                "a chain without steps stands for one tensor, not for several",
                origin.below("from"),
            )
        elif run.running is not None:
            chain.end = run.running
        elif not run.several:
            self._fault_here(wiring.BadInputs, "this names no tensor", origin.below("from"))

    def _name_parts(self, run: Run, parts: list[str], origin: Origin) -> None:
        """The chain's own `as`: names for the tensors of its last step."""
        chain = self.chain
        whole = isinstance(run.running, Whole) and run.last is not None
        if not run.several and not whole:
            self._fault_here(
                wiring.BadParts,
                "`as` on a chain names the tensors of its last step, and there is none here",
                origin,
            )
            return
        named: dict[str, Wires] = {}
        if run.several:
            if len(parts) != len(run.several):
                self._fault_here(
                    wiring.BadParts,
                    f"the last step gives {len(run.several)} tensors ({', '.join(run.several)}), "
                    f"and `as` has {len(parts)} names",
                    origin,
                )
                return
            chain.parts = {k: v for k, v in chain.parts.items() if k not in run.shown}
            named = dict(zip(parts, run.several.values(), strict=True))
        elif run.last is not None:
            named = {n: Part(run.last, i, len(parts)) for i, n in enumerate(parts)}
        for i, name in enumerate(parts):
            self.names.give(name, named[name], origin.below(i), None)
        chain.several = tuple(parts)

    def _fault_here(self, code: Any, message: str, origin: Origin) -> None:
        self.filler.fault(code, message, origin)
        self.chain.broken = True

    # --- steps ------------------------------------------------------------------------------------

    def _steps(self, layers: Any, origin: Origin, place: Place, run: Run) -> None:
        if isinstance(layers, str):
            layers = self._read(layers, origin, place, _STEPS)
            place = replace(place, literal=True)
        lost = self.bodies.lost
        for i, step in enumerate(layers):
            at = origin.below(i)
            try:
                if lost and at.path in lost:
                    raise Broken
                self._step(step, at, place, run)
            except Broken:
                self._lose(run)

    def _read(self, text: str, origin: Origin, place: Place, adapter: TypeAdapter[Any]) -> Any:
        """Steps that an expression gives."""
        value = value_at(self.filler, text, origin, place)
        span = self.filler.places.value(origin.path)
        read = validated(
            adapter, value, self.filler.report, lambda _, __: span, resolved=True, model=LayerStep
        )
        if read is None:
            raise Broken
        return read

    def _step(self, step: Any, origin: Origin, place: Place, run: Run) -> None:
        if isinstance(step, ExpressionStep):
            if place.literal:
                message = f"{show(step.expression)} is no step"
                raise self.filler.fault(structure.BadStep, message, origin)
            step = self._read(step.expression, origin, place, _STEP)
            place = replace(place, literal=True)
        if isinstance(step, MarkStep):
            self.bodies.count(origin)
            self._mark(step, origin, place, run)
        elif isinstance(step, GroupStep):
            self._group(step, origin, place, run)
        elif step.repeat is None:
            self.bodies.count(origin)
            if wanted(self.filler, step.when, origin, place):
                self._apply(step, origin, place, run)
        else:
            self._repeated(step, origin, place, run)

    def _group(self, step: GroupStep, origin: Origin, place: Place, run: Run) -> None:
        if not wanted(self.filler, step.when, origin, place):
            self.bodies.count(origin)
            return
        if not step.layers:
            self._idle(step, origin, place)
            return
        count = len(step.layers) if is_list(step.layers) else 1
        around = turns(self.filler, step.repeat, origin, place, self.bodies.ahead, count)
        for turn, at in around:
            self._steps(step.layers, at.below("layers"), turn, run)

    def _idle(self, step: GroupStep, origin: Origin, place: Place) -> None:
        """A repeat of nothing: its turns count, and that is all."""
        for _ in turns(self.filler, step.repeat, origin, place, self.bodies.count, 1):
            return

    def _repeated(self, step: Any, origin: Origin, place: Place, run: Run) -> None:
        if isinstance(step.repeat, Mapping):
            raise self.filler.fault(
                codes.BadRepeat,
                "a step's `repeat` is a count",
                origin.below("repeat"),
                help="put the step under `repeat: {…}` with `layers:` to walk lists",
            )
        for turn, at in turns(self.filler, step.repeat, origin, place, self.bodies.ahead, 1):
            self.bodies.count(origin)
            try:
                if wanted(self.filler, step.when, at, turn):
                    self._apply(step, at, turn, run)
            except Broken:
                self._lose(run)

    def _mark(self, step: MarkStep, origin: Origin, place: Place, run: Run) -> None:
        at = origin.below("mark")
        if run.several:
            raise self.feeder.ambiguous(run, at, self.filler.places.value(at.path))
        if run.running is None or isinstance(run.running, tuple):
            raise self.filler.fault(
                wiring.BadInputs,
                f"`mark: {step.mark}` names the running tensor, and here are several",
                at,
                help="they have names already; join them first to name what they give",
            )
        self.names.give(step.mark, run.running, at, place)

    # --- one step ---------------------------------------------------------------------------------

    def _apply(self, step: Beside, origin: Origin, place: Place, run: Run) -> None:
        self._check_id(step, origin)
        feed = self.feeder.feed(step, origin, place, run)
        at_call = self._mapping(step.call, origin.below("call"), place)
        if isinstance(step, LayerStep):
            unit = self._unit(step, origin, place)
            self._called(self._call(unit, feed, at_call, origin, place, step), step, place, run)
        elif isinstance(step, UseStep):
            self._use(step, feed, at_call, origin, place, run)

    def _check_id(self, step: Beside, origin: Origin) -> None:
        if step.id is not None and self.ids.setdefault(step.id, origin.path) != origin.path:
            self.filler.fault(
                codes.NameTaken,
                f"two steps of this chain have the id `{step.id}`",
                origin.below("id"),
                related=(
                    Related("the other", self.filler.places.value((*self.ids[step.id], "id"))),
                ),
            )

    def _mapping(self, value: Any, origin: Origin, place: Place) -> dict[str, Any]:
        filled = self._filled(value, origin, place)
        if is_mapping(filled):
            return dict(filled)
        raise self.filler.fault(
            structure.WrongType, f"this wants a mapping, not {show(filled)}", origin
        )

    def _filled(self, value: Any, origin: Origin, place: Place) -> Any:
        return value_at(self.filler, value, origin, place) if self.bodies.dynamic(value) else value

    def _unit(self, step: LayerStep, origin: Origin, place: Place) -> Unit:
        at = origin.below(step.layer)
        arguments = self._mapping(step.arguments, at, place)
        name = arguments.pop("name", None)
        if name is None:
            name = self.layer_name(snake(step.layer))
        else:
            self.bodies.declarations.check_layer_name(name, at.below("name"))
        uses = self.bodies.declarations.uses(arguments, self.frame, at)
        return Unit(name, step.layer, arguments, self.frame, origin, uses=uses)

    def layer_name(self, base: str) -> str:
        """The name of the next layer, use or call of that kind in this chain."""
        return self.number(f"{self.frame.prefix}{self.chain.name}.{base}")

    def _use(
        self,
        step: UseStep,
        feed: Feed,
        at_call: Mapping[str, Any],
        origin: Origin,
        place: Place,
        run: Run,
    ) -> None:
        declarations, at = self.bodies.declarations, origin.below("use")
        used = self._filled(step.use, at, place)
        kind, declared, frame = declarations.declared(used, self.frame, at)
        if kind == "block":
            self._block(cast("Block", declared), used, frame, step, feed, origin, place, run)
            return
        if step.params:
            self.filler.fault(
                codes.BadWith,
                f"`with` gives params to a block, and `{used}` is a {kind}",
                origin,
                span=self.filler.places.key((*origin.path, "with")),
            )
        if kind == "shared layer":
            target: Unit | FlatModel = declarations.unit(used, frame)
        else:
            target = declarations.model(used, frame, at)
        self._called(self._call(target, feed, at_call, origin, place, step), step, place, run)

    def _block(
        self,
        block: Block,
        name: str,
        declared_in: Frame,
        step: UseStep,
        feed: Feed,
        origin: Origin,
        place: Place,
        run: Run,
    ) -> None:
        filler = self.filler
        if step.call:
            no_call(filler, name, origin)
        given = self._mapping(step.params, origin.below("with"), place)
        given = block_params(filler, block, name, given, origin)
        inputs = block_inputs(filler, block, name, feed, origin)
        frame = self.bodies.block(
            block,
            name,
            declared_in,
            f"{self.layer_name(name)}.",
            inputs,
            given,
            origin,
            place.clusters,
            self.model,
        )
        outputs = self.bodies.block_outputs(block, name, frame, origin)
        go_on(filler, self.names, outputs, step.parts, origin, place, run)

    # --- calls ------------------------------------------------------------------------------------

    def _call(
        self,
        target: Unit | FlatModel,
        feed: Feed,
        at_call: Mapping[str, Any],
        origin: Origin,
        place: Place,
        step: Beside,
    ) -> Call:
        name = target.name
        if isinstance(target, FlatModel) or target.shared:
            name = self.layer_name(target.name.rpartition(".")[2])
        call = Call(
            name,
            target,
            feed,
            at_call,
            self.frame,
            origin,
            self.bodies.next_order(),
            place.clusters,
            f"{self.frame.prefix}{self.chain.name}",
            tuple(step.parts) if step.parts is not None else None,
        )
        self.model.calls.append(call)
        return call

    def _called(self, call: Call, step: Beside, place: Place, run: Run) -> None:
        """Goes on from a call: with its only tensor, or as the step's `as` says."""
        run.become(Whole(call), call)
        if step.parts is None:
            return
        origin = call.origin.below("as")
        if step.parts.count("it") > 1:
            self.filler.fault(wiring.BadParts, "`it` stands once in `as`", origin)
            self._lose(run)
            return
        count = len(step.parts)
        for i, name in enumerate(step.parts):
            wire = Part(call, i, count)
            run.several[name] = wire
            if name == "it":
                run.running = wire
            else:
                self.names.give(name, wire, origin.below(i), place)
        if "it" in step.parts:
            run.several = {}
