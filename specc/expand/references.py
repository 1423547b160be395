"""References: the text of a name, and the wire that it means inside a chain."""

from __future__ import annotations

import re
from typing import Any

from specc.diagnostics.codes import structure, wiring
from specc.expand.flat import Frame, Named, Origin, Wires
from specc.expand.scope import Broken, Filler

_REFERENCE = re.compile(r"[a-z][a-z0-9_]*(?:\.(?:[a-z][a-z0-9_]*|[0-9]+))*")


def reference(
    text: Any, frame: Frame, origin: Origin, filler: Filler, local: dict[str, Wires]
) -> Wires:
    """The wire of `name`, `chain.part` or `chain.part.0`; raises `Broken`.

    `local` holds `it` and what `mark` and `as` named before.
    """
    if not isinstance(text, str):
        filler.report.add(
            structure.WrongType(
                "this wants the name of a tensor", filler.span(origin.path), chain=origin.chain
            )
        )
        raise Broken
    if text in local:
        return local[text]
    if not _REFERENCE.fullmatch(text):
        filler.report.add(
            wiring.UndefinedName(
                f"`{text[:60]}` is no name of a tensor",
                filler.span(origin.path),
                help="write `name`, `chain.part` or `chain.part.0`",
                chain=origin.chain,
            )
        )
        raise Broken
    return Named(frame, tuple(text.split(".")), origin)


def references(
    value: Any, frame: Frame, origin: Origin, filler: Filler, local: dict[str, Wires]
) -> Wires:
    """One wire, or a tuple of them for a list."""
    if isinstance(value, list):
        if not value:
            filler.report.add(
                structure.WrongType(
                    "this list of tensors is empty", filler.span(origin.path), chain=origin.chain
                )
            )
            raise Broken
        return tuple(
            reference(v, frame, origin.below(i), filler, local) for i, v in enumerate(value)
        )
    return reference(value, frame, origin, filler, local)
