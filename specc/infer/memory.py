"""Memory of rules: what a layer's arguments and tensors give is found once for all calls alike.

The same steps come again in a repeat, and in the thousands of variants that a search is proven on.
A rule reads nothing but what it is called with, so its answer can be kept. A fault is not kept: it
is told anew at each place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from specc.catalogue.catalogue import Checked
from specc.catalogue.define import Definition, Result
from specc.infer.apply import applied
from specc.infer.program import Argument, Constant, Tensor

MOST = 20_000
"""How many layers are remembered before all are forgotten: a long search has ever new ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A layer's definition, its arguments checked, and what stands in the place of tensors."""

    definition: Definition
    checked: Checked
    constants: Mapping[str, Constant]
    _results: dict[Hashable, Result] = field(default_factory=dict[Hashable, Result])

    def result(self, inputs: Mapping[str, Argument], policy: str) -> Result:
        """What the rule gives for these tensors; raises a `Mismatch`."""
        key = (policy, *((slot, _type(value)) for slot, value in inputs.items()))
        found = self._results.get(key)
        if found is None:
            found = applied(self.definition, self.checked, inputs, policy)
            self._results[key] = found
        return found


class Memory:
    """The layers that were found, by what they are written as, for one catalogue."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Found] = {}

    def get(self, key: Hashable) -> Found | None:
        """The layer that is written so, if it came before."""
        return self._found.get(key)

    def keep(self, key: Hashable, found: Found) -> None:
        """Remembers a layer."""
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[key] = found


def _type(value: Argument) -> Hashable:
    """All that a rule sees of a tensor; a constant is part of what the layer is written as."""
    if isinstance(value, Tensor):
        return value.type.dims, value.type.dtype
    if isinstance(value, Constant):
        return None
    listed: Iterable[Argument] = value
    return tuple(_type(v) for v in listed)
