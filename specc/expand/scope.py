"""Which params are seen where, and their values, each found when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specc.catalogue.plain import is_list, is_mapping
from specc.document.bounds import LEVELS
from specc.document.node import Path
from specc.expand.failure import ExpressionError, Undefined
from specc.expand.fill import Broken, Chain, CycleError, Filler, Seen
from specc.expand.interpolate import names_in


class Params:
    """The params of a spec or a block. `outer` is where their defaults look, `given` wins.

    `used` collects the names that something asked for, so that one that nothing reads is seen.
    """

    def __init__(
        self,
        filler: Filler,
        written: Mapping[str, Any],
        path: Path,
        *,
        outer: Seen | None = None,
        given: Mapping[str, Any] | None = None,
        chain: Chain = (),
    ) -> None:
        self.filler = filler
        self.written = written
        self.path = path
        self.outer = outer
        self.values: dict[str, Any] = dict(given or {})
        self.chain = chain
        self.used: set[str] = set()
        self._open: list[str] = []
        self._broken: set[str] = set()

    def names(self) -> list[str]:
        """Every name that is seen here."""
        return list(dict.fromkeys((*self.values, *self.written)))

    def known_outside(self, name: str) -> bool:
        """Whether a name that is not seen here is a param around the block."""
        return self.outer is not None and name in self.outer.names()

    def lookup(self, name: str) -> Any:
        """A param's value, found once."""
        self.used.add(name)
        return self._value(name)

    def _value(self, name: str) -> Any:
        if name in self.values:
            return self.values[name]
        if name in self._broken:
            raise Broken
        if name not in self.written:
            raise Undefined(name)
        if name in self._open:
            raise CycleError([*self._open[self._open.index(name) :], name], self.path)
        if not self._open:
            self._ahead(name)
        self._open.append(name)
        try:
            seen = self if self.outer is None else _Outward(self, self.outer, name)
            value = self.filler.fill(self.written[name], seen, (*self.path, name), self.chain)
        except Broken:
            self._broken.add(name)
            raise
        finally:
            self._open.pop()
        self.values[name] = value
        return value

    def _ahead(self, name: str) -> None:
        """Finds first what a param is made from, so that many in a row are not many deep.

        What leads round is left out: it is found where it is asked for.
        """
        reads = {name: self._reads(name)}
        way: list[tuple[str, Iterator[str]]] = [(name, iter(reads[name]))]
        round_: set[str] = {name}
        """What is on the way now, and what leads back to it."""
        self._open.append(name)
        try:
            while way:
                at, rest = way[-1]
                below = next((r for r in rest if r not in reads and r not in self.values), None)
                if below is not None:
                    reads[below] = self._reads(below)
                    round_.add(below)
                    way.append((below, iter(reads[below])))
                    continue
                way.pop()
                if at != name and not any(r in round_ for r in reads[at]):
                    round_.discard(at)
                    self._try(at)
                elif len(round_) > LEVELS:
                    self._refuse([n for n, _ in way] + [at], reads[at])
        finally:
            self._open.pop()

    def _refuse(self, way: list[str], reads: list[str]) -> None:
        """Reports a cycle that is too long to be walked round; raises `Broken`."""
        for back in reads:
            if back in way and len(way) - way.index(back) > LEVELS:
                self._broken.update(way)
                names = [*way[way.index(back) :], back]
                self.filler.report_cycle(CycleError(names, self.path), self.chain)
                raise Broken

    def _try(self, name: str) -> None:
        try:
            self._value(name)
        except (Broken, CycleError):
            return

    def _reads(self, name: str) -> list[str]:
        """The names of these params that a default reads."""
        return [n for n in sorted(names_within(self.written.get(name))) if n in self.written]

    def check(self) -> None:
        """Evaluates what nothing has asked for, so that its faults are found too."""
        for name in self.written:
            try:
                self._value(name)
            except Broken:
                continue


def names_within(value: Any) -> set[str]:
    """The params that a value reads, at any depth."""
    if isinstance(value, str):
        try:
            return names_in(value) if "$" in value else set()
        except ExpressionError:
            return set()
    inner = value if is_list(value) else list(value.values()) if is_mapping(value) else []
    return {n for v in inner for n in names_within(v)}


class _Outward:
    """What the default of a block's param sees: the params outside, then its siblings."""

    def __init__(self, own: Params, outer: Seen, name: str) -> None:
        self.own = own
        self.outer = outer
        self.name = name

    def names(self) -> list[str]:
        return [*self.outer.names(), *(n for n in self.own.names() if n != self.name)]

    def known_outside(self, name: str) -> bool:
        return self.outer.known_outside(name)

    def lookup(self, name: str) -> Any:
        try:
            return self.outer.lookup(name)
        except Undefined:
            if name == self.name:
                raise
            return self.own.lookup(name)


class Turn:
    """One turn of a repeat: its names and `index`, over what is seen outside it."""

    def __init__(self, names: Mapping[str, Any], index: int, outer: Seen) -> None:
        self.local = {**names, "index": index}
        self.outer = outer

    def names(self) -> list[str]:
        """Every name that is seen here."""
        return list(dict.fromkeys((*self.local, *self.outer.names())))

    def known_outside(self, name: str) -> bool:
        """Whether a name that is not seen here is a param around the block."""
        return self.outer.known_outside(name)

    def lookup(self, name: str) -> Any:
        """The turn's value, or what is seen outside."""
        return self.local[name] if name in self.local else self.outer.lookup(name)
