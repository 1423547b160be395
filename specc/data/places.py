"""Places: where a path of the spec stands, for the checks of data and training."""

from __future__ import annotations

from specc.diagnostics.span import Span
from specc.document.node import Node, Path


class Places:
    """Finds spans in a located tree; without one (a program made elsewhere) it finds none."""

    def __init__(self, root: Node | None) -> None:
        self._root = root

    def value(self, *path: str | int) -> Span | None:
        """The value at a path, or what stands nearest above it."""
        return None if self._root is None else self._root.at(path).span(path)

    def key(self, *path: str | int) -> Span | None:
        """The key that a path ends in, or the value where there is none."""
        return None if self._root is None else self._root.key_at(path).span(path)

    def chosen(self, *path: str | int) -> Span | None:
        """The class at a path, `Adam` or `{Adam: {…}}`: the text, or the one key."""
        node = None if self._root is None else self._root.find(path)
        if node is None or not isinstance(node.value, dict) or len(node.keys) != 1:
            return self.value(*path)
        return self.key(*path, next(iter(node.keys)))


def deeper(path: Path, argument: Path | None) -> Path:
    """A path led on into an argument of a class or transform."""
    return (*path, *(argument or ()))
