"""What a known disagreement with Keras is: which differences it covers, and a case that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch

from parity import Comparison

from specc.catalogue.define import Case
from specc.catalogue.mismatch import BadArgument, Mismatch, UnknownClass


@dataclass(frozen=True, eq=False)
class Disagreement:
    """One way in which the two differ: which layers, what specc says, and a case of it."""

    kind: str
    layers: str
    """Name patterns, with blanks between."""
    says: str
    """What specc's message matches; for `wrong` answers that specc corrects, the difference."""
    reason: str
    example: tuple[str, Case]
    argument: str = ""
    """The argument that specc blames, where it is the value by itself that is refused."""
    proof: Callable[[], bool] | None = None
    """Whether Keras still does it, where more is to be seen than that numbers run through."""

    def applies(self, found: Comparison) -> bool:
        """Whether a difference is this one."""
        if not any(fnmatch(found.name, pattern) for pattern in self.layers.split()):
            return False
        if not isinstance(found.specc, Mismatch):
            return self.says == found.difference
        if found.difference != "specc refuses":
            return False
        if self.argument:
            blamed = (found.specc.argument or ("",))[0]
            return isinstance(found.specc, BadArgument | UnknownClass) and blamed == self.argument
        return re.search(self.says, found.specc.message) is not None
