"""What a drawn call of an op counts as, and whether Keras refuses it once numbers run."""

from __future__ import annotations

from ops_known import known
from ops_parity import Call, difference, eager, ours, symbolic

from specc.catalogue.mismatch import Mismatch

LENGTHS = ((2, 3), (3, 5), (1, 4), (4, 8), (2, 1))
"""The lengths of the batch and of unknown dimensions that real numbers are tried with."""


def refused_with_numbers(call: Call) -> bool:
    """Whether Keras refuses the call too, once numbers of some length go through."""
    return any(isinstance(eager(call, *lengths), Exception) for lengths in LENGTHS)


def verdict(call: Call) -> tuple[str, str | None]:
    """`accepted` or `refused` by both, `late` (refused by Keras once numbers run), `listed` or
    `unexplained`; and how the two differ, or which listed disagreement it is.
    """
    mine, keras = ours(call), symbolic(call)
    found = difference(mine, keras)
    if found is None:
        return ("refused" if isinstance(mine, Mismatch) else "accepted"), None
    if isinstance(mine, Mismatch) and refused_with_numbers(call):
        return "late", None
    entry = known(call, found)
    return ("listed", entry.reason) if entry else ("unexplained", f"{call}: {found}")
