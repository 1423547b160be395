"""Reads `signatures.json`: the arguments of every Keras class that no rule reads.

A parameter is written as `{"kind": text, "default": value}`; without a default it is required. The
kind is a small language, which `tools/keras_kinds.py` writes:

    bool  text  any  absent                      a value; `absent`: Keras takes none here
    int  int>=1  int[0,7]                        a whole number, with its bounds
    float  float[0,1]  float(0,)                 a number; round brackets leave the bound out
    dtype  path  keras_name                      text of a form
    initializer  regularizer  activation …       a member of that family
    layer  cell                                  a layer inside a layer
    'valid|same'                                 one of a few texts
    list(k)  list2(k)  map(k)  axes2(k)          a list, one of two, a mapping, one value per axis
    k1 or k2                                     either; the first that takes the value has it
    ?k                                           null, or all that follows
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from specc.catalogue import kinds
from specc.catalogue.dtypes import DTYPES


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a Keras class as its signature has it."""

    kind: kinds.Kind
    default: Any
    required: bool


def parse(entry: Mapping[str, Any]) -> Parameter:
    """The parameter that an entry of the file describes."""
    return Parameter(kind(entry["kind"]), entry.get("default"), "default" not in entry)


class Signatures(Mapping[str, Mapping[str, Parameter]]):
    """The signatures of one family by class, each parsed when it is first asked for."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._entries = entries
        self._parsed: dict[str, Mapping[str, Parameter]] = {}

    def __getitem__(self, name: str) -> Mapping[str, Parameter]:
        if (parsed := self._parsed.get(name)) is None:
            parsed = {a: parse(e) for a, e in self._entries[name].items()}
            self._parsed[name] = parsed
        return parsed

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


# A file name inside the run: relative, never upwards, and in braces only the names of logged
# numbers, since Keras passes it to `str.format`.
_PATH = (
    r"(?![/~])(?![A-Za-z]:)(?!(?:[^\n]*/)?\.\.(?:/|$))(?![^\n]*://)"
    r"(?:[^{}\\\x00-\x1f]|\{\w+(?::[0-9.]{0,5}[defg%]?)?\})+"
)
_KERAS_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"

_SIMPLE: dict[str, kinds.Kind] = {
    "bool": kinds.Bool(),
    "text": kinds.Text(),
    "any": kinds.Anything(),
    "absent": kinds.Absent(),
    "layer": kinds.LayerArgument(),
    "cell": kinds.LayerArgument("cell"),
    "dtype": kinds.Choice(DTYPES),
    "path": kinds.Text(_PATH, "a path inside the run's folder"),
    "keras_name": kinds.Text(
        _KERAS_NAME, "a name of letters, digits, `_`, `.` and `-`, a letter or digit first"
    ),
}
_INT = re.compile(r"int(?:>=(-?\d+)|\[(-?\d+),(-?\d+)\])?")
_FLOAT = re.compile(r"float(?:([\[(])([^,\])]*),([^,\])]*)([\])]))?")
_CALL = re.compile(r"(list2?|map|axes\d)\((.*)\)")


@cache
def kind(text: str) -> kinds.Kind:
    """The kind that a text of the small language means."""
    if text.startswith("?"):
        return kinds.Optional(kind(text[1:]))
    alternatives = _alternatives(text)
    if len(alternatives) > 1:
        return kinds.Union(tuple(kind(t) for t in alternatives))
    if text in _SIMPLE:
        return _SIMPLE[text]
    if text.startswith("'"):
        return kinds.Choice(tuple(text[1:-1].split("|")))
    if match := _INT.fullmatch(text):
        low, high = match[1] or match[2], match[3]
        return kinds.Int(int(low) if low else None, int(high) if high else None)
    if match := _FLOAT.fullmatch(text):
        left, low, high, right = match.groups()
        return kinds.Float(
            float(low) if low else None,
            float(high) if high else None,
            left == "(" and bool(low),
            right == ")" and bool(high),
        )
    if match := _CALL.fullmatch(text):
        return _call(match[1], kind(match[2]))
    if not text.isidentifier():
        raise ValueError(f"no kind is written {text!r}")
    return kinds.Named(text)


def _call(name: str, inner: kinds.Kind) -> kinds.Kind:
    if name == "list":
        return kinds.ListOf(inner)
    if name == "list2":
        return kinds.ListOf(inner, 2, 2)
    return kinds.MappingOf(inner) if name == "map" else kinds.PerAxis(inner, int(name[4:]))


def _alternatives(text: str) -> list[str]:
    """The parts between those `or` that are in no bracket."""
    parts: list[str] = []
    depth = start = 0
    for i, character in enumerate(text):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif depth == 0 and text.startswith(" or ", i):
            parts.append(text[start:i])
            start = i + 4
    return [*parts, text[start:]]
