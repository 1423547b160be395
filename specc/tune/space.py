"""The space of a search: its dimensions, and the values of each that are proven or tried."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any, Literal, cast

from specc.catalogue.plain import is_dict, is_list
from specc.diagnostics.span import Span
from specc.document.node import Node, Path
from specc.document.spec import Space, Tune

Kind = Literal["choice", "int", "uniform", "log_uniform"]
KINDS: tuple[Kind, ...] = ("choice", "int", "uniform", "log_uniform")

EVERY = 256
"""How many values of an `int` are all proven; of more, both ends and some between."""
BETWEEN = {"int": 16, "uniform": 2, "log_uniform": 2}
"""How many values between the ends are proven where not all can be."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """One value of one dimension: as plain data, and as a tree that knows where it is written."""

    dimension: Dimension
    value: Any
    node: Node

    @property
    def span(self) -> Span:
        """Where the choice is written, or the range that the number is from."""
        return self.node.span(self.dimension.path)

    def __str__(self) -> str:
        return f"`{self.dimension.address}` = {shown(self.value)}"


@dataclass(frozen=True, eq=False)
class Dimension:
    """One field that varies: `choices`, or a range from `low` to `high`."""

    address: str
    kind: Kind
    written: Node
    """The value of `choice`, `int`, `uniform` or `log_uniform` in the document."""
    key: Span
    choices: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    step: int = 1

    @property
    def path(self) -> Path:
        """Where the range is written."""
        return ("tune", "space", self.address, self.kind)

    @cached_property
    def count(self) -> int | None:
        """How many values there are; `None` where they have no end."""
        if self.kind == "choice":
            return len(self.choices)
        if self.low == self.high:
            return 1
        return 1 + int((self.high - self.low) // self.step) if self.kind == "int" else None

    @property
    def whole(self) -> bool:
        """Whether each of its values is among `points`."""
        return self.count is not None and (self.kind == "choice" or self.count <= EVERY)

    @cached_property
    def points(self) -> tuple[Setting, ...]:
        """The values that are proven: all where they are few, otherwise the ends and some between.

        Those between are always the same for one range.
        """
        if self.kind == "choice":
            return tuple(self._chosen(i) for i in range(len(self.choices)))
        if self.whole:
            values = [self.nth(i) for i in range(self.count or 0)]
        else:
            random = Random(f"{self.kind} {self.low} {self.high}")
            between = {self.drawn(random) for _ in range(BETWEEN[self.kind])}
            ends = {self.low, self.high if self.count is None else self.nth(self.count - 1)}
            values = sorted(ends | between)
        return tuple(self.setting(v) for v in values)

    def nth(self, index: int) -> Any:
        """A value of an `int` by its place, or of a range that is one number."""
        return int(self.low) + index * self.step if self.kind == "int" else self.low

    def drawn(self, random: Random) -> Any:
        """A value by chance: a choice's index, or a number."""
        if self.count is not None:
            index = random.randrange(self.count)
            return index if self.kind == "choice" else self.nth(index)
        if self.kind == "uniform":
            return random.uniform(self.low, self.high)
        value = math.exp(random.uniform(math.log(self.low), math.log(self.high)))
        return min(max(value, self.low), self.high)

    def setting(self, value: Any) -> Setting:
        """The setting of a value."""
        if self.kind == "choice":
            for setting in self.points:
                if setting.value == value and type(setting.value) is type(value):
                    return setting
            raise ValueError(f"{value!r} is no choice of {self.address}")
        return Setting(self, value, self.written.like(value))

    def _chosen(self, index: int) -> Setting:
        value = self.choices[index]
        node = self.written.below(index) if self.written.is_list else None
        return Setting(self, value, _laid(node or self.written, value))


def dimensions(tune: Tune, root: Node) -> tuple[Dimension, ...]:
    """The dimensions of a space whose expressions have their values."""
    return tuple(_dimension(a, s, root) for a, s in tune.space.items())


def _dimension(address: str, space: Space, root: Node) -> Dimension:
    kind: Kind = next(k for k in KINDS if getattr(space, k) is not None)
    at = ("tune", "space", address)
    written, key = root.at((*at, kind)), root.key_at(at).span(at)
    values = cast("Sequence[Any]", getattr(space, kind))
    if kind == "choice":
        return Dimension(address, kind, written, key, tuple(values))
    low, high, *step = values
    return Dimension(address, kind, written, key, (), low, high, step[0] if step else 1)


def shown(value: Any) -> str:
    """A value as one short line of YAML."""
    text = json.dumps(value, ensure_ascii=False)
    if is_dict(value) or is_list(value):
        text = text.replace('"', "")
    return text if len(text) <= 60 else text[:57] + "..."


def _laid(node: Node, value: Any) -> Node:
    """A value, evaluated, as a tree: with the places of what is written, as far as they agree."""
    if is_dict(value):
        entries = {k: _laid(node.entries.get(k) or node, v) for k, v in value.items()}
        keys = {k: node.keys.get(k) or node.like(k) for k in value}
        return node.like(entries, keys)
    if is_list(value):
        inner = node.elements
        return node.like(
            [_laid(inner[i] if i < len(inner) else node, v) for i, v in enumerate(value)]
        )
    # what is evaluated is not to be evaluated again
    return node.like(value.replace("$", "$$") if isinstance(value, str) else value)
