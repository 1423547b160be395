"""Feeds: bindings whose transforms have learned, and the arrays that they give the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from specc.catalogue.mismatch import Mismatch
from specc.data.binding import Bound, bindings, bound
from specc.data.dataset import FieldType
from specc.data.transforms.table import restore_transform
from specc.data.transforms.transform import Transform
from specc.document.spec import Data
from specc.infer.program import Program

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]


class BadData(ValueError):
    """The data is not what the spec or the run says; the text says which field, and why."""

    status = 1


@dataclass(frozen=True)
class Feed:
    """One field on its way to an input or target: (examples, …) -> (examples, …)."""

    field: str
    type: FieldType
    """What the field is before its transforms."""
    transforms: tuple[Transform, ...] = ()

    def fit(self, values: Array, type_: FieldType) -> Feed:
        """The feed with transforms that have learned from the training part."""
        learned: list[Transform] = []
        for transform in self.transforms:
            fitted = transform.fit(values, type_)
            values, type_ = fitted.apply(values), fitted.type(type_)
            learned.append(fitted)
        return replace(self, transforms=tuple(learned))

    def apply(self, values: Array) -> Array:
        """What the model gets of the field's values; raises `BadData`."""
        for transform in self.transforms:
            try:
                values = transform.apply(values)
            except Mismatch as error:
                raise BadData(f"the field `{self.field}`: {error.message}") from error
        return values

    def state(self) -> dict[str, Any]:
        """The feed as JSON has it."""
        return {
            "field": self.field,
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
        return cls(state["field"], type_, transforms)


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


@dataclass(frozen=True)
class Feeds:
    """Every input's and target's feed, and the field of the examples' weights."""

    inputs: Mapping[str, Feed] = field(default_factory=dict[str, Feed])
    targets: Mapping[str, Feed] = field(default_factory=dict[str, Feed])
    weight: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are used, sorted."""
        used = {f.field for f in (*self.inputs.values(), *self.targets.values())}
        return tuple(sorted(used | ({self.weight} if self.weight else set())))

    def fit(self, arrays: Arrays, index: Array, types: Mapping[str, FieldType]) -> Feeds:
        """The feeds, fitted on the examples of the training part: the places in `index`."""
        return replace(
            self,
            inputs={
                n: f.fit(arrays[f.field][index], types[f.field]) for n, f in self.inputs.items()
            },
            targets={
                n: f.fit(arrays[f.field][index], types[f.field]) for n, f in self.targets.items()
            },
        )

    def part(self, arrays: Arrays, index: Array) -> Part:
        """What the model gets of the examples at the places in `index`."""
        return Part(
            {n: f.apply(arrays[f.field][index]) for n, f in self.inputs.items()},
            {n: f.apply(arrays[f.field][index]) for n, f in self.targets.items()},
            arrays[self.weight][index].astype("float32") if self.weight else None,
        )

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


def feeds(program: Program, data: Data, fields: Mapping[str, FieldType]) -> Feeds:
    """The feeds of a data section, not fitted yet; what the program does not take is left out."""
    sides: dict[str, dict[str, Feed]] = {"inputs": {}, "targets": {}}
    for side, name, binding, path in bindings(program, data):
        known = program.inputs if side == "inputs" else program.outputs
        if name in known:
            sides[side][name] = _feed(bound(name, binding, path, fields))
    return Feeds(sides["inputs"], sides["targets"], data.sample_weight)


def _feed(found: Bound) -> Feed:
    return Feed(found.field, found.given, found.transforms)
