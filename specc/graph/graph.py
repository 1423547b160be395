"""Graph: a model's calls in an order in which they can be made, each with the tensors it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from specc.expand.flat import Call, FlatInput, FlatModel, FlatSpec, FlatVariable, Origin

Vertex = FlatInput | FlatVariable | Call


@dataclass(frozen=True, slots=True, eq=False)
class Tap:
    """A tensor: a vertex, and which of its tensors; `None` for the only one.

    `count` is how many tensors an `as` says that there are. `origin` is where it was asked for.
    """

    vertex: Vertex
    key: int | str | None = None
    count: int | None = None
    origin: Origin | None = None


Taps = Tap | tuple[Tap, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The tensors that a call is given: the running one (or a list), by argument, and after it."""

    running: Taps | None
    named: Mapping[str, Taps]
    more: tuple[Tap, ...]

    def vertices(self) -> list[Vertex]:
        """The vertices whose tensors they are, one for each tensor."""
        found = [t.vertex for t in self.more]
        for taps in (self.running, *self.named.values()):
            if isinstance(taps, tuple):
                found += [t.vertex for t in taps]
            elif taps is not None:
                found.append(taps.vertex)
        return found

    def all(self) -> list[tuple[str, Tap]]:
        """Every tensor with the slot that it feeds."""
        found: list[tuple[str, Tap]] = []
        running = self.running if isinstance(self.running, tuple) else (self.running,)
        taps = [t for t in (*running, *self.more) if t is not None]
        found += [(str(i), t) for i, t in enumerate(taps)]
        for name, value in self.named.items():
            listed = value if isinstance(value, tuple) else (value,)
            found += [(f"{name}.{i}" if i else name, t) for i, t in enumerate(listed)]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """One model's graph. `read` are the vertices that a call takes, and `needed` those that an
    output or a loss depends on.
    """

    model: FlatModel
    order: tuple[Vertex, ...]
    given: Mapping[Call, Given]
    outputs: Mapping[str, Tap]
    read: frozenset[Vertex]
    needed: frozenset[Vertex]
    models: Mapping[FlatModel, Graph]
    """The graphs of the models that its calls use."""
    broken: frozenset[Vertex] = frozenset()
    """Calls whose tensors are not known; what is wrong with them is reported."""


@dataclass(frozen=True, slots=True, eq=False)
class SpecGraph:
    """The graph of a whole spec, with the tensors of its losses and targets."""

    spec: FlatSpec
    graph: Graph
    losses: Mapping[str, Mapping[str, Taps | float]]
    targets: Mapping[str, Tap]
