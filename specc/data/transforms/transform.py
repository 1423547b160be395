"""Transform: the base of all transforms. To add one, write a class and list it in `table`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from specc.catalogue.mismatch import DTypeMismatch
from specc.data.arguments import Arguments
from specc.data.dataset import FieldType

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class Learner(ABC):
    """Sees the training part, whole or piece by piece, and says what a transform learns of it."""

    @abstractmethod
    def see(self, values: Array) -> None:
        """Takes note of a piece, (examples, …)."""

    @abstractmethod
    def learned(self) -> Mapping[str, Any]:
        """What was learned, by the transform's names; raises a `Mismatch` if it cannot be."""


@dataclass(frozen=True)
class Transform(Arguments, ABC):
    """One step of a binding: `flatten`, `{scale: 0.0625}`, `{tokenize: {max_tokens: 1000}}`.

    A subclass is a frozen dataclass; its fields are its arguments and, with the default `None`,
    what it learns.
    """

    takes_ragged: ClassVar[bool] = False
    """Whether it takes sequences of different lengths, (examples,) of arrays, as they are."""
    fills: ClassVar[bool] = False
    """Whether it puts something in the place of values that are missing."""

    @abstractmethod
    def type(self, field: FieldType) -> FieldType:
        """What it makes of a field's type; raises a `Mismatch` where it does not fit."""

    def settled(self, field: FieldType) -> Self:
        """A copy that has taken from the field's type what its arguments leave open."""
        return self

    def learner(self, field: FieldType) -> Learner | None:
        """What it learns by, from a field of that type; `None` where it learns nothing."""
        return None

    def fit(self, values: Array, field: FieldType) -> Self:
        """A copy that has learned from the training part, (examples, …), of that type."""
        settled, learner = self.settled(field), self.learner(field)
        if learner is None:
            return settled
        learner.see(values)
        return replace(settled, **learner.learned())

    @abstractmethod
    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …), as `type` says; raises a `Mismatch` on what it cannot."""

    def stepwise(self, field: FieldType) -> bool:
        """Whether what it makes of a step depends on that step alone, so that it may be cut."""
        return False

    def state(self) -> dict[str, Any]:
        """Its arguments and what it learned, as JSON has them, under its name."""
        return {"name": self.name} | {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """The transform that `state` was taken of; lists become tuples again."""
        held = {k: tuple(v) if isinstance(v, list) else v for k, v in state.items() if k != "name"}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # JSON's lists
        return cls(**held)

    def numbers(self, field: FieldType) -> FieldType:
        """The field's type, if it holds numbers; raises `DTypeMismatch`."""
        if field.dtype == "string":
            raise DTypeMismatch(
                f"{self.name} wants numbers, and the field holds text",
                help="`tokenize` makes numbers of text, `classes` of names",
            )
        return field
