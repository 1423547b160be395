"""What a program passes as a mapping -> a located tree. It has paths and no lines."""

from __future__ import annotations

import math
import numbers
from typing import Any

from specc.catalogue.plain import is_mapping, is_sequence
from specc.diagnostics.codes import document as codes
from specc.diagnostics.codes import structure
from specc.diagnostics.diagnostic import Diagnostic
from specc.diagnostics.span import Source, Span
from specc.document.bounds import LEVELS, NODES
from specc.document.failure import Unreadable
from specc.document.node import Node, Path
from specc.document.scalars import bad_number, bad_text, half_a_pair, printable_int


def located(value: Any, source: Source, path: Path = ()) -> Node:
    """The tree of plain values; raises `Unreadable` for what a document could not hold."""
    return _Locator(source).node(value, path)


class _Locator:
    """Counts what it reads, so that a mapping that holds itself has an end."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.count = 0

    def node(self, value: Any, path: Path) -> Node:
        self.count += 1
        if self.count > NODES:
            message = f"the mapping has more than {NODES:,} values"
            raise self._wrong(codes.TooManyNodes, message, path)
        if len(path) > LEVELS:
            message = f"this is nested more than {LEVELS} levels deep"
            raise self._wrong(codes.TooDeep, message, path)
        if is_mapping(value):
            children: dict[str, Node] = {}
            for key, below in value.items():
                if not isinstance(key, str):
                    message = f"a key is text, and `{_shown(key)}` is not"
                    raise self._wrong(codes.KeyNotText, message, path)
                name = self._text(key, path)
                children[name] = self.node(below, (*path, name))
            return Node(children, self.source, keys={k: Node(k, self.source) for k in children})
        if is_sequence(value):
            return Node([self.node(v, (*path, i)) for i, v in enumerate(value)], self.source)
        return Node(self._scalar(value, path), self.source)

    def _scalar(self, value: Any, path: Path) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, numbers.Integral):  # NumPy's whole numbers are registered as such
            if not printable_int(int(value)):
                message = "a whole number is too long"
                raise self._wrong(codes.BadNumber, message, path)
            return int(value)
        if isinstance(value, numbers.Real):
            if not math.isfinite(value):
                raise Unreadable(bad_number(str(value), Span(self.source, path=path)))
            return float(value)
        message = (
            "a spec holds mappings, lists, text, numbers, booleans and null, "
            f"and this is of the type {type(value).__name__}"
        )
        raise self._wrong(structure.WrongType, message, path)

    def _text(self, value: str, path: Path) -> str:
        """The text itself, of an enumeration's member too."""
        if half_a_pair(value) is not None:
            raise Unreadable(bad_text(Span(self.source, path=path)))
        return str.__str__(value)

    def _wrong(self, code: type[Diagnostic], message: str, path: Path) -> Unreadable:
        return Unreadable(code(message, Span(self.source, path=path)))


def _shown(value: object) -> str:
    try:
        return repr(value)[:60]
    except ValueError:
        return type(value).__name__
