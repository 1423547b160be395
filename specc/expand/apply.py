"""Applies one step: its tensors, its arguments, and the call or the calls that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from specc.catalogue.kinds import show
from specc.catalogue.plain import is_mapping
from specc.diagnostics.codes import structure, wiring
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Related
from specc.document.node import Path
from specc.document.spec import Beside, Block, LayerStep, UseStep
from specc.expand.blocks import block_inputs, block_params, go_on, no_call
from specc.expand.feed import Feeder
from specc.expand.flat import (
    LOST,
    Call,
    Feed,
    FlatChain,
    FlatModel,
    Frame,
    Origin,
    Part,
    Unit,
    Whole,
)
from specc.expand.given import Names
from specc.expand.naming import Numbering, snake
from specc.expand.place import Place, Run
from specc.expand.turns import value_at

if TYPE_CHECKING:
    from specc.expand.bodies import Bodies


class Applier:
    """Makes the calls of one chain's steps."""

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

    def lose(self, run: Run) -> None:
        """Goes on without the running tensor, so that later steps are looked at too."""
        self.chain.broken = True
        run.become(LOST)

    def apply(self, step: Beside, origin: Origin, place: Place, run: Run) -> None:
        """Makes the calls of a step in one turn; raises `Broken`."""
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
            self.lose(run)
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
