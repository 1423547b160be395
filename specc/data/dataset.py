"""Dataset: named fields of known types, and a function that loads them.

The types stand beside the loader, so that a check needs neither the data nor the package that it
comes with. A loader imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from specc.catalogue.types import Symbol
from specc.data.source import Source

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray[Any, Any]]

Length = int | Symbol | None
"""A dimension of a field: a number, or not known before the data are (`None`)."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """What one field of every example is: its shape without the batch, and its dtype.

    `classes` is how many there are where the field's whole numbers are classes, from 0; `names`
    are what the classes, or the columns, are called.
    """

    shape: tuple[Length, ...]
    dtype: str
    classes: int | None = None
    names: tuple[str, ...] = ()

    def of(self, *shape: Length) -> FieldType:
        """The same numbers in another shape; the names of columns that are no longer there go."""
        return replace(self, shape=shape, names=self.names if self.classes else ())

    def __str__(self) -> str:
        """The shape as people read it: `(8, 8)`, `(64,)`;."""
        inner = ", ".join("?" if d is None else str(d) for d in self.shape)
        return f"({inner},)" if len(self.shape) == 1 else f"({inner})"


@dataclass(frozen=True)
class Dataset(Source):
    """A registered dataset.

    `load` gives one array for each field, the examples along the first axis, in an order that is
    always the same: `{"image": (1797, 8, 8) float32, "label": (1797,) int64}`. It must not touch
    the network, unless the command line allows it (`specc.lower.fetching`).
    """

    name: str
    fields: Mapping[str, FieldType]
    load: Callable[[], Arrays]
    description: str

    def arrays(self, fields: Sequence[str]) -> dict[str, Any]:
        """The fields that are asked for, of what the loader gives."""
        import numpy as np

        loaded = self.load()
        return {name: np.asarray(loaded[name]) for name in fields}

    def state(self) -> Any:
        """Its name."""
        return self.name
