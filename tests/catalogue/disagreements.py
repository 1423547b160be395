"""Where specc and Keras's symbolic answer differ, each with the reason and a case that shows it.

`late`: Keras accepts, and fails once real numbers run. `wrong`: Keras announces one shape and gives
another. `silent`: Keras runs and does not do what is asked. `crash`: the process ends.
Tests run every example with real numbers, and fail when an entry is stale.
"""

from __future__ import annotations

from collections.abc import Container

import unchecked
from disagreement import Disagreement
from disagreements_attention import ATTENTION
from disagreements_ids import IDS
from disagreements_images import IMAGES
from disagreements_joining import JOINING
from disagreements_recurrent import RECURRENT_LAYERS
from disagreements_steady import STEADY
from parity import Comparison, late

from specc.catalogue.mismatch import Mismatch

DISAGREEMENTS: tuple[Disagreement, ...] = (
    *unchecked.entries(),
    *ATTENTION,
    *IDS,
    *IMAGES,
    *JOINING,
    *RECURRENT_LAYERS,
    *STEADY,
)

NOT_RUN = "Adaptive"
"""The names of layers that end TensorFlow's process over numbers begin so."""


def verdict(
    found: Comparison, shown: Container[Disagreement] = ()
) -> tuple[str, Disagreement | None]:
    """What a comparison counts as, and the entry that it is a case of.

    `accepted` and `refused` by both; `late`: refused by both, by Keras once real numbers run, which
    is tried here; `listed`: a known disagreement; else `unexplained`. No numbers run through a case
    of an entry that is not `late` and is among the `shown`.
    """
    if not found.difference:
        return ("accepted" if found.accepted else "refused"), None
    entries = [d for d in DISAGREEMENTS if d.applies(found)]
    if not entries:
        return "unexplained", None
    calm = all(e.kind != "late" and e in shown for e in entries)
    if calm or found.name.startswith(NOT_RUN) or entries[0].kind == "crash":
        return "listed", entries[0]
    if isinstance(found.specc, Mismatch) and late(found.name, found.case):
        return "late", next((d for d in entries if d.kind == "late"), entries[0])
    entry = next((d for d in entries if d.kind != "late"), None)
    return ("listed" if entry else "unexplained"), entry
