"""What a plain scalar means: YAML 1.2's core types, and the numbers that are none."""

from __future__ import annotations

import math
import re
from typing import Any

from specc.diagnostics.codes import document as codes
from specc.diagnostics.span import Span
from specc.document.bounds import DIGITS

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
_SURROGATE = re.compile("[\ud800-\udfff]")
_FIRST = frozenset("0123456789+-.")
_BITS = math.ceil(DIGITS * math.log2(10))
"""How many bits a number of `DIGITS` digits has: Python refuses to print much longer ones."""


def core(text: str) -> Any:
    """A plain scalar's value; raises `ValueError` for a number of more than `DIGITS` digits."""
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
    if len(digits) > DIGITS + 1:  # a sign is no digit
        raise ValueError("too long")
    value = int(digits, base)
    if not printable_int(value):
        raise ValueError("too long")
    return value


def printable_int(value: int) -> bool:
    """Whether a whole number has at most about `DIGITS` digits."""
    return value.bit_length() <= _BITS


def half_a_pair(text: str) -> int | None:
    """Where a text holds half of a surrogate pair, which no UTF-8 file can; or `None`."""
    found = _SURROGATE.search(text)
    return None if found is None else found.start()


def bad_text(span: Span) -> codes.Unreadable:
    """The error for half of a surrogate pair."""
    return codes.Unreadable("the text holds half of a surrogate pair, which is no character", span)


def bad_number(text: str, span: Span) -> codes.BadNumber:
    """The error for infinity, NaN, and numbers that are too long or too large."""
    shown = text if len(text) <= 20 else f"{text[:10]}… ({len(text):,} characters)"
    return codes.BadNumber(f"{shown} is no finite number that a model can have", span)
