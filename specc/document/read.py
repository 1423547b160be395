"""A text or a file -> a located tree."""

from __future__ import annotations

import re
from pathlib import Path

from specc.diagnostics.codes import document as codes
from specc.diagnostics.report import Report
from specc.diagnostics.span import Source, Span
from specc.document import json_reader, yaml_reader
from specc.document.bounds import BYTES
from specc.document.compose import compose
from specc.document.failure import Unreadable
from specc.document.files import read_text
from specc.document.node import Node
from specc.document.scalars import bad_text, half_a_pair

_HELP = (
    "a spec begins with `specc: 1`, then `inputs`, `graph` and `outputs`; "
    "`specc new` writes one to start from"
)
_OF_A_SPEC = ("specc", "extends", "inputs", "graph", "outputs")
"""Keys of which a spec has at least one."""
_LIKE_A_SPEC = re.compile(rf"(?m)^\s*\{{?\s*([\"']?)(?:{'|'.join(_OF_A_SPEC)})\1\s*:")


def read_file(path: Path, name: str, report: Report, span: Span | None = None) -> Node:
    """The tree of a spec file; raises `Unreadable`. A `.json` file is read by JSON's rules.

    `span` is where another spec names the file. What a file that is no spec holds is not quoted,
    for it may be any file that the author of a spec was curious about.
    """
    text = read_text(path, name, span)
    json = path.suffix.lower() == ".json"
    if _LIKE_A_SPEC.search(text) is not None:
        return read_text_of(Source(name, text), report, json=json)
    hidden = Source(name, text, quotable=False)
    try:
        return read_text_of(hidden, Report(), json=json)
    except Unreadable as failure:
        found = failure.diagnostic
        where = found.span.line if found.span else 1
        title = found.title()[0].lower() + found.title()[1:]
        message = f"`{name}` cannot be read as a spec: {title} (line {where})"
        raise Unreadable(type(found)(message, span or Span(hidden), help=_HELP)) from None


def read_text_of(source: Source, report: Report, *, json: bool = False) -> Node:
    """The tree of a spec's text; raises `Unreadable`."""
    text = source.text or ""
    if len(text) > BYTES:
        message = f"the text is longer than {BYTES // 2**20} MiB"
        raise Unreadable(codes.TooLong(message, Span(source)))
    if (at := half_a_pair(text)) is not None:
        line = text.count("\n", 0, at) + 1
        raise Unreadable(bad_text(Span(source, line, 1, line, 2)))
    reader = json_reader if json else yaml_reader
    root = compose(reader.read(text, source), source, report)
    if root is None or root.value is None:
        raise Unreadable(_no_spec(source, root, "the document is empty"))
    if not root.is_mapping:
        raise Unreadable(_no_spec(source, root, "the document is no mapping"))
    if not any(key in root.entries for key in _OF_A_SPEC):
        raise Unreadable(_no_spec(source, None, "the document has no key of a spec"))
    return root


def _no_spec(source: Source, root: Node | None, what: str) -> codes.NotASpec:
    span = root.span() if root is not None and root.line else Span(source, 1, 1, 1, 2)
    return codes.NotASpec(what, span, help=_HELP)
