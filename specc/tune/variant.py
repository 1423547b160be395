"""Variants: the tree of a spec with values of its space in place.

What a choice brings may have fields that vary too, so some dimensions exist in some variants only:
`train.optimizer.SGD.momentum` where SGD is chosen. A `layout` is the tree with those choices made
that bring or hold other dimensions' fields, and knows where each of the others stands, if it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from specc.diagnostics.report import Report
from specc.document.address import resolved
from specc.document.assign import put
from specc.document.node import Node, Path
from specc.tune.space import Dimension, Setting

Combination = tuple[Setting, ...]
"""Settings of some of the dimensions, in the order in which they are put in place."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A tree with the choices made that others depend on, and where those others stand in it."""

    root: Node
    chosen: Combination
    active: tuple[tuple[Dimension, Path], ...]

    @property
    def count(self) -> int:
        """How many combinations of points it has."""
        found = 1
        for dimension, _ in self.active:
            found *= len(dimension.points)
        return found

    def combinations(self) -> Iterator[Combination]:
        """Every combination of points."""
        for rest in product(*(d.points for d, _ in self.active)):
            yield (*self.chosen, *rest)


Place = Callable[[Node, Dimension], Path | None]
"""Finds where a dimension's field stands in a tree, if it does."""


class Variants:
    """The variants of a spec. `root` is its tree; the search itself is no part of a variant.

    `place` finds a field in another tree than a spec's.
    """

    def __init__(
        self, root: Node, dimensions: Sequence[Dimension], place: Place | None = None
    ) -> None:
        self.root = without(root, "tune") if place is None else root
        self._place = place or _place
        places = {d: self._place(self.root, d) for d in dimensions}

        def order(dimension: Dimension) -> tuple[int, int]:
            path = places[dimension]
            return (1, dimension.address.count(".")) if path is None else (0, len(path))

        ordered = sorted(dimensions, key=order)
        holding = [d for d in ordered if d.kind == "choice" and _holds(d, places)]
        self.dimensions = (*holding, *(d for d in ordered if d not in holding))
        """All of them, those first that others depend on."""
        self.holding = len(holding)
        self._layouts: dict[Combination, Layout] = {}

    def layout(self, settings: Mapping[Dimension, Setting]) -> Layout:
        """The layout that some settings make; the others do not matter to it."""
        root = self.root
        chosen: list[Setting] = []
        for dimension in self.dimensions[: self.holding]:
            setting = settings.get(dimension)
            path = None if setting is None else self._place(root, dimension)
            if setting is not None and path is not None:
                chosen.append(setting)
                root = put(root, path, setting.node)
        return self._made(root, tuple(chosen))

    def _made(self, root: Node, chosen: Combination) -> Layout:
        found = self._layouts.get(chosen)
        if found is None:
            rest = self.dimensions[self.holding :]
            active = [(d, p) for d in rest if (p := self._place(root, d)) is not None]
            found = self._layouts[chosen] = Layout(root, chosen, tuple(active))
        return found

    def settled(self, choose: Callable[[Dimension], Setting]) -> Combination:
        """A combination that is chosen one dimension after the other, of those that there are."""
        settings: dict[Dimension, Setting] = {}
        root = self.root
        for dimension in self.dimensions[: self.holding]:
            if (path := self._place(root, dimension)) is not None:
                settings[dimension] = choose(dimension)
                root = put(root, path, settings[dimension].node)
        for dimension, _ in self.layout(settings).active:
            settings[dimension] = choose(dimension)
        return tuple(settings.values())

    def layouts(self) -> Iterator[Layout]:
        """Every layout, one after another: there may be too many to wait for the last."""
        yield from self._below(self.root, (), 0)

    def _below(self, root: Node, chosen: Combination, index: int) -> Iterator[Layout]:
        if index == self.holding:
            yield self._made(root, chosen)
            return
        dimension = self.dimensions[index]
        path = self._place(root, dimension)
        if path is None:
            yield from self._below(root, chosen, index + 1)
            return
        for setting in dimension.points:
            tree = put(root, path, setting.node)
            yield from self._below(tree, (*chosen, setting), index + 1)

    def chosen(self, settings: Mapping[Dimension, Setting]) -> Combination:
        """Those of some settings that have a place, in order."""
        layout = self.layout(settings)
        rest = [settings[d] for d, _ in layout.active if d in settings]
        return (*layout.chosen, *rest)

    def tree(self, combination: Combination) -> Node:
        """The variant of a combination; what it does not set is as the spec has it."""
        settings = {s.dimension: s for s in combination}
        layout = self.layout(settings)
        root = layout.root
        for dimension, path in layout.active:
            if (setting := settings.get(dimension)) is not None:
                root = put(root, path, setting.node)
        return root

    def drawn(self, random: Random) -> Combination:
        """A combination of points by chance."""
        return self.chosen({d: random.choice(d.points) for d in self.dimensions})


def without(root: Node, *keys: str) -> Node:
    """A tree without some of its sections."""
    if not any(k in root.entries for k in keys):
        return root
    entries = {k: v for k, v in root.entries.items() if k not in keys}
    return root.like(entries, {k: v for k, v in root.keys.items() if k not in keys})


def _place(root: Node, dimension: Dimension) -> Path | None:
    return resolved(root, dimension.address, dimension.key, Report())


def _holds(dimension: Dimension, places: Mapping[Dimension, Path | None]) -> bool:
    """Whether another dimension's field may stand in, or come with, a choice of this one."""
    mine = places[dimension]
    head = dimension.address.split(".")[0]
    for other, path in places.items():
        if other is dimension:
            continue
        if mine is not None and path is not None:
            if len(path) > len(mine) and path[: len(mine)] == mine:
                return True
        elif other.address.split(".")[0] == head:
            return True
    return False
