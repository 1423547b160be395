"""The names that a chain gives to tensors: by `mark`, by `as`, and by collecting from turns."""

from __future__ import annotations

from specc.diagnostics.codes import structure
from specc.diagnostics.codes import values as codes
from specc.document.node import Path
from specc.document.values import NAME, TAKEN
from specc.expand.fill import Filler
from specc.expand.flat import FlatChain, Frame, Origin, Wires
from specc.expand.place import Place


class Names:
    """The names of one chain. A fault is reported and the name left out."""

    def __init__(self, frame: Frame, chain: FlatChain, filler: Filler) -> None:
        self.frame = frame
        self.chain = chain
        self.filler = filler
        self.collected: dict[str, list[Wires]] = {}
        self._collectors: dict[str, Path] = {}

    def give(self, name: str, wire: Wires, origin: Origin, place: Place | None) -> None:
        """Names a tensor, for later steps and, outside of repeats, for other chains."""
        chain = self.chain
        inside = place is not None and place.turning
        help_ = "give another one"
        if not NAME.fullmatch(name) or name in TAKEN:
            what = "cannot be the name of a tensor here"
            self._fault(structure.BadName, f"`{name[:60]}` {what}", origin, help_)
        elif name in self.frame.tensors():
            message = f"`{name}` is the name of an input, variable or chain already"
            self._fault(codes.NameTaken, message, origin, help_)
        elif name in (place.local if place is not None and inside else chain.parts):
            message = f"the name `{name}` is given in this chain already"
            self._fault(codes.NameTaken, message, origin, help_)
        elif name in self.collected:
            message = f"`{name}` is what the turns of a block in this chain give already"
            self._fault(codes.NameTaken, message, origin, help_)
        else:
            if place is not None:
                place.local[name] = wire
            if inside:
                chain.turning |= {name}
            else:
                chain.parts[name] = wire

    def collect(self, wires: dict[str, Wires], first: str, origin: Origin) -> None:
        """Gathers what a turn of a block gives beside `first`, whose name is the last turn's."""
        for name, wire in wires.items():
            if name == "it":
                continue
            collector = self._collectors.setdefault(name, origin.path)
            if collector != origin.path or (name in self.chain.parts and name != first):
                self._fault(
                    codes.NameTaken,
                    f"`{name}` is given in this chain already, and this block gives one too",
                    origin,
                    "give it another name with `as`",
                )
            elif name == first:
                self.chain.parts[name] = wire
            else:
                self.collected.setdefault(name, []).append(wire)

    def _fault(
        self,
        code: type[codes.NameTaken | structure.BadName],
        message: str,
        origin: Origin,
        help: str,
    ) -> None:
        self.filler.fault(code, message, origin, help)
        self.chain.broken = True
