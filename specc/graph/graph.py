"""Graph: a model's calls in an order in which they can be made, each with the tensors it takes.

`network` is a networkx `MultiDiGraph`. Its vertices are `FlatInput`, `FlatVariable` and `Call`; an
edge's key is the slot of the call that it feeds, so that `Add(x, x)` has two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specc.expand.flat import Call, FlatInput, FlatModel, FlatSpec, FlatVariable, Origin

if TYPE_CHECKING:
    import networkx as nx

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
    """One model's graph. `needed` are the vertices that an output or a loss depends on."""

    model: FlatModel
    network: nx.MultiDiGraph[Any]
    order: tuple[Vertex, ...]
    given: Mapping[Call, Given]
    outputs: Mapping[str, Tap]
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
