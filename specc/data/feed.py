"""Feeds: bindings whose transforms have learned, and the arrays that they give the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from specc.catalogue.mismatch import Mismatch
from specc.data.binding import Bound, bindings, bound
from specc.data.columns import Columns
from specc.data.cut import take
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.ragged import is_ragged, rectangle
from specc.data.transforms.table import restore_transform
from specc.data.transforms.transform import Transform
from specc.data.transforms.windows import Windows
from specc.document.spec import Data
from specc.infer.program import Program

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]

    from specc.data.cut import Selection


@dataclass(frozen=True)
class Feed:
    """One field on its way to an input or target: (examples, …) -> (examples, …)."""

    columns: Columns
    transforms: tuple[Transform, ...] = ()

    @property
    def field(self) -> str:
        """What the field is called."""
        return self.columns.name

    @property
    def type(self) -> FieldType:
        """What the field is before its transforms."""
        return self.columns.type

    @property
    def made(self) -> FieldType:
        """What it is after them, with what they have learned."""
        type_ = self.type
        for transform in self.transforms:
            type_ = transform.type(type_)
        return type_

    @property
    def fills(self) -> bool:
        """Whether values may be missing in the field."""
        return any(t.fills for t in self.transforms)

    @property
    def windows(self) -> Windows | None:
        """The transform that makes several examples of one, if there is one."""
        return next((t for t in self.transforms if isinstance(t, Windows)), None)

    def reaching(self, reach: int) -> Feed:
        """The feed whose windows leave out what begins where `reach` steps no longer fit."""
        return replace(
            self,
            transforms=tuple(
                replace(t, reach=reach) if isinstance(t, Windows) else t for t in self.transforms
            ),
        )

    def fit(self, values: Array) -> Feed:
        """The feed with transforms that have learned from the training part; raises `BadData`."""
        learned: list[Transform] = []
        type_ = self.type
        for transform in self.transforms:
            values = _as_taken(transform, values, type_)
            try:
                fitted = transform.fit(values, type_)
                values, type_ = fitted.apply(values), fitted.type(type_)
            except Mismatch as error:
                raise BadData(f"the field `{self.field}`: {error.message}") from error
            learned.append(fitted)
        return replace(self, transforms=tuple(learned))

    def apply(self, values: Array) -> Array:
        """What the model gets of the field's values; raises `BadData`."""
        return self.spread(values)[0]

    def spread(self, values: Array) -> tuple[Array, list[int] | None]:
        """What the model gets, and how many windows each example became, where there are any."""
        type_, counts = self.type, None
        for transform in self.transforms:
            values = _as_taken(transform, values, type_)
            try:
                if isinstance(transform, Windows):
                    counts = transform.counts(values)
                values = transform.apply(values)
                type_ = transform.type(type_)
            except Mismatch as error:
                raise BadData(f"the field `{self.field}`: {error.message}") from error
        if is_ragged(values, type_):
            values = rectangle(list(values), dtype=type_.dtype)
        return values, counts

    def state(self) -> dict[str, Any]:
        """The feed as JSON has it."""
        return {
            "field": self.columns.names[0],
            "columns": list(self.columns.names) if self.columns.together else None,
            "shape": list(self.type.shape),
            "dtype": self.type.dtype,
            "classes": self.type.classes,
            "names": list(self.type.names),
            "transforms": [t.state() for t in self.transforms],
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Feed:
        """The feed that `state` was taken of."""
        transforms = tuple(restore_transform(t) for t in state["transforms"])
        type_ = FieldType(
            tuple(state["shape"]), state["dtype"], state["classes"], tuple(state["names"])
        )
        names = state.get("columns")
        return cls(Columns(tuple(names or [state["field"]]), type_, bool(names)), transforms)


def _as_taken(transform: Transform, values: Array, type_: FieldType) -> Array:
    """The values as a transform takes them: a rectangle, unless it takes sequences as they are."""
    if transform.takes_ragged or not is_ragged(values, type_):
        return values
    return rectangle(list(values), dtype=type_.dtype)


def _taken(feed: Feed, arrays: Arrays, places: Selection) -> Array:
    """What a part has of a feed's field; a sequence is cut where windows are taken of it."""
    cut = feed.windows is not None
    return take(feed.columns.of(arrays), feed.type, places, cut=cut)


@dataclass(frozen=True)
class Part:
    """The arrays of one part, each (examples, …), by the model's names."""

    inputs: Arrays
    targets: Arrays
    weights: Array | None
    """(examples,) or none."""

    @property
    def count(self) -> int:
        """How many examples there are."""
        return len(next(iter({**self.inputs, **self.targets}.values())))

    def at(self, places: Any) -> Part:
        """The examples at some places, or of a slice."""
        return Part(
            {n: v[places] for n, v in self.inputs.items()},
            {n: v[places] for n, v in self.targets.items()},
            None if self.weights is None else self.weights[places],
        )


@dataclass(frozen=True)
class Feeds:
    """Every input's and target's feed, and the field of the examples' weights."""

    inputs: Mapping[str, Feed] = field(default_factory=dict[str, Feed])
    targets: Mapping[str, Feed] = field(default_factory=dict[str, Feed])
    weight: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are used, sorted."""
        used = {n for f in self._all for n in f.columns.names}
        return tuple(sorted(used | ({self.weight} if self.weight else set())))

    @property
    def windowed(self) -> bool:
        """Whether an example becomes several, so that the data is cut along its time."""
        return any(f.windows for f in self._all)

    @property
    def _all(self) -> tuple[Feed, ...]:
        return (*self.inputs.values(), *self.targets.values())

    def aligned(self) -> Feeds:
        """The feeds with as many windows for each as fit for all of them."""
        reach = max((w.end for f in self._all if (w := f.windows)), default=0)
        return replace(
            self,
            inputs={n: f.reaching(reach) for n, f in self.inputs.items()},
            targets={n: f.reaching(reach) for n, f in self.targets.items()},
        )

    def alone(self) -> Feeds:
        """The inputs without targets, for prediction: windows need no room for what follows."""
        return replace(self, targets={}, weight=None).aligned()

    def fit(self, arrays: Arrays, places: Selection) -> Feeds:
        """The feeds, fitted on the examples of the training part, which stand at `places`."""
        return replace(
            self,
            inputs={n: f.fit(_taken(f, arrays, places)) for n, f in self.inputs.items()},
            targets={n: f.fit(_taken(f, arrays, places)) for n, f in self.targets.items()},
        )

    def part(self, arrays: Arrays, places: Selection) -> Part:
        """What the model gets of the examples at `places`; raises `BadData`."""
        (inputs, targets), counts = _spread(
            {n: f.spread(_taken(f, arrays, places)) for n, f in feeds.items()}
            for feeds in (self.inputs, self.targets)
        )
        if self.weight is None:
            return Part(inputs, targets, None)
        weights = take(arrays[self.weight], None, places, cut=False).astype("float32")
        return Part(inputs, targets, _repeated(weights, None, counts))

    def fed(self, arrays: Arrays) -> tuple[Arrays, list[int] | None]:
        """The inputs of all examples, and how many windows each became, where there are any."""
        (inputs,), counts = _spread(
            [{n: f.spread(f.columns.of(arrays)) for n, f in self.inputs.items()}]
        )
        return inputs, counts

    def state(self) -> dict[str, Any]:
        """The feeds as JSON has them."""
        return {
            "inputs": {n: f.state() for n, f in self.inputs.items()},
            "targets": {n: f.state() for n, f in self.targets.items()},
            "sample_weight": self.weight,
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Feeds:
        """The feeds that `state` was taken of."""
        return cls(
            {n: Feed.restore(s) for n, s in state["inputs"].items()},
            {n: Feed.restore(s) for n, s in state["targets"].items()},
            state["sample_weight"],
        )


Spread = Mapping[str, tuple["Array", list[int] | None]]


def _spread(made: Iterable[Spread]) -> tuple[list[Arrays], list[int] | None]:
    """What each side has of every window, and how many there are of each example."""
    sides = list(made)
    counts = _agreed(sides)
    return [
        {n: _repeated(values, own, counts) for n, (values, own) in side.items()} for side in sides
    ], counts


def _agreed(sides: Sequence[Spread]) -> list[int] | None:
    """How many windows each example has: the same in all feeds that have any."""
    found: dict[str, list[int]] = {
        n: counts for feeds in sides for n, (_, counts) in feeds.items() if counts is not None
    }
    if not found:
        return None
    first, counts = next(iter(found.items()))
    for name, others in found.items():
        if others != counts:
            raise BadData(
                f"`{first}` has {sum(counts):,} windows and `{name}` {sum(others):,}: the "
                "sequences that they are cut from differ in length"
            )
    if not sum(counts):
        raise BadData(f"a part of the data is too short for a single window of `{first}`")
    return counts


def _repeated(values: Array, own: list[int] | None, counts: list[int] | None) -> Array:
    """One example's values for each of its windows, where the feed has no windows itself."""
    import numpy as np

    return values if counts is None or own is not None else np.repeat(values, counts, axis=0)


def feeds(program: Program, data: Data, fields: Mapping[str, FieldType]) -> Feeds:
    """The feeds of a data section, not fitted yet; what the program does not take is left out."""
    sides: dict[str, dict[str, Feed]] = {"inputs": {}, "targets": {}}
    for side, name, binding, path in bindings(program, data):
        known = program.inputs if side == "inputs" else program.outputs
        if name in known:
            sides[side][name] = _feed(bound(name, binding, path, fields))
    return Feeds(sides["inputs"], sides["targets"], data.sample_weight).aligned()


def _feed(found: Bound) -> Feed:
    return Feed(found.columns, found.transforms)


__all__ = ["BadData", "Feed", "Feeds", "Part", "feeds"]
