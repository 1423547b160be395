"""Where lint finds things in the document."""

from __future__ import annotations

from specc.diagnostics.span import Span
from specc.document.node import Node


class Places:
    """Spans of the document's paths."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def value(self, *path: str | int) -> Span:
        """The value at a path, or the nearest above it."""
        return self._root.at(path).span(path)

    def key(self, *path: str | int) -> Span:
        """The key that a path ends in."""
        return self._root.key_at(path).span(path)

    def loss(self, output: str) -> Span:
        """An output's loss."""
        return self.value("outputs", output, "loss")
