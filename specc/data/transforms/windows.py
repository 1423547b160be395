"""`windows`: pieces of a sequence, as examples of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from specc.catalogue.kinds import Int, Kind
from specc.catalogue.mismatch import MissingArgument, RankMismatch, ShapeMismatch
from specc.data.dataset import FieldType
from specc.data.transforms.transform import Transform

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Windows(Transform):
    """Pieces of `length` steps, one beginning every `step` steps, as examples of their own.

    With `offset` each piece begins that many steps later: `{length: 60}` and beside it
    `{length: 1, offset: 60}` are sixty steps and the one that follows them. `reach` is how many
    steps the longest of all windows of the data goes, its offset counted: what begins where that
    no longer fits is left out, so that every binding has equally many.
    """

    name: ClassVar[str] = "windows"
    takes: ClassVar[Mapping[str, Kind]] = {
        "length": Int(1, 2**31 - 1),
        "step": Int(1, 2**31 - 1),
        "offset": Int(0, 2**31 - 1),
    }
    takes_ragged: ClassVar[bool] = True

    length: int
    step: int = 1
    offset: int = 0
    reach: int = 0

    @classmethod
    def read(cls, written: Any) -> Self:
        """Wants a mapping, as its numbers could be mistaken for one another."""
        if not isinstance(written, Mapping):
            raise MissingArgument(
                "windows needs `length`", help="write `{windows: {length: 60, step: 3}}`"
            )
        return super().read(written)  # pyright: ignore[reportUnknownArgumentType]

    @property
    def end(self) -> int:
        """The steps from the beginning of a window's place to the end of the window."""
        return self.offset + self.length

    def type(self, field: FieldType) -> FieldType:
        """(time, …) -> (length, …)."""
        if not field.shape:
            text = field.dtype == "string"
            raise RankMismatch(
                "windows wants a sequence, and the field is one value an example",
                help="`tokenize` before it makes a sequence of a text" if text else None,
            )
        steps = field.shape[0]
        if isinstance(steps, int) and steps < self.end:
            raise ShapeMismatch(f"the field has {steps} steps, and the window ends at {self.end}")
        return replace(field, shape=(self.length, *field.shape[1:]), names=())

    def counts(self, values: Array) -> list[int]:
        """How many windows each example has."""
        reach = max(self.reach, self.end)
        return [max(0, (len(row) - reach) // self.step + 1) for row in values]

    def apply(self, values: Array) -> Array:
        """(examples, time, …), or a row of arrays -> (windows of all examples, length, …).

        They are views of the sequences as long as nothing changes them: no number is kept twice.
        """
        import numpy as np

        made = [self._windows(row, n) for row, n in zip(values, self.counts(values), strict=True)]
        made = [m for m in made if len(m)] or made[:1]
        if not made:
            rest = values.shape[2:]
            return np.zeros((0, self.length, *rest), np.int32 if values.dtype == object else None)
        return made[0] if len(made) == 1 else np.concatenate(made)

    def _windows(self, row: Array, count: int) -> Array:
        import numpy as np

        row = np.asarray(row)
        if not count:
            return np.zeros((0, self.length, *row.shape[1:]), row.dtype)
        pieces = np.lib.stride_tricks.sliding_window_view(row, self.length, axis=0)
        chosen = pieces[self.offset :: self.step][:count]
        return np.moveaxis(chosen, -1, 1)
