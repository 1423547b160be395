"""Plain values -> the text of a document, which is read as the same values. YAML 1.2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.document.scalars import core

WIDTH = 88
"""What does not fit into a line is written over several."""

_PLAIN = re.compile(r"[A-Za-z_$][\w$./+*-]*(?: [\w$./+*-]+)*", re.ASCII)
_UNREADABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON writes as it is and libyaml refuses, or takes for the end of a line."""


def written(value: Any) -> str:
    """The text of a document that holds dicts by text, lists and scalars."""
    return "\n".join(_lines(value, WIDTH)) + "\n"


def _lines(value: Any, room: int) -> Iterator[str]:
    """The lines of a value; a mapping or list that fits into one is one."""
    if is_dict(value) and value:
        for key, below in value.items():
            yield from _entry(f"{_scalar(key)}:", below, room)
    elif is_list(value) and value:
        for below in value:
            first, *rest = _item(below, room - 2)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
    else:
        yield _flow(value, room) or _scalar(value)


def _entry(key: str, value: Any, room: int) -> Iterator[str]:
    """A key and what it holds: beside it, or below."""
    one = _flow(value, room - len(key) - 1)
    if one is not None or not (is_dict(value) or is_list(value)):
        yield f"{key} {_scalar(value) if one is None else one}"
    else:
        yield key
        yield from (f"  {line}" for line in _lines(value, room - 2))


def _item(value: Any, room: int) -> Iterator[str]:
    one = _flow(value, room) if not is_dict(value) or len(value) > 1 else None
    return _lines(value, room) if one is None else iter((one,))


def _flow(value: Any, room: int) -> str | None:
    """The value on one line, or `None` where there is no room for it."""
    if room < 1:
        return None
    if not is_dict(value) and not is_list(value):
        text = _scalar(value)
        return text if len(text) <= room else None
    parts: list[str] = []
    for key in value:
        before = f"{_scalar(key)}: " if is_dict(value) else ""
        part = _flow(value[key] if is_dict(value) else key, room - len(before) - 2)
        if part is None:
            return None
        parts.append(before + part)
        room -= len(parts[-1]) + 2
    inside = ", ".join(parts)
    return f"{{{inside}}}" if is_dict(value) else f"[{inside}]"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and core(text) == text and "$(" not in text:
        return text
    return _UNREADABLE.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))
