"""Names -> tensors: follows chains, parts, aliases and the inputs of blocks."""

from __future__ import annotations

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import wiring
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.expand.fill import Broken, Filler
from specc.expand.flat import (
    Call,
    FlatChain,
    FlatInput,
    FlatModel,
    Frame,
    Lost,
    Named,
    Origin,
    Part,
    Whole,
    Wires,
)
from specc.graph.graph import Tap, Taps

_Key = tuple[int, tuple[str, ...]]
"""A name in a frame."""


class Resolver:
    """Resolves wires. `read` collects the chains that something asked for."""

    def __init__(self, filler: Filler) -> None:
        self.filler = filler
        self.read: set[int] = set()
        self._cycles: set[int] = set()
        self._ends: dict[_Key, Tap | tuple[Wires, ...] | None] = {}
        """What a name leads to, found once; `None` where that is broken."""

    def taps(self, wires: Wires, origin: Origin) -> Taps:
        """One tensor, or a tuple of them where a list is meant; raises `Broken`."""
        found = self._follow(wires, origin)
        if isinstance(found, tuple):
            flat: list[Tap] = []
            faults = 0
            for wire in found:
                try:
                    tap = self.taps(wire, origin)
                except Broken:
                    faults += 1
                    continue
                flat += tap if isinstance(tap, tuple) else (tap,)
            if faults:
                raise Broken
            return tuple(flat)
        return found

    def tap(self, wires: Wires, origin: Origin) -> Tap:
        """Exactly one tensor; raises `Broken`."""
        found = self.taps(wires, origin)
        if isinstance(found, tuple):
            raise self._fault(
                wiring.SeveralTensors,
                f"this is a list of {len(found)} tensors, and one is wanted",
                origin,
                help="name one of them by its place: `chain.part.0`",
            )
        return found

    def _follow(self, wires: Wires, asked: Origin) -> Tap | tuple[Wires, ...]:
        """Walks along names until a call, an input or a list is reached. Never recurses."""
        way: list[Named] = []
        met: set[_Key] = set()
        try:
            found = self._end_of(wires, asked, way, met)
        except Broken:
            self._ends |= {(id(n.frame), n.parts): None for n in way[:-1]}
            raise
        self._ends |= dict.fromkeys(met, found)
        if way and isinstance(found, Tap):
            return Tap(found.vertex, found.key, found.count, way[0].origin)
        return found

    def _end_of(
        self, wires: Wires, asked: Origin, way: list[Named], met: set[_Key]
    ) -> Tap | tuple[Wires, ...]:
        while isinstance(wires, Named):
            key = (id(wires.frame), wires.parts)
            if key in met:
                raise self._alias_cycle([*way, wires])
            met.add(key)
            way.append(wires)
            if key in self._ends:
                self._read(wires)
                known = self._ends[key]
                if known is None:
                    raise Broken
                return known
            asked = way[0].origin
            next_ = self._named(wires)
            if isinstance(next_, Tap):
                return next_
            wires = next_
        if isinstance(wires, tuple):
            return wires
        if isinstance(wires, Lost):
            raise Broken
        if isinstance(wires, Part):
            return Tap(wires.call, wires.key, wires.count, asked)
        return Tap(self._single(wires, asked), None, None, asked)

    def _read(self, named: Named) -> None:
        """Keeps note of the chain that a name reads."""
        if (chain := named.frame.chains.get(named.parts[0])) is not None:
            self.read.add(id(chain))

    def _single(self, wire: Whole, asked: Origin) -> Call:
        model = wire.call.unit
        if isinstance(model, FlatModel) and len(model.outputs) > 1:
            names = list(model.outputs)
            raise self._fault(
                wiring.SeveralTensors,
                f"the model `{_short(model.name)}` gives several tensors ({', '.join(names)})",
                asked,
                help=f"at the end of a chain, name one of them: `{_short(wire.call.chain)}."
                f"{names[0]}`; before, say which goes on: `as: [{', '.join(('it', *names[1:]))}]`",
            )
        return wire.call

    def _named(self, named: Named) -> Wires | Tap:
        frame, (head, *rest) = named.frame, named.parts
        if head in frame.inputs:
            source = frame.inputs[head]
            if isinstance(source, FlatInput):
                self._no_parts(named, "an input")
                return Tap(source)
            if not isinstance(source, Lost):
                return self._element(source, rest, named) if rest else source
            return source
        variable = frame.variables.get(head)
        if variable is not None:
            self._no_parts(named, "a variable")
            return variable if isinstance(variable, Lost) else Tap(variable)
        chain = frame.chains.get(head)
        if chain is None:
            raise self._undefined(named)
        self.read.add(id(chain))
        return self._part(chain, rest, named) if rest else self._end(chain, named)

    def _end(self, chain: FlatChain, named: Named) -> Wires:
        if chain.end is not None:
            return chain.end
        if chain.broken:
            raise Broken
        names = list(chain.several)
        raise self._fault(
            wiring.SeveralTensors,
            f"`{chain.name}` ends in several tensors ({', '.join(names)})",
            named.origin,
            help=f"name one of them: `{chain.name}.{names[0]}`"
            if names and names[0] in chain.parts
            else "say on its last step which one goes on: `as: [it, …]`",
        )

    def _part(self, chain: FlatChain, rest: list[str], named: Named) -> Wires:
        name, *index = rest
        found = chain.parts.get(name)
        if found is not None:
            return self._element(found, index, named) if index else found
        if chain.broken:
            raise Broken
        known = list(chain.parts)
        last = chain.last
        if last is not None and isinstance(last.unit, FlatModel) and isinstance(chain.end, Whole):
            known += last.unit.outputs
            if name in last.unit.outputs and not index:
                return Part(last, name)
        close = nearest(name, known)
        if name in chain.turning:
            hint = f"`{name}` belongs to one turn of a repeat, and is not seen outside"
        elif close:
            hint = f"did you mean `{chain.name}.{close}`?"
        elif known:
            hint = f"its parts are {', '.join(known)}"
        else:
            hint = "`as: […]` on the chain names the tensors of its last step"
        raise self._fault(
            wiring.UnknownPart, f"`{chain.name}` has no part `{name}`", named.origin, help=hint
        )

    def _element(self, wires: Wires, index: list[str], named: Named) -> Wires:
        text = index[0] if index else ""
        if isinstance(wires, tuple) and text.isdigit() and len(index) == 1:
            if int(text) < len(wires):
                return wires[int(text)]
            message = f"`{'.'.join(named.parts)}` is beyond the last turn; there are {len(wires)}"
            raise self._fault(
                wiring.UnknownPart, message, named.origin, help="turns are counted from 0"
            )
        raise self._fault(
            wiring.UnknownPart, f"`{'.'.join(named.parts)}` names no tensor", named.origin
        )

    def _no_parts(self, named: Named, what: str) -> None:
        if len(named.parts) > 1:
            raise self._fault(
                wiring.UnknownPart, f"`{named.parts[0]}` is {what} and has no parts", named.origin
            )

    # --- errors -----------------------------------------------------------------------------------

    def _undefined(self, named: Named) -> Broken:
        frame, head = named.frame, named.parts[0]
        known = frame.tensors()
        close = nearest(head, known)
        hint = _elsewhere(frame, head) or (f"did you mean `{close}`?" if close else None)
        if hint is None and known:
            hint = f"the names here are {', '.join(known[:12])}"
        return self._fault(
            wiring.UndefinedName,
            f"there is no input, variable or chain named `{head}` here",
            named.origin,
            help=hint,
        )

    def _alias_cycle(self, way: list[Named]) -> Broken:
        start = next(
            i for i, w in enumerate(way) if w.frame is way[-1].frame and w.parts == way[-1].parts
        )
        round_ = way[start + 1 :]  # where each is taken inside the round
        names = [".".join(w.parts) for w in round_]
        return self.cycle([(n, w.origin) for n, w in zip(names, round_, strict=True)])

    def cycle(self, steps: list[tuple[str, Origin]]) -> Broken:
        """Reports tensors that need one another: names, and where each is taken."""
        if id(steps[0][1]) in self._cycles:
            return Broken()
        self._cycles |= {id(o) for _, o in steps}
        first = min(range(len(steps)), key=lambda i: steps[i][0])
        steps = steps[first:] + steps[:first]
        names = [name for name, _ in steps]
        places = [self.filler.places.value(origin.path) for _, origin in steps]
        shown = [*names[:12], "…"] if len(names) > 12 else [*names, names[0]]
        related = tuple(
            Related(f"`{name}` is taken here", place)
            for name, place in zip(names[1:12], places[1:12], strict=True)
        )
        return self.filler.fault(
            wiring.Cycle,
            "these need one another: " + " -> ".join(shown),
            steps[0][1],
            label=f"`{names[0]}` is taken here",
            help="data flows one way, from the inputs to the outputs; "
            "a loop over time is a recurrent layer",
            related=related,
        )

    def _fault(
        self, code: type[Diagnostic], message: str, origin: Origin, help: str | None = None
    ) -> Broken:
        return self.filler.fault(code, message, origin, help)


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _elsewhere(frame: Frame, head: str) -> str | None:
    """Where a name is known that is not seen here, and what to write instead."""
    for chain in frame.chains.values():
        if head in chain.turning:
            return f"`{head}` belongs to one turn of a repeat, and is not seen outside"
        if head in chain.parts:
            return f"it is named inside the chain `{chain.name}`: write `{chain.name}.{head}`"
    outer: Frame | None = frame.outer
    while outer is not None:
        if head in outer.tensors():
            what = "block" if frame.kind == "block" else "model"
            return f"a {what} sees only its own tensors; give it `{head}` as an input"
        outer = outer.outer
    return None
