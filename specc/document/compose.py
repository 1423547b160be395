"""Events -> a located tree. The bounds on depth and size are enforced while it grows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from specc.diagnostics.codes import document as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source
from specc.document import events
from specc.document.bounds import LEVELS, NODES
from specc.document.events import Event
from specc.document.failure import Unreadable
from specc.document.node import Node


class _Frame:
    """A mapping or list that is being read."""

    __slots__ = ("before", "key", "node", "skip")

    def __init__(self, node: Node, before: int) -> None:
        self.node = node
        self.before = before
        """How many values were counted before it."""
        self.key: Node | None = None
        """In a mapping: the key whose value comes next."""
        self.skip = False
        """Whether that key was refused, so that its value is dropped."""


def compose(stream: Iterator[Event], source: Source, report: Report) -> Node | None:
    """The tree of one document, or `None` for an empty one.

    A duplicate key or one that is no text is reported and its value dropped; what leaves the rest
    without a meaning raises `Unreadable`.
    """
    root: Node | None = None
    stack: list[_Frame] = []
    anchors: dict[str, Node] = {}
    size = 0
    last = (1, 1)
    for kind, scalar, line, column, end_line, end_column, anchor in stream:
        if kind == events.CLOSE:
            if (line, column) != (end_line, end_column):
                last = (end_line, end_column)  # a bracket; a block ends where its last value does
            _close(stack, size, last)
            continue
        before = size
        last = (end_line, end_column)
        if kind == events.ALIAS:
            alias = Node(anchor, source, line, column, end_line, end_column)
            node = _aliased(alias, anchors, stack)
            size += node.size
        else:
            value: Any = scalar
            if kind == events.MAPPING:
                value = {}
            elif kind == events.LIST:
                value = []
            node = Node(value, source, line, column, end_line, end_column)
            size += 1
            if anchor:
                anchors[anchor] = node
        if size > NODES:
            message = f"the document has more than {NODES:,} values, aliases counted each time"
            raise Unreadable(codes.TooManyNodes(message, node.span()))
        if not stack:
            root = node
        elif _placed(node, stack[-1], report):
            continue
        if kind in _NESTED:
            if len(stack) >= LEVELS:
                raise _too_deep(node)
            stack.append(_Frame(node, before))
    return root


_NESTED = (events.MAPPING, events.LIST)


def _placed(node: Node, top: _Frame, report: Report) -> bool:
    """Puts a node into the mapping or list around it; true if it became a key."""
    if isinstance(top.node.value, list):
        top.node.elements.append(node)
        return False
    if top.key is None:
        top.key = node
        refused = _refused(node, top.node)
        top.skip = refused is not None
        if refused is not None:
            report.add(refused)
        return True
    if not top.skip:
        key = str(top.key.value)
        top.node.entries[key] = node
        top.node.keys[key] = top.key
    top.key = None
    return False


def _close(stack: list[_Frame], size: int, end: tuple[int, int]) -> None:
    """Ends the innermost mapping or list."""
    frame = stack.pop()
    node = frame.node
    node.end_line, node.end_column = end
    node.size = size - frame.before
    node.levels += 1
    if stack and stack[-1].node.levels < node.levels:
        stack[-1].node.levels = node.levels


def _aliased(alias: Node, anchors: dict[str, Node], stack: list[_Frame]) -> Node:
    node = anchors.get(alias.value)
    if node is None:
        message = f"`*{alias.value}` has no anchor before it"
        raise Unreadable(codes.BadAlias(message, alias.span()))
    if any(frame.node is node for frame in stack):
        raise Unreadable(codes.BadAlias(f"`*{alias.value}` stands inside itself", alias.span()))
    if len(stack) + node.levels > LEVELS:
        raise _too_deep(alias)
    if stack:
        stack[-1].node.levels = max(stack[-1].node.levels, node.levels)
    return node


def _too_deep(node: Node) -> Unreadable:
    message = f"this is nested more than {LEVELS} levels deep"
    return Unreadable(codes.TooDeep(message, node.span()))


def _refused(key: Node, parent: Node) -> Diagnostic | None:
    """Why a key cannot be taken, if so; one that is a list or mapping raises `Unreadable`."""
    if not isinstance(key.value, str):
        no_text = codes.KeyNotText(
            "a key is text, and this is not",
            key.span(),
            help="put it into quotes, if it is meant as a name",
        )
        if key.is_list or key.is_mapping:
            raise Unreadable(no_text)
        return no_text
    if key.value == "<<":
        return codes.MergeKey(
            "`<<` merge keys are no part of the language",
            key.span(),
            help="name the shared value under `params`, or the shared steps under `blocks`",
        )
    if (first := parent.keys.get(key.value)) is not None:
        return codes.DuplicateKey(
            f"the key `{key.value}` is here a second time",
            key.span(),
            related=(Related("the first one is here", first.span()),),
        )
    return None
