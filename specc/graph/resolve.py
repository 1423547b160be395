"""Names -> tensors: follows chains, parts, aliases and the inputs of blocks."""

from __future__ import annotations

from specc.catalogue.kinds import nearest
from specc.diagnostics.codes import wiring
from specc.diagnostics.diagnostic import Diagnostic, Related
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
from specc.expand.scope import Broken, Filler
from specc.graph.graph import Tap, Taps


class Resolver:
    """Resolves wires. `read` collects the chains that something asked for."""

    def __init__(self, filler: Filler) -> None:
        self.filler = filler
        self.read: set[int] = set()

    def taps(self, wires: Wires, origin: Origin) -> Taps:
        """One tensor, or a tuple of them where a list is meant; raises `Broken`."""
        found = self._follow(wires, origin)
        if isinstance(found, tuple):
            flat: list[Tap] = []
            for wire in found:
                tap = self.taps(wire, origin)
                flat += tap if isinstance(tap, tuple) else (tap,)
            return tuple(flat)
        return found

    def tap(self, wires: Wires, origin: Origin) -> Tap:
        """Exactly one tensor; raises `Broken`."""
        found = self.taps(wires, origin)
        if isinstance(found, tuple):
            raise self._broken(
                wiring.SeveralTensors,
                f"this is a list of {len(found)} tensors, and one is wanted",
                origin,
                help="name one of them by its place: `chain.part.0`",
            )
        return found

    def _follow(self, wires: Wires, asked: Origin) -> Tap | tuple[Wires, ...]:
        """Walks along names until a call, an input or a list is reached. Never recurses."""
        way: list[Named] = []
        while isinstance(wires, Named):
            if any(w.frame is wires.frame and w.parts == wires.parts for w in way):
                raise self._alias_cycle([*way, wires])
            way.append(wires)
            asked = way[0].origin
            wires_or_tap = self._named(wires)
            if isinstance(wires_or_tap, Tap):
                return Tap(wires_or_tap.vertex, wires_or_tap.key, wires_or_tap.count, asked)
            wires = wires_or_tap
        if isinstance(wires, tuple):
            return wires
        if isinstance(wires, Lost):
            raise Broken
        if isinstance(wires, Part):
            return Tap(wires.call, wires.key, wires.count, asked)
        return Tap(self._single(wires, asked), None, None, asked)

    def _single(self, wire: Whole, asked: Origin) -> Call:
        model = wire.call.unit
        if isinstance(model, FlatModel) and len(model.outputs) > 1:
            names = list(model.outputs)
            raise self._broken(
                wiring.SeveralTensors,
                f"the model `{model.name}` gives several tensors ({', '.join(names)})",
                asked,
                help=f"name one of them, as `{wire.call.chain}.{names[0]}`",
            )
        return wire.call

    def _named(self, named: Named) -> Wires | Tap:
        frame, (head, *rest) = named.frame, named.parts
        if head in frame.inputs:
            source = frame.inputs[head]
            if isinstance(source, FlatInput):
                self._no_parts(named, "an input")
                return Tap(source)
            return self._element(source, rest, named) if rest else source
        if head in frame.variables:
            self._no_parts(named, "a variable")
            return Tap(frame.variables[head])
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
        raise self._broken(
            wiring.SeveralTensors,
            f"`{chain.name}` ends in several tensors ({', '.join(names)})",
            named.origin,
            help=f"name one of them: `{chain.name}.{names[0]}`" if names else None,
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
        help = f"did you mean `{chain.name}.{close}`?" if close else None
        if not close:
            help = (
                f"its parts are {', '.join(known)}"
                if known
                else "`as: […]` on the chain names the tensors of its last step"
            )
        raise self._broken(
            wiring.UnknownPart, f"`{chain.name}` has no part `{name}`", named.origin, help=help
        )

    def _element(self, wires: Wires, index: list[str], named: Named) -> Wires:
        text = index[0]
        if isinstance(wires, tuple) and text.isdigit() and len(index) == 1:
            if int(text) < len(wires):
                return wires[int(text)]
            message = f"`{'.'.join(named.parts)}` is beyond the last turn; there are {len(wires)}"
            raise self._broken(
                wiring.UnknownPart, message, named.origin, help="turns are counted from 0"
            )
        raise self._broken(
            wiring.UnknownPart, f"`{'.'.join(named.parts)}` names no tensor", named.origin
        )

    def _no_parts(self, named: Named, what: str) -> None:
        if len(named.parts) > 1:
            raise self._broken(
                wiring.UnknownPart, f"`{named.parts[0]}` is {what} and has no parts", named.origin
            )

    # --- errors -----------------------------------------------------------------------------------

    def _undefined(self, named: Named) -> Broken:
        frame, head = named.frame, named.parts[0]
        known = frame.tensors()
        close = nearest(head, known)
        help = f"did you mean `{close}`?" if close else None
        outer: Frame | None = frame.outer
        while outer is not None and not close:
            if head in outer.tensors():
                what = "block" if frame.kind == "block" else "model"
                help = f"a {what} sees only its own tensors; give it `{head}` as an input"
            outer = outer.outer
        if help is None and known:
            help = f"the names here are {', '.join(known[:12])}"
        return self._broken(
            wiring.UndefinedName,
            f"there is no input, variable or chain named `{head}` here",
            named.origin,
            help=help,
        )

    def _alias_cycle(self, way: list[Named]) -> Broken:
        start = next(
            i for i, w in enumerate(way) if w.frame is way[-1].frame and w.parts == way[-1].parts
        )
        round_ = way[start:]
        names = [".".join(w.parts) for w in round_]
        related = tuple(
            Related(f"`{name}` is asked for here", self.filler.span(w.origin.path))
            for name, w in zip(names[1:-1], round_[1:-1], strict=True)
        )
        origin = round_[-1].origin
        self.filler.report.add(
            wiring.Cycle(
                "these tensors need one another: " + " -> ".join(names),
                self.filler.span(origin.path),
                related=related,
                chain=origin.chain,
            )
        )
        return Broken()

    def _broken(
        self, code: type[Diagnostic], message: str, origin: Origin, help: str | None = None
    ) -> Broken:
        span = self.filler.span(origin.path)
        self.filler.report.add(code(message, span, help=help, chain=origin.chain))
        return Broken()
