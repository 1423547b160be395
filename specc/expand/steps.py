"""Walks the steps of a chain: takes repeats apart, leaves out what `when` says, makes calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from pydantic import TypeAdapter

from specc.catalogue.kinds import nearest, show
from specc.diagnostics.codes import structure, wiring
from specc.diagnostics.codes import values as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.document.bounds import STEPS
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
from specc.expand.naming import Numbering, snake
from specc.expand.references import reference, references
from specc.expand.scope import Broken, Seen, Turn, holds_expression

if TYPE_CHECKING:
    from specc.expand.bodies import Bodies

_STEP: TypeAdapter[Any] = TypeAdapter(Step, config=DEFERRED)
_STEPS: TypeAdapter[list[Any]] = TypeAdapter(list[Step], config=DEFERRED)


class TooManyError(Exception):
    """The bound on steps is passed; nothing is expanded any further."""


@dataclass(slots=True)
class _Run:
    """Where a chain is: its running tensor, or the list or mapping that it comes from."""

    running: Wires | None
    named: dict[str, Wires] = field(default_factory=dict[str, Wires])
    several: tuple[str, ...] = ()
    """The names of the last step's tensors, where none of them goes on yet."""
    last: Call | None = None
    last_parts: dict[str, Wires] = field(default_factory=dict[str, Wires])


@dataclass(frozen=True, slots=True)
class _Place:
    """What is seen at a step: params, names of tensors, and the turns it stands in."""

    seen: Seen
    local: dict[str, Wires]
    clusters: tuple[Cluster, ...]
    hidden: frozenset[str] = frozenset()
    """Names that a repeat further out gives."""
    turning: bool = False
    """Whether this is inside a repeat, whose names are not seen outside."""


