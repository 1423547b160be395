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


def read_file(path: Path, name: str, report: Report, span: Span | None = None) -> Node:
    """The tree of a spec file; raises `Unreadable`. A `.json` file is read by JSON's rules."""
    text = read_text(path, span)
    source = Source(name, text, quotable=_may_be_quoted(text))
    return read_text_of(source, report, json=path.suffix.lower() == ".json")


def read_text_of(source: Source, report: Report, *, json: bool = False) -> Node:
    """The tree of a spec's text; raises `Unreadable`."""
    text = source.text or ""
    if len(text) > BYTES:
        message = f"the text is longer than {BYTES // 2**20} MiB"
        raise Unreadable(codes.TooLong(message, Span(source)))
    reader = json_reader if json else yaml_reader
    root = compose(reader.read(text, source), source, report)
    if root is None or not isinstance(root.value, dict):
        what = "empty" if root is None or root.value is None else "no mapping"
        raise Unreadable(
            codes.NotASpec(
                f"the document is {what}",
                root.span() if root and root.line else Span(source, 1, 1, 1, 2),
                help="a spec begins with `specc: 1`, then `inputs`, `graph` and `outputs`; "
                "`specc new` writes one to start from",
            )
        )
    return root


_LIKE_A_SPEC = re.compile(r"""(?m)^\s*\{?\s*["']?(specc|extends|inputs|graph|params)["']?\s*:""")


def _may_be_quoted(text: str) -> bool:
    """Whether errors may show lines of this text: it must look like a spec."""
    return _LIKE_A_SPEC.search(text) is not None
