"""YAML 1.2, core types, from PyYAML's C event stream."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from specc.diagnostics.codes import document as codes
from specc.diagnostics.span import Source, Span
from specc.document import events
from specc.document.bounds import DIGITS
from specc.document.events import Event
from specc.document.failure import Unreadable

_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((f"{s}.{w}" for s in ("", "+") for w in ("inf", "Inf", "INF")), math.inf),
    **dict.fromkeys((f"-.{w}" for w in ("inf", "Inf", "INF")), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_FIRST = frozenset("0123456789+-.")


def read(text: str, source: Source) -> Iterator[Event]:
    """The events of one document; raises `Unreadable` with a diagnostic."""
    documents = 0
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            kind = type(event)
            start, end = event.start_mark, event.end_mark
            place = (start.line + 1, start.column + 1, end.line + 1, end.column + 1)
            if kind is yaml.ScalarEvent:
                if event.tag is not None:
                    raise _tag(event.tag, source, place)
                value = event.value
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
        raise Unreadable(_syntax(error, source)) from None
    except yaml.YAMLError as error:
        raise Unreadable(_stream(error, text, source)) from None
    except UnicodeError:
        raise Unreadable(
            codes.Unreadable("the text holds characters that UTF-8 cannot write", Span(source))
        ) from None


def core(text: str) -> Any:
    """A plain scalar's value by YAML 1.2's core schema; raises `ValueError` beyond `DIGITS`."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _INT.fullmatch(text):
        return _int(text, 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _OCTAL.fullmatch(text):
        return _int(text[2:], 8)
    if _HEX.fullmatch(text):
        return _int(text[2:], 16)
    return text


def _int(digits: str, base: int) -> int:
    if len(digits) > DIGITS:
        raise ValueError("too long")
    return int(digits, base)


def _plain(text: str, source: Source, place: tuple[int, int, int, int]) -> Any:
    if "$(" in text and not _balanced(text):
        raise Unreadable(_quote(source, Span(source, *place)))
    try:
        value = core(text)
    except ValueError:
        value = math.inf
    if isinstance(value, float) and not math.isfinite(value):
        raise Unreadable(bad_number(text, Span(source, *place)))
    return value


def bad_number(text: str, span: Span) -> codes.BadNumber:
    """The error for infinity, NaN, and numbers that are too long or too large."""
    shown = text if len(text) <= 20 else f"{text[:10]}… ({len(text):,} characters)"
    return codes.BadNumber(f"{shown} is no finite number that a model can have", span)


def _balanced(text: str) -> bool:
    """Whether every `$(` is closed: text in quotes inside it does not count."""
    depth, quote = 0, ""
    for i, c in enumerate(text):
        if quote:
            quote = "" if c == quote else quote
        elif depth and c in "'\"":
            quote = c
        elif c == "(" and (depth or text[i - 1 : i] == "$"):
            depth += 1
        elif c == ")" and depth:
            depth -= 1
    return depth == 0


def _quote(source: Source, span: Span) -> codes.QuoteExpression:
    return codes.QuoteExpression(
        "quote the expression: YAML ends it at a comma, a colon, a bracket or ` #`",
        span,
        help='write `"$(…)"`, with quotes around the whole expression',
    )


def _tag(tag: str, source: Source, place: tuple[int, int, int, int]) -> Unreadable:
    return Unreadable(
        codes.Tag(
            f"the tag `{tag}` is not allowed: a spec holds plain values only",
            Span(source, *place),
            help="leave the tag out",
        )
    )


def _syntax(error: yaml.MarkedYAMLError, source: Source) -> codes.Diagnostic:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    span = Span(source, line, column, line, column + 1)
    said = " ".join(p for p in (error.context, error.problem) if p)
    if "undefined alias" in said or "unknown alias" in said:
        return codes.BadAlias("the alias has no anchor before it", span)
    before = source.lines[line - 1][: column - 1] if line <= len(source.lines) else ""
    if re.search(r"\$(\(|\w+\[)[^\"']*$", before) or re.search(r"\$\w+$", before):
        return _quote(source, span)
    hint = None
    if "found character '\\t'" in said:
        hint = "indent with blanks, not with tabs"
    elif "mapping values are not allowed" in said:
        hint = "a colon inside a text needs quotes around the text; check the indentation too"
    elif "did not find expected ',' or" in said:
        hint = "a bracket or brace that was opened before is not closed"
    return codes.BadSyntax(f"this is no YAML: {said}", span, help=hint)


def _stream(error: yaml.YAMLError, text: str, source: Source) -> codes.Diagnostic:
    """A character that YAML does not allow; libyaml says where, by its index."""
    position = getattr(error, "position", None)
    if not isinstance(position, int):
        return codes.BadSyntax(f"this is no YAML: {error}", Span(source))
    before = text.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    reason = getattr(error, "reason", "a character that is not allowed")
    return codes.BadSyntax(
        f"this is no YAML: {reason}", Span(source, line, column, line, column + 1)
    )
