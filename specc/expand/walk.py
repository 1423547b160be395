"""Walks the steps of a chain: takes repeats apart, leaves out what `when` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from specc.catalogue.kinds import show
from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.codes import structure, wiring
from specc.diagnostics.codes import values as codes
from specc.document.spec import ExpressionStep, GroupStep, LayerStep, MarkStep, Step
from specc.document.structure import validated
from specc.document.values import DEFERRED
from specc.expand.apply import Applier
from specc.expand.fill import Broken, Seen
from specc.expand.flat import Cluster, FlatChain, FlatModel, Frame, Origin, Part, Whole, Wires
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
        self.chain = chain
        self.applier = Applier(bodies, frame, model, chain)
        self.names, self.feeder = self.applier.names, self.applier.feeder

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
            self.applier.lose(run)
        try:
            self._steps(layers, origin.below("layers"), place, run)
        except Broken:
            self.applier.lose(run)
        self._finish(run, parts, origin)

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
                self.applier.lose(run)

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
                self.applier.apply(step, origin, place, run)
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
                    self.applier.apply(step, at, turn, run)
            except Broken:
                self.applier.lose(run)

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
