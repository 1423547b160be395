"""References: the text of a name, and the wire that it means inside a chain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from specc.catalogue.kinds import show
from specc.catalogue.plain import is_list
from specc.diagnostics.codes import structure, wiring
from specc.expand.fill import Broken, Filler
from specc.expand.flat import Frame, Named, Origin, Wires

_REFERENCE = re.compile(r"[a-z][a-z0-9_]*(?:\.(?:[a-z][a-z0-9_]*|[0-9]+))*")


def reference(
    text: Any, frame: Frame, origin: Origin, filler: Filler, local: Mapping[str, Wires]
) -> Wires:
    """The wire of `name`, `chain.part` or `chain.part.0`; raises `Broken`.

    `local` holds `it` and what `mark` and `as` named before.
    """
    if not isinstance(text, str):
        message = f"this wants the name of a tensor, not {show(text)}"
        raise filler.fault(structure.WrongType, message, origin)
    if text in local:
        return local[text]
    if not _REFERENCE.fullmatch(text):
        raise filler.fault(
            wiring.UndefinedName,
            f"`{text[:60]}` is no name of a tensor",
            origin,
            help="write `name`, `chain.part` or `chain.part.0`",
        )
    if text == "it":
        raise filler.fault(
            wiring.UndefinedName,
            "there is no running tensor here, which `it` means",
            origin,
            help="`it` is what one step gives and the next is given, for `take`",
        )
    head, _, part = text.partition(".")
    if part and head in local:
        raise filler.fault(
            wiring.UnknownPart, f"`{head}` is one tensor and has no part `{part}`", origin
        )
    return Named(frame, tuple(text.split(".")), origin)


def references(
    value: Any, frame: Frame, origin: Origin, filler: Filler, local: Mapping[str, Wires]
) -> Wires:
    """One wire, or a tuple of them for a list; raises `Broken`, all faults reported."""
    if not is_list(value):
        return reference(value, frame, origin, filler, local)
    if not value:
        raise filler.fault(structure.WrongType, "this list of tensors is empty", origin)
    found: list[Wires] = []
    for i, text in enumerate(value):
        try:
            found.append(reference(text, frame, origin.below(i), filler, local))
        except Broken:
            continue
    if len(found) < len(value):
        raise Broken
    return tuple(found)
