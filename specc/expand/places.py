"""Where things stand in the document: the value at a path, its key, the class of a step."""

from __future__ import annotations

from specc.diagnostics.span import Span
from specc.document.node import Node, Path


class Places:
    """Finds the spans of a located tree."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def value(self, path: Path) -> Span:
        """The value at a path, or what stands nearest above it."""
        return self.root.at(path).span(path)

    def key(self, path: Path) -> Span:
        """The key that a path ends in, or the value where there is none."""
        return self.root.key_at(path).span(path)

    def head(self, path: Path, name: str) -> Span:
        """What a step is, for a fault of the whole step: its class `name`, or what `use` names."""
        node = self.root.find(path)
        if node is None:
            return self.value(path)
        if name != "use" and name in node.keys:
            return node.keys[name].span((*path, name))
        if "use" in node.entries:
            return node.entries["use"].span((*path, "use"))
        return node.span(path)
