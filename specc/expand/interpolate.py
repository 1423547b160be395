"""Text that holds a `$`: split once, evaluated in a scope."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from specc.expand.expression import Lookup, element, evaluate, names
from specc.expand.failure import Failed, Malformed, TooLarge
from specc.expand.operators import ELEMENTS

_NAME = re.compile(r"[A-Za-z_]\w*")
_WHOLE = re.compile(r"\$([A-Za-z_]\w*)((?:\.[A-Za-z0-9_]+)*)")


class _Plain(str):
    """A piece of text that stands for itself."""

    __slots__ = ()


class _Formula(str):
    """The text of an expression."""

    __slots__ = ()


def value_of(text: str, lookup: Lookup) -> Any:
    """The value of a text: a param's own value, an expression's, or text with both filled in."""
    if match := _WHOLE.fullmatch(text):
        value = lookup(match[1])
        for part in match[2].split(".")[1:]:
            value = element(value, int(part) if part.isdigit() else part)
        return value
    pieces = _pieces(text)
    if len(pieces) == 1 and isinstance(pieces[0], _Formula):
        return evaluate(pieces[0], lookup)
    filled = "".join(p if isinstance(p, _Plain) else _written(evaluate(p, lookup)) for p in pieces)
    if len(filled) > ELEMENTS:
        raise TooLarge(f"a text has at most {ELEMENTS:,} characters")
    return filled


def names_in(text: str) -> set[str]:
    """The params that a text reads."""
    if match := _WHOLE.fullmatch(text):
        return {match[1]}
    return {n for p in _pieces(text) if isinstance(p, _Formula) for n in names(p)}


@lru_cache(maxsize=4096)
def _pieces(text: str) -> tuple[_Plain | _Formula, ...]:
    pieces: list[_Plain | _Formula] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        if dollar > at:
            pieces.append(_Plain(text[at:dollar]))
        after = text[dollar + 1 : dollar + 2]
        if after == "$":
            pieces.append(_Plain("$"))
            at = dollar + 2
        elif after == "(":
            at = _closing(text, dollar + 1)
            pieces.append(_Formula(text[dollar + 2 : at - 1]))
        elif match := _NAME.match(text, dollar + 1):
            pieces.append(_Formula(match.group()))
            at = match.end()
        else:
            raise Malformed(
                "a `$` is followed by a name or by `(…)`", help="write `$$` for a dollar"
            )
    if at < len(text):
        pieces.append(_Plain(text[at:]))
    return tuple(pieces)


def _closing(text: str, opening: int) -> int:
    """The index after the parenthesis that closes the one at `opening`."""
    depth, quote = 0, ""
    for i in range(opening, len(text)):
        c = text[i]
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            if depth == 0:
                return i + 1
    raise Malformed("a `$(` is not closed")


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | str):
        return str(value)
    raise Failed("only text and numbers can stand inside a text, not a list or a mapping")
