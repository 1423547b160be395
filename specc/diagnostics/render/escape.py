"""Makes text of others safe to show: no escape sequence, no line break, no formula gets through."""

from __future__ import annotations

import unicodedata
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet reckons with."""


def printable(text: str) -> str:
    """The text with control and direction characters written as escapes; tabs become a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_one(c) for c in text)


def cell(value: Any) -> Any:
    """A value for a CSV; a text so that no spreadsheet takes it for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _one(character: str) -> str:
    if character == "\t":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character
