"""Arguments that say nothing: those that have Keras's default, which a model file writes too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from specc.catalogue.catalogue import builtin
from specc.catalogue.define import Definition
from specc.catalogue.plain import is_sequence
from specc.lower.diagram.labels import FIRST

_NONE = object()
"""What an argument without a default has."""


def usual(definition: Definition, turns: Sequence[Mapping[str, Any]]) -> set[str]:
    """The arguments of a layer's turns that have their default in each; not the most telling."""
    family = builtin().families["layer"].classes
    name = definition.name
    defaults: dict[str, Any] = {"dtype": "float32"}
    if name in family:
        defaults |= {k: p.default for k, p in family[name].items() if not p.required}
    defaults |= {a.name: a.default for a in definition.arguments if not a.required}
    keys = {k for turn in turns for k in turn if k not in FIRST}
    return {k for k in keys if all(_same(t.get(k, _NONE), defaults.get(k)) for t in turns)}


def _same(given: Any, default: Any) -> bool:
    """Whether a value is its default, a list of a file being a tuple here."""
    if is_sequence(given) and is_sequence(default):
        return list(given) == list(default)
    return type(given) is type(default) and given == default
