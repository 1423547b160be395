"""Transforms of the numbers: `scale`, `standardize`, `cast`, `one_hot`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from specc.catalogue.dtypes import FLOATS, INTS, is_float, is_int
from specc.catalogue.kinds import Choice, Float, Int, Kind
from specc.catalogue.mismatch import BadArgument, DTypeMismatch, UnknownSize
from specc.data.dataset import FieldType
from specc.data.transforms.transform import Learner, Transform

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Scale(Transform):
    """Every number times `factor`, as float32."""

    name: ClassVar[str] = "scale"
    takes: ClassVar[Mapping[str, Kind]] = {"factor": Float()}
    main: ClassVar[str | None] = "factor"

    factor: float

    def type(self, field: FieldType) -> FieldType:
        """The same shape, float32."""
        return replace(self.numbers(field), dtype="float32", classes=None)

    def stepwise(self, field: FieldType) -> bool:
        return True

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …)."""
        import numpy as np

        return values.astype(np.float32) * np.float32(self.factor)


@dataclass(frozen=True)
class Standardize(Transform):
    """Mean 0 and deviation 1 at each place of the example, as the training part has them.

    A place that never varies becomes 0, as in scikit-learn's `StandardScaler`.
    """

    name: ClassVar[str] = "standardize"

    mean: tuple[float, ...] | None = None
    deviation: tuple[float, ...] | None = None

    def type(self, field: FieldType) -> FieldType:
        """The same shape, float32; raises where a dimension is unknown."""
        if not all(isinstance(d, int) for d in field.shape):
            raise UnknownSize(
                f"standardize learns a mean for each place, and the field is {field}",
                help="`{pad: …}` before it gives every example one length",
            )
        return replace(self.numbers(field), dtype="float32", classes=None)

    def learner(self, field: FieldType) -> Learner:
        """Learns the mean and deviation over the examples, in double precision."""
        return _Moments()

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …)."""
        import numpy as np

        assert self.mean is not None and self.deviation is not None, "it has not learned yet"
        shape = values.shape[1:]
        mean = np.array(self.mean).reshape(shape)
        deviation = np.array(self.deviation).reshape(shape)
        return ((values.astype(np.float64) - mean) / deviation).astype(np.float32)


class _Moments(Learner):
    """Mean and sum of squared differences, merged piece by piece (Chan, Golub, LeVeque 1979)."""

    def __init__(self) -> None:
        self.count = 0
        self.mean: Any = 0.0
        self.squares: Any = 0.0

    def see(self, values: Array) -> None:
        """Merges the moments of a piece."""
        import numpy as np

        if not len(values):
            return
        rows = values.reshape(len(values), -1).astype(np.float64)
        count, mean, squares = len(rows), rows.mean(axis=0), rows.var(axis=0) * len(rows)
        total, apart = self.count + count, mean - self.mean
        self.squares = self.squares + squares + apart**2 * (self.count * count / total)
        self.mean = mean if not self.count else self.mean + apart * (count / total)
        self.count = total

    def learned(self) -> Mapping[str, Any]:
        """The mean and the deviation; 1 where nothing varies."""
        import numpy as np

        deviation = np.sqrt(self.squares / max(self.count, 1))
        tiny = 10 * np.finfo(np.float64).eps * np.maximum(np.abs(self.mean), 1e-300)
        deviation = np.where(deviation <= tiny, 1.0, deviation)
        return {
            "mean": tuple(np.atleast_1d(self.mean).tolist()),
            "deviation": tuple(np.atleast_1d(deviation).tolist()),
        }


_CASTS = (*FLOATS[1:], *INTS, "bool")


@dataclass(frozen=True)
class Cast(Transform):
    """The same numbers in another dtype; a fraction cast to a whole number is cut off."""

    name: ClassVar[str] = "cast"
    takes: ClassVar[Mapping[str, Kind]] = {"dtype": Choice(_CASTS)}
    main: ClassVar[str | None] = "dtype"

    dtype: str

    def type(self, field: FieldType) -> FieldType:
        """The same shape in the dtype; classes stay classes among whole numbers."""
        kept = field.classes if is_int(self.dtype) else None
        return replace(self.numbers(field), dtype=self.dtype, classes=kept)

    def stepwise(self, field: FieldType) -> bool:
        return True

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …)."""
        return values.astype(self.dtype)


@dataclass(frozen=True)
class OneHot(Transform):
    """Each class as a row with a single 1: (examples, …) -> (examples, …, classes), float32.

    `classes` may be left out where the field says how many it has.
    """

    name: ClassVar[str] = "one_hot"
    takes: ClassVar[Mapping[str, Kind]] = {"classes": Int(1, 10_000_000)}
    main: ClassVar[str | None] = "classes"

    classes: int | None = None

    def type(self, field: FieldType) -> FieldType:
        """The shape with one more dimension; raises where the field has other classes."""
        if is_float(field.dtype) or field.dtype == "string":
            text = field.dtype == "string"
            raise DTypeMismatch(
                f"one_hot wants whole numbers from 0, and the field holds {field.dtype}",
                help=None if text else "`{cast: int32}` before it makes them whole",
            )
        if self.classes is None and field.classes is None:
            raise UnknownSize(
                "how many classes the field has is not known", help="write `{one_hot: 10}`"
            )
        if self.classes is not None and (field.classes or 0) > self.classes:
            raise BadArgument(
                f"the field has {field.classes} classes, and one_hot only {self.classes}",
                help=f"write `{{one_hot: {field.classes}}}`",
            )
        depth = self.classes or field.classes
        return replace(field, shape=(*field.shape, depth), dtype="float32", classes=None)

    def settled(self, field: FieldType) -> Self:
        """Takes the number of classes from the field where none is given."""
        return self if self.classes else replace(self, classes=field.classes)

    def stepwise(self, field: FieldType) -> bool:
        return True

    def apply(self, values: Array) -> Array:
        """(examples, …) -> (examples, …, classes)."""
        import numpy as np

        assert self.classes is not None, "it has not learned yet"
        labels = values.astype(np.int64)
        if labels.size and not 0 <= labels.min() <= labels.max() < self.classes:
            raise BadArgument(
                f"one_hot has {self.classes} classes, and the data has {labels.min()} to "
                f"{labels.max()}"
            )
        return (labels[..., None] == np.arange(self.classes)).astype(np.float32)
