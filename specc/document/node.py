"""A located tree: the plain values of a document, and where each key and value stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from specc.diagnostics.span import Source, Span

Path = tuple[str | int, ...]


class Node:
    """A value and its place. `value` is a scalar, a list of nodes, or a mapping of names to nodes.

    `keys` holds the nodes of a mapping's keys, and `size` counts the values below, for the bound
    on aliases. Nodes are shared by aliases and never changed once they are read.
    """

    __slots__ = ("column", "end_column", "end_line", "keys", "line", "size", "source", "value")

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

    def span(self, path: Path = ()) -> Span:
        """Where the value stands; a mapping or list that spans lines shows its first line."""
        return Span(
            self.source, self.line, self.column, self.end_line, self.end_column, path
        )

    def like(self, value: Any, keys: dict[str, Node] | None = None) -> Node:
        """Another value at this place."""
        return Node(
            value,
            self.source,
            self.line,
            self.column,
            self.end_line,
            self.end_column,
            keys if keys is not None else self.keys,
        )

    def plain(self) -> Any:
        """The value without places: dicts, lists and scalars."""
        value = self.value
        if isinstance(value, dict):
            return {k: n.plain() for k, n in value.items()}
        if isinstance(value, list):
            return [n.plain() for n in value]
        return value

    def at(self, path: Iterable[str | int]) -> Node:
        """The node at a path, or the nearest one above it that exists."""
        node = self
        for step in path:
            below = _child(node, step)
            if below is None:
                break
            node = below
        return node

    def find(self, path: Iterable[str | int]) -> Node | None:
        """The node at a path, or `None`."""
        node = self
        for step in path:
            below = _child(node, step)
            if below is None:
                return None
            node = below
        return node

    def key_at(self, path: Sequence[str | int]) -> Node:
        """The key that a path ends in, or the value where it ends in a list's element."""
        parent = self.at(path[:-1])
        key = parent.keys.get(str(path[-1])) if path and isinstance(parent.value, dict) else None
        return key or self.at(path)


def _child(node: Node, step: str | int) -> Node | None:
    value = node.value
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None


def locate(value: Any, source: Source) -> Node:
    """A tree without places, from plain values that a program passed."""
    if isinstance(value, Mapping):
        children = {str(k): locate(v, source) for k, v in value.items()}
        node = Node(children, source, keys={k: Node(k, source) for k in children})
    elif isinstance(value, list | tuple):
        node = Node([locate(v, source) for v in value], source)
    else:
        node = Node(value, source)
    return node
