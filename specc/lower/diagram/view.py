"""Drawing: a picture as plain data. Boxes in groups, and edges between boxes; no layout yet.

All texts are as people read them and not escaped: that is for whoever writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

BoxKind = Literal[
    "input", "output", "port", "point", "variable", "layer", "op", "model", "summary", "loss"
]  # fmt: skip
GroupKind = Literal["block", "repeat", "turn", "model", "definition"]
EdgeKind = Literal["flow", "skip", "loss", "target"]


@dataclass(frozen=True, slots=True)
class Box:
    """One thing with a frame around it. `accent` numbers what is drawn several times but is one."""

    id: str
    kind: BoxKind
    title: str
    family: str = ""
    lines: tuple[str, ...] = ()
    name: str = ""
    """What it is called in the spec."""
    tag: str = ""
    """`shared, use 1 of 2`, in the accent's colour."""
    accent: int | None = None
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes that belong together: a block, the turns of a repeat, a model. `times` is its ×N."""

    id: str
    kind: GroupKind
    title: str
    members: tuple[Box | Group, ...]
    times: int = 1
    lines: tuple[str, ...] = ()
    accent: int | None = None
    frozen: bool = False

    def boxes(self) -> Iterator[Box]:
        """All boxes inside, those of inner groups too."""
        return boxes(self.members)


@dataclass(frozen=True, slots=True)
class Edge:
    """A tensor on its way from one box to another. `slot` is the argument that it is given as."""

    tail: str
    head: str
    label: str
    slot: str = ""
    kind: EdgeKind = "flow"


@dataclass(frozen=True, slots=True)
class Link:
    """Two boxes, or a box and a group, that are one thing: the same weights."""

    tail: str
    head: str
    accent: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole picture."""

    title: str
    lines: tuple[str, ...]
    members: tuple[Box | Group, ...]
    edges: tuple[Edge, ...]
    links: tuple[Link, ...]

    def boxes(self) -> Iterator[Box]:
        """All boxes."""
        return boxes(self.members)

    def groups(self) -> Iterator[Group]:
        """All groups, outer ones first."""
        stack = list(reversed(self.members))
        while stack:
            member = stack.pop()
            if isinstance(member, Group):
                yield member
                stack.extend(reversed(member.members))


def boxes(members: tuple[Box | Group, ...]) -> Iterator[Box]:
    """All boxes of the members, in order."""
    stack = list(reversed(members))
    while stack:
        member = stack.pop()
        if isinstance(member, Box):
            yield member
        else:
            stack.extend(reversed(member.members))
