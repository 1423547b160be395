"""Places: where a path of the spec stands, for the checks of data and training."""

from __future__ import annotations

from specc.diagnostics.span import Span
from specc.document.node import Node
from specc.expand.places import Places as Located


class Places:
    """Finds spans in a located tree; without one (a program made elsewhere) it finds none."""

    def __init__(self, root: Node | None) -> None:
        self._located = None if root is None else Located(root)

    def value(self, *path: str | int) -> Span | None:
        """The value at a path, or what stands nearest above it."""
        return None if self._located is None else self._located.value(path)

    def key(self, *path: str | int) -> Span | None:
        """The key that a path ends in, or the value where there is none."""
        return None if self._located is None else self._located.key(path)

    def chosen(self, *path: str | int) -> Span | None:
        """The class at a path, `Adam` or `{Adam: {…}}`: the text, or the one key."""
        node = None if self._located is None else self._located.root.find(path)
        if node is None or not node.is_mapping or len(node.keys) != 1:
            return self.value(*path)
        return self.key(*path, next(iter(node.keys)))
