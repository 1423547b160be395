"""JSON by its own rules (RFC 8259), with a position for every key and value.

libyaml refuses the surrogate pairs that JSON writers use for an emoji, so JSON is not read as YAML.
Strings are read by the standard library's scanner.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from json import decoder
from typing import Any, Final

from specc.diagnostics.codes import document as codes
from specc.diagnostics.span import Source, Span
from specc.document import events
from specc.document.bounds import DIGITS
from specc.document.events import Event
from specc.document.failure import Unreadable
from specc.document.scalars import bad_number, half_a_pair

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS: Final = {"true": True, "false": False, "null": None}
_WORD = re.compile(r"[A-Za-z]+")
_scanned: Callable[[str, int, bool], tuple[str, int]] = vars(decoder)["scanstring"]
"""The text of a string from after its quote on, and where it ends. It has no type stub."""
_CLOSERS: Final = {"{": "}", "[": "]"}


class _Text:
    """The text and where its lines begin, for positions."""

    def __init__(self, text: str, source: Source) -> None:
        self.text = text
        self.source = source
        self.starts = [0, *(m.end() for m in re.finditer(r"\r\n?|\n", text))]

    def place(self, start: int, stop: int) -> tuple[int, int, int, int]:
        first = bisect_right(self.starts, start)
        last = bisect_right(self.starts, stop)
        return first, start - self.starts[first - 1] + 1, last, stop - self.starts[last - 1] + 1

    def wrong(self, message: str, at: int, help: str | None = None) -> Unreadable:
        span = Span(self.source, *self.place(at, min(at + 1, len(self.text))))
        return Unreadable(codes.BadSyntax(f"this is no JSON: {message}", span, help=help))


def read(text: str, source: Source) -> Iterator[Event]:
    """The events of one document; raises `Unreadable` with a diagnostic. Never recurses."""
    t = _Text(text, source)
    opened: list[str] = []
    wants = "value"  # or: first (value or close), key, first key, colon, more (comma or close), end
    at = _skip(text, 0)
    while wants != "end":
        c = text[at : at + 1]
        if not c:
            raise t.wrong("the text ends too early", len(text))
        if wants == "more":
            if c == ",":
                at = _skip(text, at + 1)
                wants = "key" if opened[-1] == "{" else "value"
                if text[at : at + 1] == _CLOSERS[opened[-1]]:
                    raise t.wrong("a comma with nothing after it", at, "take the comma away")
                continue
            at, wants = _close(t, c, at, opened)
            yield Event(events.CLOSE, None, *t.place(at - 1, at))
        elif wants in ("first", "first key") and c == _CLOSERS[opened[-1]]:
            at, wants = _close(t, c, at, opened)
            yield Event(events.CLOSE, None, *t.place(at - 1, at))
        elif wants in ("key", "first key"):
            if c != '"':
                raise t.wrong("a key is text in double quotes", at)
            event, at = _scalar(t, c, at)
            yield event
            at = _skip(text, at)
            if text[at : at + 1] != ":":
                raise t.wrong("a colon is missing after the key", at)
            at, wants = at + 1, "value"
        elif c in "{[":
            yield Event(events.MAPPING if c == "{" else events.LIST, None, *t.place(at, at + 1))
            opened.append(c)
            at, wants = at + 1, "first key" if c == "{" else "first"
        else:
            event, at = _scalar(t, c, at)
            yield event
            wants = "more" if opened else "end"
        at = _skip(text, at)
    if at < len(text):
        raise t.wrong("something follows the document", at)


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _close(t: _Text, c: str, at: int, opened: list[str]) -> tuple[int, str]:
    if c != _CLOSERS[opened[-1]]:
        raise t.wrong(f"a comma or `{_CLOSERS[opened[-1]]}` is missing", at)
    opened.pop()
    return at + 1, "more" if opened else "end"


def _scalar(t: _Text, c: str, at: int) -> tuple[Event, int]:
    text = t.text
    value: Any
    if c == '"':
        try:
            value, stop = _scanned(text, at + 1, True)
        except decoder.JSONDecodeError as error:
            raise t.wrong(error.msg[0].lower() + error.msg[1:], error.pos) from None
        if half_a_pair(value) is not None:
            raise t.wrong("half of a surrogate pair", at)
    elif match := _NUMBER.match(text, at):
        stop, digits = match.end(), match.group()
        whole = match[1] is None and match[2] is None
        value = math.inf
        if not whole:
            value = float(digits)
        elif len(digits.lstrip("-")) <= DIGITS:
            value = int(digits)
        if isinstance(value, float) and not math.isfinite(value):
            raise Unreadable(bad_number(digits, Span(t.source, *t.place(at, stop))))
    elif (match := _WORD.match(text, at)) and match.group() in _WORDS:
        value, stop = _WORDS[match.group()], match.end()
    else:
        raise t.wrong("a value is missing, or is none that JSON has", at)
    return Event(events.SCALAR, value, *t.place(at, stop)), stop
