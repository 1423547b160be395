"""Data that a program passes in place of the spec's: arrays as the model takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specc.data.check import wants
from specc.data.feed import BadData, Feeds, Part
from specc.data.load import Loaded, digest
from specc.data.split import parts
from specc.document.spec import Split
from specc.infer.program import Program

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class GivenArrays:
    """Arrays, each (examples, …), by the model's names, and what divides them."""

    inputs: Arrays
    targets: Arrays
    split: Split

    @property
    def digest(self) -> str:
        """The hash of them all."""
        return self._hash

    @cached_property
    def _hash(self) -> str:
        return digest(
            {
                **{f"x/{n}": v for n, v in self.inputs.items()},
                **{f"y/{n}": v for n, v in self.targets.items()},
            }
        )

    def loaded(self, fold: int | None = None) -> Loaded:
        """The parts, as they are; `fold` counts from 1. Raises `CannotSplit`."""
        count = len(next(iter({**self.inputs, **self.targets}.values())))
        found = parts(count, self.split, None, fold)
        train = self._part(found.train)
        assert train is not None  # `parts` refuses a split without training
        validation, test = self._part(found.validation), self._part(found.test)
        return Loaded(Feeds(), train, validation, test, self.digest, None, self.split, fold)

    def _part(self, places: Any) -> Part | None:
        if not len(places):
            return None
        inputs = {n: v[places] for n, v in self.inputs.items()}
        return Part(inputs, {n: v[places] for n, v in self.targets.items()}, None)


def from_arrays(program: Program, x: Any, y: Any) -> GivenArrays:
    """`x` and `y` as parts by the spec's split: each an array, (examples, …), or by name.

    No transform is applied, and nothing is stratified, since there are no fields. Raises `BadData`.
    """
    learned = [n for n, o in program.learned.items() if wants(o)]
    inputs = _named(x, [n for n in program.inputs if n not in program.samples], "input")
    targets = _named(y, [n for n in learned if n not in program.targets], "target")
    if len({len(v) for v in (*inputs.values(), *targets.values())}) != 1:
        raise BadData("the arrays hold different numbers of examples")
    split = program.data.split if program.data is not None else Split()
    return GivenArrays(inputs, targets, split.model_copy(update={"stratify": None}))


def _named(given: Any, names: list[str], what: str) -> dict[str, Array]:
    import numpy as np

    if isinstance(given, Mapping):
        found = {str(n): np.asarray(v) for n, v in given.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    elif len(names) == 1:
        found = {names[0]: np.asarray(given)}
    else:
        raise BadData(f"the model has {len(names)} {what}s: give a mapping by name")
    if lacking := [n for n in names if n not in found]:
        raise BadData(f"nothing is given for the {what} `{lacking[0]}`")
    return {n: found[n] for n in names}
