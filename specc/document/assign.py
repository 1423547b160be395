"""`--set path=value` and `params`: other values in a document. Tree -> tree, places kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from specc.diagnostics.codes import document as codes
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span
from specc.document import yaml_reader
from specc.document.address import resolved
from specc.document.compose import compose
from specc.document.failure import Unreadable
from specc.document.given import located
from specc.document.node import Node, Path
from specc.document.scalars import bad_text, core, half_a_pair


@dataclass(frozen=True)
class Assignment:
    """A value for the field at an address; `span` is where the address is written."""

    address: str
    span: Span
    value: Node


def from_params(params: Mapping[str, Any]) -> Iterable[Assignment]:
    """Values that a program gives to params; raises `Unreadable` for what is no plain value."""
    source = Source("params")
    for name, value in params.items():
        path = ("params", str(name))
        yield Assignment(f"params.{name}", Span(source, path=path), located(value, source, path))


def from_text(written: str, report: Report) -> Assignment:
    """`path=value`; raises `Unreadable` where it is not of this form, or the value is a bomb."""
    source = Source("--set", written)
    address, equals, value = written.partition("=")
    if not equals or not address.strip():
        message = "this is not of the form path=value"
        raise Unreadable(codes.NoSuchPath(message, Span(source, 1, 1, 1, len(written) + 1)))
    span = Span(source, 1, 1, 1, len(address) + 1)
    if half_a_pair(written) is not None:  # what is no UTF-8 on the command line
        raise Unreadable(bad_text(span))
    return Assignment(address.strip(), span, _value(value, source, len(address) + 1, report))


def _value(text: str, source: Source, offset: int, report: Report) -> Node:
    """The value of a `--set`, read as YAML; what is no YAML is text."""
    place = (1, offset + 1, 1, offset + 1 + max(len(text), 1))
    aside = Report()
    try:
        node = compose(yaml_reader.read(text, source), source, aside)
    except Unreadable as failure:
        if isinstance(failure.diagnostic, codes.BadSyntax | codes.BadAlias):
            return Node(text, source, *place)
        failure.diagnostic = _at(failure.diagnostic, Span(source, *place))
        raise
    for found in aside:
        report.add(_at(found, Span(source, *place)))
    return Node(core(""), source, *place) if node is None else _moved(node, offset)


def _at(found: codes.Diagnostic, span: Span) -> codes.Diagnostic:
    return type(found)(found.message, span, help=found.help)


def _moved(node: Node, offset: int) -> Node:
    """The tree with its columns counted from the beginning of the argument."""
    moved = Node(node.value, node.source, node.line, node.column, node.end_line, node.end_column)
    if node.line == 1:
        moved.column += offset
    if node.end_line == 1:
        moved.end_column += offset
    if node.is_mapping:
        moved.value = {k: _moved(n, offset) for k, n in node.entries.items()}
        moved.keys = {k: _moved(n, offset) for k, n in node.keys.items()}
    elif node.is_list:
        moved.value = [_moved(n, offset) for n in node.elements]
    return moved


def assigned(root: Node, assignments: Iterable[Assignment], report: Report) -> Node:
    """The tree with the values in place; an address that means nothing is reported."""
    for assignment in assignments:
        path = resolved(root, assignment.address, assignment.span, report)
        if path == ("extends",):
            message = "`extends` is read before other values are set"
            report.add(codes.NoSuchPath(message, assignment.span))
        elif path is not None:
            root = put(root, path, assignment.value)
    return root


def put(node: Node, path: Path, value: Node) -> Node:
    """The tree with another value at a path; mappings on the way are made where they lack."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        elements = list(node.elements)
        elements[step] = put(elements[step], rest, value)
        return node.like(elements)
    entries, keys = dict(node.entries), dict(node.keys)
    if isinstance(node.value, str) and node.value != step:  # a step by its class's name alone
        entries, keys = {node.value: node.like({})}, {node.value: node}
    entries[step] = put(entries.get(step) or value.like(None), rest, value)
    keys.setdefault(step, value.like(step))
    return node.like(entries, keys)
