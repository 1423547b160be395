"""Transforms of the shape: `flatten`, `expand_dims`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Int, Kind
from specc.catalogue.mismatch import BadArgument
from specc.data.dataset import FieldType
from specc.data.transforms.transform import Transform

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Flatten(Transform):
    """All numbers of an example in one row: (examples, a, b) -> (examples, a * b)."""

    name: ClassVar[str] = "flatten"

    def type(self, field: FieldType) -> FieldType:
        """One dimension, unknown where one of the field's is."""
        known = [d for d in field.shape if isinstance(d, int)]
        return field.of(prod(known) if len(known) == len(field.shape) else None)

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, all)."""
        return values.reshape(len(values), -1) if values.size else values.reshape(0, 0)


@dataclass(frozen=True)
class ExpandDims(Transform):
    """A new dimension of 1 at `axis`, counted in the example: (8, 8) -> (8, 8, 1)."""

    name: ClassVar[str] = "expand_dims"
    takes: ClassVar[Mapping[str, Kind]] = {"axis": Int(-64, 64)}
    main: ClassVar[str | None] = "axis"

    axis: int = -1

    def type(self, field: FieldType) -> FieldType:
        """The field's shape with a 1 at the axis."""
        rank = len(field.shape)
        if not -rank - 1 <= self.axis <= rank:
            raise BadArgument(f"the field is {field}, so axis {self.axis} is outside of it")
        at = self.axis if self.axis >= 0 else rank + 1 + self.axis
        return field.of(*field.shape[:at], 1, *field.shape[at:])

    def stepwise(self, field: FieldType) -> bool:
        return self.axis > 0 or -len(field.shape) <= self.axis < 0

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, … with a 1)."""
        import numpy as np

        return np.expand_dims(values, self.axis + 1 if self.axis >= 0 else self.axis)
