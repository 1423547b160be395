"""Events -> a located tree. The bounds on depth and size are enforced while it grows."""

from __future__ import annotations

from collections.abc import Iterator

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
    for kind, value, line, column, end_line, end_column, anchor in stream:
        if kind == events.CLOSE:
            frame = stack.pop()
            frame.node.end_line, frame.node.end_column = end_line, end_column
            frame.node.size = size - frame.before
            continue
        before = size
        if kind == events.ALIAS:
            node = _aliased(Node(anchor, source, line, column, end_line, end_column), anchors, stack)
            size += node.size
        else:
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
        elif isinstance((top := stack[-1]).node.value, list):
            top.node.value.append(node)
        elif top.key is None:
            if not isinstance(node.value, str):
                raise Unreadable(_no_text(node))
            top.key = node
            refused = _refused(node, top.node)
            top.skip = refused is not None
            if refused is not None:
                report.add(refused)
            continue
        else:
            if not top.skip:
                top.node.value[top.key.value] = node
                top.node.keys[top.key.value] = top.key
            top.key = None
        if kind in _NESTED:
            if len(stack) >= LEVELS:
                message = f"this is nested more than {LEVELS} levels deep"
                raise Unreadable(codes.TooDeep(message, node.span()))
            stack.append(_Frame(node, before))
    return root


_NESTED = (events.MAPPING, events.LIST)


def _aliased(alias: Node, anchors: dict[str, Node], stack: list[_Frame]) -> Node:
    node = anchors.get(alias.value)
    if node is None:
        message = f"`*{alias.value}` has no anchor before it"
        raise Unreadable(codes.BadAlias(message, alias.span()))
    if any(frame.node is node for frame in stack):
        raise Unreadable(codes.BadAlias(f"`*{alias.value}` stands inside itself", alias.span()))
    return node


def _no_text(node: Node) -> Diagnostic:
    return codes.KeyNotText(
        "a key is text, and this is not",
        node.span(),
        help="put it into quotes, if it is meant as a name",
    )


def _refused(key: Node, parent: Node) -> Diagnostic | None:
    """Why a key cannot be taken, if so."""
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
