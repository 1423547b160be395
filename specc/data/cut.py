"""Cuts along the time: which stretch of every example a part has, where windows are taken of it.

Windows overlap, so that random ones for validation would hold what was trained on. So each example
is cut before: the beginning is for training, what follows for validation, the end for the test, and
no window spans a cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from specc.data.dataset import FieldType
from specc.document.spec import Split

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Indices = np.ndarray[Any, np.dtype[np.int64]]
    Selection = Indices | tuple["Stretch", ...]
    """Which examples a part has: by their numbers, or a stretch of each of them."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of every example, as shares of its length: from 0.0 to 0.8."""

    start: float
    stop: float

    def of(self, length: int) -> slice:
        """The steps of an example of that length."""
        return slice(round(self.start * length), round(self.stop * length))


@dataclass(frozen=True)
class Stretches:
    """The stretches of each part; none overlaps another."""

    train: tuple[Stretch, ...]
    validation: tuple[Stretch, ...]
    test: tuple[Stretch, ...]


def stretches(split: Split, fold: int | None = None) -> Stretches:
    """The parts of a split along the time. `fold`, from 1, is the stretch for validation.

    What lies before and after that is for training.
    """
    if fold is not None:
        assert split.folds is not None
        return fold_stretches(split, split.folds)[fold - 1]
    test = 1.0 - split.test
    validation = test - split.validation
    return Stretches(
        (Stretch(0.0, validation),),
        (Stretch(validation, test),) if split.validation else (),
        (Stretch(test, 1.0),) if split.test else (),
    )


def fold_stretches(split: Split, folds: int) -> list[Stretches]:
    """Each of `folds` stretches is for validation once, what lies before and after for training."""
    whole = 1.0 - split.test
    edges = [whole * i / folds for i in range(folds + 1)]
    test = (Stretch(whole, 1.0),) if split.test else ()
    return [
        Stretches(
            tuple(Stretch(a, b) for a, b in ((0.0, start), (stop, whole)) if b > a),
            (Stretch(start, stop),),
            test,
        )
        for start, stop in pairwise(edges)
    ]


def take(values: Array, type_: FieldType | None, places: Selection, *, cut: bool) -> Array:
    """What a part has of a field: (examples, …) -> (its examples, …).

    Of stretches there is one example for each of them and each example, where the field is `cut`;
    otherwise the example itself.
    """
    import numpy as np

    if isinstance(places, np.ndarray):
        return values[places]
    text = type_ is not None and type_.dtype == "string"
    pieces = [_cut(values, text, stretch) if cut else values for stretch in places]
    return pieces[0] if len(pieces) == 1 else _joined(pieces)


def _cut(values: Array, text: bool, stretch: Stretch) -> Array:
    if values.dtype != object:
        return values[:, stretch.of(values.shape[1])]
    held = (str(v) if text else v for v in values)
    return _objects([v[stretch.of(len(v))] for v in held])


def _joined(pieces: list[Array]) -> Array:
    """The pieces one behind the other, as a row of arrays where they differ in length."""
    import numpy as np

    if len({p.shape[1:] for p in pieces}) == 1:
        return np.concatenate(pieces)
    return _objects([row for piece in pieces for row in piece])


def _objects(rows: list[Any]) -> Array:
    """A row of whatever it is: (rows,)."""
    import numpy as np

    made = np.empty(len(rows), object)
    for i, row in enumerate(rows):
        made[i] = row
    return made