class Walker:
    """Walks one chain of a frame into calls."""

    def __init__(self, bodies: Bodies, frame: Frame, model: FlatModel, chain: FlatChain) -> None:
        self.bodies = bodies
        self.filler = bodies.filler
        self.report = bodies.filler.report
        self.frame = frame
        self.model = model
        self.chain = chain
        self.number = Numbering()
        self.collected: dict[str, list[Wires]] = {}
        self.gathered: Path | None = None
        self.ids: dict[str, Path] = {}

    # --- the chain --------------------------------------------------------------------------------

    def walk(self, source: Any, layers: Any, parts: list[str] | None, seen: Seen, origin: Origin, clusters: tuple[Cluster, ...]) -> None:
        """Fills in the chain; what is wrong is reported, and the chain marked as broken."""
        place = _Place(seen, {}, clusters)
        run = _Run(None)
        try:
            value = self.filler.fill(source, seen, (*origin.path, "from"), origin.chain)
            self._start(value, origin.below("from"), run)
        except Broken:
            self._lose(run)
        try:
            self._steps(layers, origin.below("layers"), place, run)
            self._finish(run, parts, origin)
        except Broken:
            self._lose(run)

    def _lose(self, run: _Run) -> None:
        """Goes on without the running tensor, so that later steps are looked at too."""
        self.chain.broken = True
        run.running, run.named, run.several, run.last = LOST, {}, (), None

    def _start(self, value: Any, origin: Origin, run: _Run) -> None:
        if isinstance(value, Mapping):
            for key, name in cast("Mapping[str, Any]", value).items():
                run.named[key] = references(name, self.frame, origin.below(key), self.filler, {})
        else:
            run.running = references(value, self.frame, origin, self.filler, {})

    def _finish(self, run: _Run, parts: list[str] | None, origin: Origin) -> None:
        chain = self.chain
        chain.last = run.last
        chain.parts |= {n: tuple(w) for n, w in self.collected.items()}
        chain.parts |= run.last_parts
        if parts is not None:
            self._name_parts(run, parts, origin.below("as"))
            return
        chain.several = run.several
        if chain.broken:
            return
        if run.named or (isinstance(run.running, tuple) and run.last is None):
            self._report(
                wiring.BadInputs,
                "a chain without steps stands for one tensor, not for several",
                origin.below("from"),
            )
        elif not run.several:
            chain.end = run.running

    def _name_parts(self, run: _Run, parts: list[str], origin: Origin) -> None:
        call = run.last
        if call is None or run.running is not None and not isinstance(run.running, Whole) and not run.several:
            self._report(wiring.BadParts, "`as` names the tensors of the last step; here is none", origin)
            return
        if run.several:
            if len(parts) != len(run.several):
                raise self._broken(
                    wiring.BadParts,
                    f"the last step gives {len(run.several)} tensors "
                    f"({', '.join(run.several)}), and `as` has {len(parts)} names",
                    origin,
                )
            wires = [run.last_parts[n] for n in run.several]
            self.chain.parts = {k: v for k, v in self.chain.parts.items() if k not in run.several}
            named = dict(zip(parts, wires, strict=True))
        else:
            named = {n: Part(call, i, len(parts)) for i, n in enumerate(parts)}
        for i, name in enumerate(parts):
            self._give(name, named[name], origin.below(i), None)
        self.chain.several = tuple(parts)

    # --- steps ------------------------------------------------------------------------------------

    def _steps(self, layers: Any, origin: Origin, place: _Place, run: _Run) -> None:
        if isinstance(layers, str):
            layers = self._read(layers, origin, place, _STEPS)
        for i, step in enumerate(layers):
            try:
                self._step(step, origin.below(i), place, run)
            except Broken:
                self._lose(run)

    def _read(self, text: str, origin: Origin, place: _Place, adapter: TypeAdapter[Any]) -> Any:
        """Steps that an expression gives."""
        value = self.filler.fill(text, place.seen, origin.path, origin.chain)

        def locate(path: Path, key: bool) -> Any:
            return self.filler.span(origin.path)

        read = validated(adapter, value, self.report, locate, model=LayerStep)
        if read is None:
            raise Broken
        return read

    def _step(self, step: Any, origin: Origin, place: _Place, run: _Run) -> None:
        if isinstance(step, ExpressionStep):
            step = self._read(step.expression, origin, place, _STEP)
        if isinstance(step, MarkStep):
            self._mark(step, origin, place, run)
            return
        if isinstance(step, GroupStep):
            if self._wanted(step.when, origin, place):
                for turn, at in self._turns(step.repeat, origin, place):
                    self._steps(step.layers, at.below("layers"), turn, run)
            return
        if step.id is not None and self.ids.setdefault(step.id, origin.path) != origin.path:
            self._report(codes.NameTaken, f"two steps of this chain have the id `{step.id}`", origin.below("id"))
        if step.repeat is None:
            self.bodies.count(origin)
            if self._wanted(step.when, origin, place):
                self._apply(step, origin, place, run)
            return
        if isinstance(step.repeat, Mapping):
            raise self._broken(
                codes.BadRepeat,
                "a step's `repeat` is a count",
                origin.below("repeat"),
                help="put the step under `repeat: {…}` with `layers:` to walk lists",
            )
        for turn, at in self._turns(step.repeat, origin, place):
            if self._wanted(step.when, at, turn):
                self._apply(step, at, turn, run)

    def _wanted(self, when: Any, origin: Origin, place: _Place) -> bool:
        if isinstance(when, bool):
            return when
        at = origin.below("when")
        value = self.filler.fill(when, place.seen, at.path, at.chain)
        if not isinstance(value, bool):
            raise self._broken(
                codes.NotBoolean,
                f"`when` is true or false, and this is {show(value)}",
                at,
                help=f"compare it: `$({str(when).lstrip('$').strip('()')} > 0)`",
            )
        return value

    def _turns(
        self, repeat: Any, origin: Origin, place: _Place
    ) -> Iterator[tuple[_Place, Origin]]:
        at = origin.below("repeat")
        value = self.filler.fill(repeat, place.seen, at.path, at.chain)
        lists: dict[str, list[Any]] = {}
        if isinstance(value, Mapping):
            lists = self._lists(cast("Mapping[str, Any]", value), at, place)
            count = len(next(iter(lists.values())))
        elif isinstance(value, float) and value.is_integer() and value >= 0:
            count = int(value)
        elif isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            count = value
        else:
            raise self._broken(
                codes.BadRepeat,
                f"`repeat` is a whole number from 0, or lists under names; this is {show(value)}",
                at,
            )
        self.bodies.count(at, count)
        span = self.filler.span(at.path)
        for index in range(count):
            names = {k: v[index] for k, v in lists.items()}
            turn = Related(f"in turn {index + 1} of {count} of the repeat", span)
            inner = replace(
                place,
                seen=Turn(names, index, place.seen),
                local=dict(place.local),
                clusters=(*place.clusters, Cluster("repeat", origin.path, "", index, count)),
                hidden=place.hidden | lists.keys(),
                turning=True,
            )
            yield inner, Origin(origin.path, (turn, *origin.chain))

    def _lists(self, value: Mapping[str, Any], at: Origin, place: _Place) -> dict[str, list[Any]]:
        if not value:
            raise self._broken(codes.BadRepeat, "`repeat` names no list", at)
        lists: dict[str, list[Any]] = {}
        for name, many in value.items():
            if not isinstance(many, list):
                raise self._broken(
                    codes.BadRepeat, f"`{name}` is to be a list, and is {show(many)}", at.below(name)
                )
            lists[name] = cast("list[Any]", many)
            if name in place.hidden or name in place.seen.names():
                raise self._broken(
                    codes.HiddenName,
                    f"`{name}` hides the param of that name",
                    at.below(name),
                    help=f"call it something else, and `${name}` inside the repeat too",
                )
        lengths = {n: len(v) for n, v in lists.items()}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"`{n}` has {c}" for n, c in lengths.items())
            raise self._broken(
                codes.UnequalLists, f"the lists are of different lengths: {listed}", at
            )
        return lists

    # --- names ------------------------------------------------------------------------------------

    def _mark(self, step: MarkStep, origin: Origin, place: _Place, run: _Run) -> None:
        self.bodies.count(origin)
        at = origin.below("mark")
        if run.several:
            raise self._ambiguous(run, at)
        if run.running is None or (isinstance(run.running, tuple)):
            raise self._broken(
                wiring.BadInputs,
                f"`mark: {step.mark}` names the running tensor, and here are several",
                at,
            )
        self._give(step.mark, run.running, at, place)

    def _give(self, name: str, wire: Wires, origin: Origin, place: _Place | None) -> None:
        """Names a tensor, for later steps and, outside of repeats, for other chains."""
        frame = self.frame
        taken = name in self.chain.parts if place is None or not place.turning else name in place.local
        if taken or name in frame.tensors() or name in ("it", "index"):
            what = "in this chain already" if taken else "to an input, variable or chain"
            raise self._broken(
                codes.NameTaken, f"the name `{name}` is given {what}", origin, help="give another one"
            )
        if place is not None:
            place.local[name] = wire
        if place is None or not place.turning:
            self.chain.parts[name] = wire

    # --- one step ---------------------------------------------------------------------------------

    def _apply(self, step: Beside, origin: Origin, place: _Place, run: _Run) -> None:
        if run.several:
            raise self._ambiguous(run, origin)
        feed = self._feed(step, origin, place, run)
        at_call = self._filled(step.call, origin.below("call"), place)
        if isinstance(step, LayerStep):
            unit = self._unit(step, origin, place)
            self._called(self._call(unit, feed, at_call, origin, place, step.parts), step, place, run)
            return
        assert isinstance(step, UseStep)
        used = self._filled(step.use, origin.below("use"), place)
        kind, declared, frame = self.bodies.declared(used, self.frame, origin.below("use"))
        if kind == "block":
            self._block(cast("Block", declared), used, frame, step, feed, origin, place, run)
            return
        if step.params:
            raise self._broken(
                codes.BadWith, f"`with` gives params to a block, and `{used}` is a {kind}", origin.below("with")
            )
        if kind == "shared layer":
            target: Unit | FlatModel = self.bodies.unit(used, frame)
        else:
            target = self.bodies.model(used, frame, origin)
        call = self._call(target, feed, at_call, origin, place, step.parts)
        self._called(call, step, place, run)

    def _unit(self, step: LayerStep, origin: Origin, place: _Place) -> Unit:
        at = origin.below(step.layer)
        value = self._filled(step.arguments, at, place)
        if not isinstance(value, Mapping):
            raise self._broken(
                structure.WrongType,
                f"the arguments of `{step.layer}` are a mapping, not {show(value)}",
                at,
            )
        arguments = cast("Mapping[str, Any]", value)
        name = arguments.get("name")
        if name is None:
            name = self._layer_name(snake(step.layer))
        else:
            self.bodies.check_layer_name(name, at.below("name"))
            arguments = {k: v for k, v in arguments.items() if k != "name"}
        uses = self.bodies.uses(arguments, self.frame, at)
        return Unit(name, step.layer, arguments, self.frame, origin, uses=uses)

    def _filled(self, value: Any, origin: Origin, place: _Place) -> Any:
        if not self.bodies.dynamic(value):
            return value
        return self.filler.fill(value, place.seen, origin.path, origin.chain)

    def _layer_name(self, base: str) -> str:
        return self.number(f"{self.frame.prefix}{self.chain.name}.{base}")

    def _call(
        self,
        target: Unit | FlatModel,
        feed: Feed,
        at_call: Mapping[str, Any],
        origin: Origin,
        place: _Place,
        parts: list[str] | None,
    ) -> Call:
        name = target.name
        if isinstance(target, FlatModel) or target.shared:
            name = self._layer_name(target.name.rpartition(".")[2])
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
            tuple(parts) if parts is not None else None,
        )
        self.model.calls.append(call)
        return call

    def _called(self, call: Call, step: Beside, place: _Place, run: _Run) -> None:
        """Goes on from a call: with its only tensor, or as the step's `as` says."""
        run.named = {}
        run.last = call
        run.last_parts = {}
        run.several = ()
        run.running = Whole(call)
        if step.parts is None:
            return
        origin = call.origin.below("as")
        if step.parts.count("it") > 1:
            raise self._broken(wiring.BadParts, "`it` stands once in `as`", origin)
        count = len(step.parts)
        for i, name in enumerate(step.parts):
            wire = Part(call, i, count)
            if name == "it":
                run.running = wire
            else:
                self._give(name, wire, origin.below(i), place)
        if "it" not in step.parts:
            run.several = tuple(step.parts)

    def _feed(self, step: Beside, origin: Origin, place: _Place, run: _Run) -> Feed:
        if step.take is None:
            return Feed(run.running, run.named)
        at = origin.below("take")
        take = self._filled(step.take, at, place)
        local = dict(place.local)
        if run.running is not None and not isinstance(run.running, tuple):
            local["it"] = run.running
        if isinstance(take, Mapping):
            given = cast("Mapping[str, Any]", take)
            named = {
                key: references(value, self.frame, at.below(key), self.filler, local)
                for key, value in given.items()
            }
            if twice := named.keys() & run.named.keys():
                raise self._broken(
                    wiring.BadInputs, f"`{min(twice)}` is given by `from` and by `take`", at
                )
            return Feed(run.running, {**run.named, **named})
        if not isinstance(take, list):
            raise self._broken(
                structure.WrongType, "`take` is a list of tensors, or a mapping by argument", at
            )
        more = tuple(
            reference(value, self.frame, at.below(i), self.filler, local)
            for i, value in enumerate(cast("list[Any]", take))
        )
        return Feed(run.running, run.named, more)

    # --- blocks -----------------------------------------------------------------------------------

    def _block(
        self,
        block: Block,
        name: str,
        declared_in: Frame,
        step: UseStep,
        feed: Feed,
        origin: Origin,
        place: _Place,
        run: _Run,
    ) -> None:
        if step.call:
            raise self._broken(
                structure.UnknownKey, "a block takes no call arguments", origin.below("call")
            )
        given = self._filled(step.params, origin.below("with"), place)
        for key in given:
            if key not in block.params:
                close = nearest(key, list(block.params))
                raise self._broken(
                    codes.BadWith,
                    f"the block `{name}` has no param `{key}`",
                    origin.below("with", key),
                    help=f"did you mean `{close}`?" if close else None,
                )
        use = self._layer_name(name)
        inputs = self._block_inputs(block, name, feed, origin)
        frame = self.bodies.block(
            block, name, declared_in, f"{use}.", inputs, given, origin, place.clusters, self.model
        )
        outputs = self.bodies.block_outputs(block, name, frame, origin)
        run.named, run.last, run.several, run.last_parts = {}, None, (), {}
        if len(outputs) == 1 and step.parts is None:
            (run.running,) = outputs.values()
            return
        self._block_parts(outputs, step, origin, place, run)

    def _block_parts(
        self, outputs: dict[str, Wires], step: UseStep, origin: Origin, place: _Place, run: _Run
    ) -> None:
        names = list(outputs)
        if step.parts is not None:
            at = origin.below("as")
            if len(step.parts) != len(names) or step.parts.count("it") > 1:
                raise self._broken(
                    wiring.BadParts,
                    f"the block gives {len(names)} tensors ({', '.join(names)}), and `as` has "
                    f"{len(step.parts)} names; one of them may be `it`",
                    at,
                )
            names = step.parts
        wires = dict(zip(names, outputs.values(), strict=True))
        if place.turning:
            first = "it" if "it" in wires else names[0]
            self._collect(wires, first, origin, place)
            run.running = wires[first]
            run.last_parts = {} if first == "it" else {first: wires[first]}
            return
        if "it" in wires:
            run.running = wires.pop("it")
            for i, (name, wire) in enumerate(wires.items()):
                self._give(name, wire, origin.below("as", i), place)
            return
        run.running = None
        run.several = tuple(names)
        run.last_parts = wires

    def _collect(
        self, wires: dict[str, Wires], first: str, origin: Origin, place: _Place
    ) -> None:
        """Gathers what each turn gives beside its first tensor."""
        if self.gathered not in (None, origin.path):
            for name in wires:
                if name in self.collected:
                    raise self._broken(
                        codes.NameTaken,
                        f"`{name}` is collected from another block of this chain already",
                        origin,
                        help="give it another name with `as`",
                    )
        self.gathered = origin.path
        for name, wire in wires.items():
            if name != first:
                self.collected.setdefault(name, []).append(wire)
        if first != "it":
            self.chain.parts[first] = wires[first]

    def _block_inputs(
        self, block: Block, name: str, feed: Feed, origin: Origin
    ) -> dict[str, Wires]:
        inputs = dict(feed.named)
        listed = ", ".join(block.inputs)
        for key in inputs:
            if key not in block.inputs:
                close = nearest(key, block.inputs)
                raise self._broken(
                    wiring.BadInputs,
                    f"the block `{name}` has no input `{key}`; its inputs are {listed}",
                    origin,
                    help=f"did you mean `{close}`?" if close else None,
                )
        running = feed.running if isinstance(feed.running, tuple) else (feed.running,)
        queue = [w for w in (*running, *feed.more) if w is not None]
        for free in block.inputs:
            if free not in inputs and queue:
                inputs[free] = queue.pop(0)
        missing = [i for i in block.inputs if i not in inputs]
        if missing or queue:
            count = len(feed.named) + len(queue) + len(inputs) - len(feed.named)
            raise self._broken(
                wiring.BadInputs,
                f"the block `{name}` takes {len(block.inputs)} tensors ({listed}), "
                f"and is given {count}",
                origin,
                help=f"`take: {{{missing[0]}: …}}` gives it another" if missing else None,
            )
        return {i: inputs[i] for i in block.inputs}

    # --- errors -----------------------------------------------------------------------------------

    def _report(self, code: type[Diagnostic], message: str, origin: Origin, help: str | None = None) -> None:
        self.report.add(
            code(message, self.filler.span(origin.path), help=help, chain=origin.chain)
        )
        self.chain.broken = True

    def _broken(
        self, code: type[Diagnostic], message: str, origin: Origin, help: str | None = None
    ) -> Broken:
        self._report(code, message, origin, help)
        return Broken()

    def _ambiguous(self, run: _Run, origin: Origin) -> Broken:
        names = ", ".join(run.several)
        first = run.several[0]
        rest = ", ".join(("it", *run.several[1:]))
        return self._broken(
            wiring.SeveralTensors,
            f"the step before this one gives several tensors ({names})",
            origin,
            help=f"say on that step which one goes on: `as: [{rest}]` goes on with `{first}`",
        )


