"""Feeds: the tensors of a step, those that run through it and those that `take` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.codes import structure, wiring
from specc.diagnostics.span import Span
from specc.document.node import Path
from specc.document.spec import Beside, LayerStep
from specc.expand.fill import Broken, Filler
from specc.expand.flat import LOST, Feed, FlatChain, Frame, Origin, Wires
from specc.expand.place import Place, Run
from specc.expand.references import reference, references
from specc.expand.turns import value_at


class Feeder:
    """Finds the tensors of one chain's steps."""

    def __init__(self, frame: Frame, chain: FlatChain, filler: Filler) -> None:
        self.frame = frame
        self.chain = chain
        self.filler = filler

    def named(
        self, value: Mapping[Any, Any], origin: Origin, local: Mapping[str, Wires]
    ) -> tuple[dict[str, Wires], dict[str, Path]]:
        """The tensors of a mapping by argument, and where each argument is written."""
        named: dict[str, Wires] = {}
        keys: dict[str, Path] = {}
        for key, text in value.items():
            at = origin.below(key)
            keys[key] = at.path
            try:
                named[key] = references(text, self.frame, at, self.filler, local)
            except Broken:
                named[key] = LOST
                self.chain.broken = True
        return named, keys

    def feed(self, step: Beside, origin: Origin, place: Place, run: Run) -> Feed:
        """The tensors of a step; what is wrong is reported, and a tensor that is not known lost."""
        running = run.running
        if run.several:
            head = step.layer if isinstance(step, LayerStep) else "use"
            self.ambiguous(run, origin, self.filler.places.head(origin.path, head))
            self.chain.broken = True
            running = LOST
        if step.take is None:
            return Feed(running, run.named, (), run.keys)
        try:
            return self._taken(step.take, running, origin.below("take"), place, run)
        except Broken:
            self.chain.broken = True
            return Feed(LOST, run.named, (), run.keys)

    def _taken(
        self, take: Any, running: Wires | None, origin: Origin, place: Place, run: Run
    ) -> Feed:
        take = value_at(self.filler, take, origin, place)
        local = dict(place.local)
        if running is not None and not isinstance(running, tuple):
            local["it"] = running
        if is_mapping(take):
            named, keys = self.named(take, origin, local)
            for twice in sorted(named.keys() & run.named.keys()):
                self.filler.fault(
                    wiring.BadInputs,
                    f"`{twice}` is given by `from` and by `take`",
                    origin,
                    span=self.filler.places.key(keys[twice]),
                )
                self.chain.broken = True
                named[twice] = LOST
            return Feed(running, {**run.named, **named}, (), {**run.keys, **keys})
        if not is_list(take):
            raise self.filler.fault(
                structure.WrongType, "`take` is a list of tensors, or a mapping by argument", origin
            )
        more: list[Wires] = []
        for i, text in enumerate(take):
            try:
                more.append(reference(text, self.frame, origin.below(i), self.filler, local))
            except Broken:
                more.append(LOST)
                self.chain.broken = True
        return Feed(running, run.named, tuple(more), run.keys)

    def ambiguous(self, run: Run, origin: Origin, span: Span) -> Broken:
        """Reports a step before which several tensors are left; what it gives is to be raised."""
        names = list(run.several)
        rest = ", ".join(("it", *names[1:]))
        return self.filler.fault(
            wiring.SeveralTensors,
            f"the step before this one gives several tensors ({', '.join(names)})",
            origin,
            help=f"say on that step which one goes on: `as: [{rest}]` goes on with `{names[0]}`",
            span=span,
        )
