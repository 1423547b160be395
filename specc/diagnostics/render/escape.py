"""Makes a spec's own text safe to print: no escape sequence, no line break gets through."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text with control and direction characters written as escapes; tabs become a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_one(c) for c in text)


def _one(character: str) -> str:
    if character == "\t":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character
