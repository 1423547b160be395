"""Where a walk along a chain is: what is seen there, and the tensor that runs through."""

from __future__ import annotations

from dataclasses import dataclass, field

from specc.document.node import Path
from specc.expand.fill import Seen
from specc.expand.flat import Call, Cluster, Wires


@dataclass(slots=True)
class Run:
    """The running tensor of a chain, or the list or mapping that it comes from."""

    running: Wires | None
    named: dict[str, Wires] = field(default_factory=dict[str, Wires])
    keys: dict[str, Path] = field(default_factory=dict[str, Path])
    """Where each argument of `named` is written."""
    last: Call | None = None
    """The last call, where its tensors are what goes on."""
    several: dict[str, Wires] = field(default_factory=dict[str, Wires])
    """The last step's tensors by name, where none of them goes on yet."""
    shown: dict[str, Wires] = field(default_factory=dict[str, Wires])
    """The last step's outputs that other chains see although no `as` names them: a block's."""

    def become(self, running: Wires | None, last: Call | None = None) -> None:
        """Goes on with another tensor, and nothing beside it."""
        self.running, self.last = running, last
        self.named, self.keys, self.several, self.shown = {}, {}, {}, {}


@dataclass(frozen=True, slots=True)
class Place:
    """What is seen at a step: params, names of tensors, and the turns it stands in."""

    seen: Seen
    local: dict[str, Wires]
    clusters: tuple[Cluster, ...]
    hidden: frozenset[str] = frozenset()
    """Names that repeats around it give."""
    turning: bool = False
    """Whether this is inside a repeat, whose names are not seen outside."""
    literal: bool = False
    """Whether the step came out of an expression, so that its values are final."""
