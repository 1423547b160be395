"""Data that a program passes in place of the spec's: arrays as the model takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_mapping
from specc.data.check import wants
from specc.data.failure import BadData
from specc.data.feed import Feeds, Part
from specc.data.load import Divided, Loaded, digest
from specc.data.split import parts
from specc.data.stream import Stream
from specc.document.spec import Split
from specc.infer.program import Program

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class GivenArrays:
    """A part of arrays, and what divides it; no transform is applied. Nothing is stratified."""

    whole: Part
    split: Split

    @property
    def digest(self) -> str:
        """The hash of them all."""
        return self._hash

    @cached_property
    def _hash(self) -> str:
        weights = {} if self.whole.weights is None else {"weights": self.whole.weights}
        return digest(
            {
                **{f"x/{n}": v for n, v in self.whole.inputs.items()},
                **{f"y/{n}": v for n, v in self.whole.targets.items()},
                **weights,
            }
        )

    def loaded(self, fold: int | None = None) -> Loaded:
        """The parts, as they are; `fold` counts from 1. Raises `CannotSplit`."""
        found = parts(self.whole.count, self.split, None, fold)

        def part(places: Any) -> Part | None:
            return self.whole.at(places) if len(places) else None

        train = part(found.train)
        assert train is not None  # `parts` refuses a split without training
        validation, test = part(found.validation), part(found.test)
        return Loaded(Feeds(), train, validation, test, self.digest, None, self.split, fold)


@dataclass(frozen=True)
class GivenStream:
    """Examples that are all for training: what has an order of its own is not divided."""

    stream: Stream
    split: Split

    @property
    def digest(self) -> None:
        """None: what a program makes on the way is not known before."""
        return

    def loaded(self, fold: int | None = None) -> Loaded:
        """The one part."""
        return Loaded(Feeds(), self.stream, None, None, None, None, self.split, fold)


@dataclass(frozen=True)
class WithParts:
    """Data whose validation or test part a program gives by itself."""

    whole: Divided
    own: Mapping[str, Callable[[Feeds], Part | Stream]]
    """By `validation` and `test`: the part, made by the transforms that have been fitted."""

    @property
    def split(self) -> Split:
        """What the rest is divided by."""
        return self.whole.split

    @property
    def digest(self) -> str | None:
        """The hash of what is divided."""
        return self.whole.digest

    def loaded(self, fold: int | None = None) -> Loaded:
        """The parts, those that are given by themselves among them."""
        made = self.whole.loaded(fold)
        found: dict[str, Any] = {name: part(made.feeds) for name, part in self.own.items()}
        return replace(made, **found)


def taken_inputs(program: Program) -> list[str]:
    """The inputs that data feeds."""
    return [n for n in program.inputs if n not in program.samples]


def taken_targets(program: Program) -> list[str]:
    """The outputs whose targets are in the data."""
    return [n for n, o in program.learned.items() if wants(o) and n not in program.targets]


def whole_part(program: Program, x: Any, y: Any, weights: Any = None) -> Part:
    """`x`, `y` and sample weights, each one array, (examples, …), or by name; raises `BadData`."""
    import numpy as np

    inputs = _named(x, taken_inputs(program), "input")
    targets = _named(y, taken_targets(program), "target")
    arrays = [*inputs.values(), *targets.values()]
    given = None if weights is None else np.asarray(weights, np.float32)
    if given is not None and given.ndim != 1:
        raise BadData("sample weights are one number for each example")
    if any(not a.ndim for a in arrays):
        raise BadData("an array holds examples along its first axis, and one given has none")
    if len({len(a) for a in (*arrays, *([] if given is None else [given]))}) != 1:
        raise BadData("the arrays hold different numbers of examples")
    return Part(inputs, targets, given)


def _named(given: Any, names: Sequence[str], what: str) -> dict[str, Array]:
    import numpy as np

    if is_mapping(given):
        found = {str(n): np.asarray(v) for n, v in given.items()}
    elif given is not None and len(names) == 1:
        found = {names[0]: np.asarray(given)}
    elif given is not None and names:
        raise BadData(f"the model has {len(names)} {what}s: give a mapping by name")
    else:
        found = {}
    if lacking := [n for n in names if n not in found]:
        raise BadData(f"nothing is given for the {what} `{lacking[0]}`")
    return {n: found[n] for n in names}
