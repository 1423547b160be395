"""How many steps a spec makes, found before they are made: 2^k nested blocks cost k here, not 2^k.

A step that cannot be counted, because of a fault or because an expression gives it, counts as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from specc.catalogue.plain import is_list, is_mapping
from specc.diagnostics.report import Report
from specc.document.bounds import LEVELS, STEPS
from specc.document.node import Path
from specc.document.spec import Block, Body, GroupStep, UseStep
from specc.expand.fill import Broken, Filler, Seen
from specc.expand.flat import Origin
from specc.expand.places import Places
from specc.expand.scope import Params, Turn, names_within


@dataclass(frozen=True, slots=True)
class _Level:
    """A body, what is seen in it, and the level around it."""

    body: Body
    seen: Seen
    outer: _Level | None


class _Passed(Exception):
    """The bound is passed at a step."""

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self.origin = origin


def too_many(body: Body, seen: Seen, places: Places) -> Path | None:
    """The path of a step at which the bound on steps is passed, or `None`."""
    try:
        _Counter(places).body(_Level(body, seen, None), Origin(()))
    except _Passed as passed:
        return passed.origin.path
    return None


class _Counter:
    """Counts; each block once for the same params."""

    def __init__(self, places: Places) -> None:
        self.filler = Filler(Report(), places)
        self.blocks: dict[tuple[object, ...], int] = {}
        self.open: list[int] = []
        self.parts: dict[int, tuple[Any, frozenset[str]]] = {}

    def body(self, level: _Level, origin: Origin) -> int:
        """The steps of all chains of a body."""
        count = 0
        for name, chain in level.body.graph.items():
            at = origin.below("graph", name, "layers")
            count = self._bounded(count + self._steps(chain.layers, level, level.seen, at), at)
        return count

    def _bounded(self, count: int, origin: Origin) -> int:
        if count > STEPS:
            raise _Passed(origin)
        return count

    def _steps(self, layers: Any, level: _Level, seen: Seen, origin: Origin) -> int:
        if not is_list(layers):
            return 1
        count = 0
        for i, step in enumerate(layers):
            at = origin.below(i)
            if isinstance(step, GroupStep) or getattr(step, "repeat", None) is not None:
                count += self._repeated(step, level, seen, at)
            else:
                count += self._one(step, level, seen, at)
            self._bounded(count, at)
        return count

    def _one(self, step: Any, level: _Level, seen: Seen, origin: Origin) -> int:
        """One step in one turn: a group's steps, or the step itself with what its block makes."""
        if isinstance(step, GroupStep):
            return max(self._steps(step.layers, level, seen, origin.below("layers")), 1)
        if not isinstance(step, UseStep) or self._value(step.when, seen) is not True:
            return 1
        name = self._value(step.use, seen)
        found = _declared(name, level)
        if found is None:
            return 1
        block, around = found
        given = self._value(step.params, seen)
        return 1 + self._block(block, around, given if is_mapping(given) else {}, origin)

    def _repeated(self, step: Any, level: _Level, seen: Seen, origin: Origin) -> int:
        if isinstance(step, GroupStep) and self._value(step.when, seen) is not True:
            return 1
        at = origin.below("repeat")
        turns = self._turns(self._value(step.repeat, seen))
        if not turns:
            return 0
        if not isinstance(turns, int) or "index" in self._names(step):
            count = 0
            listed = range(turns) if isinstance(turns, int) else turns
            for i, names in enumerate(listed):
                turn = Turn(names if is_mapping(names) else {}, i, seen)
                count = self._bounded(count + self._one(step, level, turn, origin), at)
            return count
        self._bounded(turns, at)
        once = self._one(step, level, Turn({}, 0, seen), origin)
        return self._bounded(turns * once, at)

    def _turns(self, repeat: Any) -> int | list[dict[str, Any]]:
        """How many turns; where they walk lists, what each sees."""
        if is_mapping(repeat):
            lists = {n: v for n, v in repeat.items() if is_list(v)}
            count = min((len(v) for v in lists.values()), default=0)
            return [{n: v[i] for n, v in lists.items()} for i in range(count)]
        if isinstance(repeat, int | float) and not isinstance(repeat, bool):
            return max(int(min(repeat, STEPS + 1)), 0)
        return 1

    def _block(self, block: Block, around: _Level, given: Mapping[str, Any], origin: Origin) -> int:
        known = {k: v for k, v in given.items() if k in block.params}
        key = (id(block), id(around.seen), repr(sorted(known.items())))
        if key not in self.blocks:
            if id(block) in self.open or len(self.open) >= LEVELS:
                return 1
            self.open.append(id(block))
            params = Params(self.filler, block.params, (), outer=around.seen, given=known)
            try:
                self.blocks[key] = self.body(_Level(block, params, around), origin)
            finally:
                self.open.pop()
        return self.blocks[key]

    def _value(self, value: Any, seen: Seen) -> Any:
        try:
            return self.filler.fill(value, seen, ())
        except Broken:
            return None

    def _names(self, step: Any) -> frozenset[str]:
        """The params that a step reads at any depth; remembered by its identity."""
        known = self.parts.get(id(step))
        if known is None:
            known = (step, frozenset(names_within(_plain(step))))
            self.parts[id(step)] = known
        return known[1]


def _declared(name: Any, level: _Level) -> tuple[Block, _Level] | None:
    looked: _Level | None = level
    while looked is not None and isinstance(name, str):
        if name in looked.body.blocks:
            return looked.body.blocks[name], looked
        looked = looked.outer
    return None


def _plain(value: Any) -> Any:
    """A step with the steps in it as mappings."""
    if isinstance(value, BaseModel):
        return {k: _plain(v) for k, v in vars(value).items()}
    return [_plain(v) for v in value] if is_list(value) else value
