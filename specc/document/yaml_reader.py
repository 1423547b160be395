"""YAML 1.2, core types, from PyYAML's C event stream."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from specc.diagnostics.codes import document as codes
from specc.diagnostics.span import Source, Span
from specc.document import events
from specc.document.events import Event
from specc.document.failure import Unreadable
from specc.document.scalars import bad_number, core
from specc.document.yaml_faults import marked, quoted, stream, unbalanced

_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line breaks in YAML 1.1, which libyaml reads, and plain characters in YAML 1.2."""

_TAG_DIRECTIVE = re.compile(r"(?m)^%TAG\b")
"""Tags are no part of the language, and libyaml compares each directive with all before it."""
_LINE_END = re.compile(r"\r\n|\r|\n")
_LONG = 100_000
"""No expression is nearly that long; whether a longer text is one is not looked at."""

_Place = tuple[int, int, int, int]


def read(text: str, source: Source) -> Iterator[Event]:
    """The events of one document; raises `Unreadable` with a diagnostic."""
    if found := _BREAKS.search(text):
        raise Unreadable(_odd_break(text, found.start(), source))
    if found := _TAG_DIRECTIVE.search(text):
        line = len(_LINE_END.findall(text, 0, found.start())) + 1
        raise _tag("%TAG", source, (line, 1, line, 5))
    documents = 0
    try:
        for event in _parsed(text):
            kind: object = event.__class__
            start, end = event.start_mark, event.end_mark
            place = (start.line + 1, start.column + 1, end.line + 1, end.column + 1)
            if kind is yaml.ScalarEvent:
                if event.tag is not None:
                    raise _tag(event.tag, source, place)
                value: Any = event.value
                if event.implicit[0]:
                    value = _plain(value, source, place)
                yield Event(events.SCALAR, value, *place, event.anchor)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if event.tag is not None:
                    raise _tag(event.tag, source, place)
                opened = events.MAPPING if kind is yaml.MappingStartEvent else events.LIST
                yield Event(opened, None, *place, event.anchor)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                yield Event(events.CLOSE, None, *place)
            elif kind is yaml.AliasEvent:
                yield Event(events.ALIAS, None, *place, event.anchor)
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise Unreadable(
                        codes.SeveralDocuments(
                            "a file holds one document, and here a second one begins",
                            Span(source, *place),
                            help="put it into a file of its own",
                        )
                    )
    except yaml.MarkedYAMLError as error:
        raise Unreadable(marked(error, source)) from None
    except yaml.YAMLError as error:
        raise Unreadable(stream(error, text, source)) from None


def _parsed(text: str) -> Iterator[Any]:
    """The events of libyaml; PyYAML's stubs leave most of their attributes untyped."""
    parse: Callable[..., Iterator[Any]] = vars(yaml)["parse"]
    return parse(text, yaml.CSafeLoader)


def _plain(text: str, source: Source, place: _Place) -> Any:
    if "$(" in text and len(text) < _LONG and unbalanced(text):
        raise Unreadable(quoted(Span(source, *place)))
    try:
        value = core(text)
    except ValueError:
        value = math.inf
    if isinstance(value, float) and not math.isfinite(value):
        raise Unreadable(bad_number(text, Span(source, *place)))
    return value


def _tag(tag: str, source: Source, place: _Place) -> Unreadable:
    shown = tag.replace("tag:yaml.org,2002:", "!!", 1)
    return Unreadable(
        codes.Tag(
            f"the tag `{shown}` is not allowed: a spec holds plain values only",
            Span(source, *place),
            help="leave the tag out",
        )
    )


def _odd_break(text: str, at: int, source: Source) -> codes.BadSyntax:
    before = text[:at]
    line = len(_LINE_END.findall(before)) + 1
    column = at - max(before.rfind("\n"), before.rfind("\r"))
    code = f"U+{ord(text[at]):04X}"
    return codes.BadSyntax(
        f"the character {code} looks like the end of a line, and YAML 1.2 has it as none",
        Span(source, line, column, line, column + 1),
        help=f'write it as "\\u{ord(text[at]):04x}", in double quotes',
    )
