"""Reads `signatures.json`: the arguments of every Keras class that no rule reads.

A parameter is written as `{"kind": text, "default": value}`; without a default it is required. The
kind is a small language, the inverse of what `tools/generate.py` writes:

    bool  int  int>=1  float  float[0,1]  text  any        a value
    initializer  regularizer  activation …                 a member of that family
    layer                                                  a layer inside a layer
    a|b|c  in quotes: 'valid|same'                         one of a few texts
    list(k)  map(k)  axes2(k)                              a list, a mapping, one value per axis
    ?k                                                     null, or k
    k1 or k2                                               either
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from specc.catalogue import kinds


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a Keras class as its signature has it."""

    kind: kinds.Kind
    default: Any
    required: bool


def parse(entry: Mapping[str, Any]) -> Parameter:
    """The parameter that an entry of the file describes."""
    return Parameter(kind(entry["kind"]), entry.get("default"), "default" not in entry)


_INT = re.compile(r"int(?:>=(-?\d+))?")
_FLOAT = re.compile(r"float(?:([\[(])([^,\])]*),([^,\])]*)([\])]))?")
_CALL = re.compile(r"(list|map|axes\d)\((.*)\)")


@cache
def kind(text: str) -> kinds.Kind:
    """The kind that a text of the small language means."""
    if text.startswith("?"):
        return kinds.Optional(kind(text[1:]))
    alternatives = text.split(" or ")
    if len(alternatives) > 1 and "(" not in text.split(" or ", 1)[0]:
        return kinds.Union(tuple(kind(t) for t in alternatives))
    if text.startswith("'"):
        return kinds.Choice(tuple(text.strip("'").split("|")))
    if text in ("bool", "text", "any", "layer", "cell"):
        return {
            "bool": kinds.Bool(),
            "text": kinds.Text(),
            "any": kinds.Anything(),
            "layer": kinds.LayerArgument(),
            "cell": kinds.LayerArgument("cell"),
        }[text]
    if match := _INT.fullmatch(text):
        return kinds.Int(int(match[1]) if match[1] else None)
    if match := _FLOAT.fullmatch(text):
        left, low, high, right = match.groups()
        return kinds.Float(
            float(low) if low else None,
            float(high) if high else None,
            left == "(" and bool(low),
            right == ")" and bool(high),
        )
    if match := _CALL.fullmatch(text):
        inner = kind(match[2])
        if match[1] == "list":
            return kinds.ListOf(inner)
        return kinds.MappingOf(inner) if match[1] == "map" else kinds.PerAxis(inner, int(match[1][4:]))
    return kinds.Named(text)
