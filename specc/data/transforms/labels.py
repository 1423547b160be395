"""Transforms of tables: `classes`, which makes numbers of names, and `impute`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.dtypes import is_float
from specc.catalogue.kinds import Choice, Float, Kind, ListOf, Text, Union
from specc.catalogue.mismatch import BadArgument, DTypeMismatch, RankMismatch
from specc.data.dataset import FieldType
from specc.data.transforms.transform import Learner, Transform

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

MOST = 1_000_000
"""How many classes may be learned."""


@dataclass(frozen=True)
class Classes(Transform):
    """Names, or any whole numbers, as classes from 0, in alphabetical or numerical order.

    They are those of the training part, unless `names` lists them; a prediction shows them.
    """

    name: ClassVar[str] = "classes"
    takes: ClassVar[Mapping[str, Kind]] = {"names": ListOf(Text(), 1, MOST)}
    main: ClassVar[str | None] = "names"

    names: tuple[str, ...] | None = None

    def type(self, field: FieldType) -> FieldType:
        """() of text or whole numbers -> () of classes."""
        if is_float(field.dtype):
            raise DTypeMismatch(
                f"classes wants names or whole numbers, and the field holds {field.dtype}",
                help="`{cast: int32}` before it makes them whole",
            )
        if field.shape:
            raise RankMismatch(f"classes wants one value an example, and the field is {field}")
        known = len(self.names) if self.names else None
        return FieldType((), "int64", known, self.names or ())

    def learner(self, field: FieldType) -> Learner | None:
        return None if self.names else _Names()

    def apply(self, values: Array) -> Array:
        """(examples,) -> (examples,) of int64."""
        import numpy as np

        assert self.names is not None, "it has not learned yet"
        index = {name: i for i, name in enumerate(self.names)}
        found, inverse = np.unique(values.astype(str), return_inverse=True)
        for name in found:
            if str(name) not in index:
                raise BadArgument(
                    f"`{str(name)[:60]}` is none of its classes, which are "
                    f"{', '.join(self.names[:5])}{' …' if len(self.names) > 5 else ''}"
                )
        numbers = np.array([index[str(name)] for name in found], np.int64)
        return numbers[inverse] if len(numbers) else np.zeros(0, np.int64)


class _Names(Learner):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def see(self, values: Array) -> None:
        """Takes note of the names of a piece."""
        import numpy as np

        self.found.update(map(str, np.unique(values.astype(str))))
        if len(self.found) > MOST:
            raise BadArgument(f"there are more than {MOST:,} classes")

    def learned(self) -> Mapping[str, Any]:
        """The names: numbers in their order, others in that of the alphabet."""
        whole = all(n.removeprefix("-").isdecimal() for n in self.found)
        return {"names": tuple(sorted(self.found, key=int if whole else None))}


@dataclass(frozen=True)
class Impute(Transform):
    """Something in the place of every missing number: the training part's mean, or a number."""

    name: ClassVar[str] = "impute"
    takes: ClassVar[Mapping[str, Kind]] = {"by": Union((Choice(("mean",)), Float()))}
    main: ClassVar[str | None] = "by"
    fills: ClassVar[bool] = True

    by: str | float = "mean"
    means: tuple[float, ...] | None = None

    def type(self, field: FieldType) -> FieldType:
        """The same shape; whole numbers become float32, since one was missing."""
        if not all(isinstance(d, int) for d in field.shape):
            raise RankMismatch(f"impute wants examples of one length, and the field is {field}")
        dtype = field.dtype if is_float(self.numbers(field).dtype) else "float32"
        return replace(field, dtype=dtype, classes=None)

    def learner(self, field: FieldType) -> Learner | None:
        return _Means() if self.by == "mean" else None

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …)."""
        import numpy as np

        dtype = values.dtype if values.dtype.kind == "f" else np.float32
        rows = values.reshape(len(values), -1).astype(dtype)
        fill = np.array(self.means if self.by == "mean" else [self.by], dtype)
        return np.where(np.isnan(rows), fill, rows).reshape(values.shape)


class _Means(Learner):
    def __init__(self) -> None:
        self.total: Any = 0.0
        self.count: Any = 0

    def see(self, values: Array) -> None:
        """Adds up a piece."""
        import numpy as np

        rows = values.reshape(len(values), -1).astype(np.float64)
        self.total = self.total + np.nansum(rows, axis=0)
        self.count = self.count + (~np.isnan(rows)).sum(axis=0)

    def learned(self) -> Mapping[str, Any]:
        """The mean of each place; 0 where all is missing."""
        import numpy as np

        return {"means": tuple(np.divide(self.total, np.maximum(self.count, 1)).tolist())}
