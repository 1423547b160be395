"""A located tree: the plain values of a document, and where each key and value stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.diagnostics.span import Source, Span

Path = tuple[str | int, ...]


class Node:
    """A value and its place. `value` is a scalar, a list of nodes, or a mapping of names to nodes.

    `keys` holds the nodes of a mapping's keys; `size` counts the values and keys in it and `levels`
    how deep it goes, for the bounds on aliases. Nodes are shared by aliases and never changed once
    they are read.
    """

    __slots__ = (
        "column", "end_column", "end_line", "keys", "levels", "line", "size", "source", "value",
    )  # fmt: skip

    def __init__(
        self,
        value: Any,
        source: Source,
        line: int = 0,
        column: int = 0,
        end_line: int = 0,
        end_column: int = 0,
        keys: dict[str, Node] | None = None,
    ) -> None:
        self.value = value
        self.source = source
        self.line = line
        self.column = column
        self.end_line = end_line
        self.end_column = end_column
        self.keys: dict[str, Node] = keys if keys is not None else {}
        self.size = 1
        self.levels = 0

    @property
    def entries(self) -> dict[str, Node]:
        """What a mapping holds; nothing where it is none."""
        return self.value if is_dict(self.value) else {}

    @property
    def elements(self) -> list[Node]:
        """What a list holds; nothing where it is none."""
        return self.value if is_list(self.value) else []

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self.value, list)

    def span(self, path: Path = ()) -> Span:
        """Where the value stands; `path` says where that is in the document."""
        return Span(self.source, self.line, self.column, self.end_line, self.end_column, path)

    def like(self, value: Any, keys: dict[str, Node] | None = None) -> Node:
        """Another value at this place; it has the keys that are given, and no others."""
        return Node(
            value, self.source, self.line, self.column, self.end_line, self.end_column, keys
        )

    def plain(self) -> Any:
        """The value without places: dicts, lists and scalars."""
        value = self.value
        if value.__class__ is dict:
            return {k: n.plain() for k, n in value.items()}
        if value.__class__ is list:
            return [n.plain() for n in value]
        return value

    def at(self, path: Iterable[str | int]) -> Node:
        """The node at a path, or the nearest one above it that exists."""
        node = self
        for step in path:
            below = node.below(step)
            if below is None:
                break
            node = below
        return node

    def find(self, path: Iterable[str | int]) -> Node | None:
        """The node at a path, or `None`."""
        node: Node | None = self
        for step in path:
            node = node.below(step)
            if node is None:
                return None
        return node

    def below(self, step: str | int) -> Node | None:
        """What a mapping has under a key, or a list at an index; or `None`."""
        value = self.value
        if isinstance(step, str):
            return value.get(step) if value.__class__ is dict else None
        return value[step] if value.__class__ is list and 0 <= step < len(value) else None

    def key_at(self, path: Sequence[str | int]) -> Node:
        """The key that a path ends in, or the value where it ends in a list's element."""
        parent = self.find(path[:-1])
        key = parent.keys.get(str(path[-1])) if path and parent is not None else None
        return key or self.at(path)
