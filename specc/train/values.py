"""What a spec sets, flat: params, data and training by the paths that `--set` takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from specc.catalogue.plain import is_dict
from specc.infer.program import Program

SECTIONS = ("params", "data", "train")


def values(program: Program) -> dict[str, Any]:
    """The sections that tell the runs of one name apart, as plain values."""
    if program.origin is None:
        return {}
    document = program.origin.plain(program.name)
    return {k: document[k] for k in SECTIONS if document.get(k)}


def flat(nested: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each value by its path: `train.optimizer.Adam.learning_rate`. Lists are values."""
    for key, value in nested.items():
        if is_dict(value) and value:
            yield from flat(value, f"{prefix}{key}.")
        elif prefix or not is_dict(value):
            yield f"{prefix}{key}", value


def shown(value: Any) -> str:
    """A value as text: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
