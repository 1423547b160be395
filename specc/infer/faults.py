"""Mismatches that arise between layers, beside those that the catalogue's rules raise."""

from __future__ import annotations

from specc.catalogue.mismatch import InputCount, ShapeMismatch
from specc.diagnostics.span import Span


class WrongSlot(InputCount):
    """A tensor is given as an argument that is not there, or is taken; `slot` is its name."""

    def __init__(self, message: str, slot: str, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.slot = slot


class TooLarge(ShapeMismatch):
    """A weight or tensor that no machine holds."""


class WeightsDiffer(ShapeMismatch):
    """A shared layer needs other weights than at its first use, whose place is `first`."""

    def __init__(self, message: str, first: Span | None, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.first = first
