"""Splits: which examples are for training, which for validation, which for the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specc.document.spec import Split

if TYPE_CHECKING:
    import numpy as np

    Indices = np.ndarray[Any, np.dtype[np.int64]]


class CannotSplit(ValueError):
    """The data cannot be split as the spec says; the text says why."""

    status = 1


@dataclass(frozen=True)
class Parts:
    """The places of the examples of each part, ascending; no example is in two of them."""

    train: Indices
    validation: Indices
    test: Indices


def why_not(split: Split) -> str | None:
    """What is wrong with the fractions, whatever the data; `None` where nothing is."""
    if split.validation + split.test >= 1:
        left = f"{split.validation:g} for validation and {split.test:g} for the test"
        return f"{left} leave nothing for training"
    if split.folds is not None and split.validation:
        return "`folds` stands in place of `validation`, and both are given"
    return None


def parts(count: int, split: Split, classes: Any = None, fold: int | None = None) -> Parts:
    """The parts of `count` examples, the same for the same seed.

    `classes`, (count,), are kept in proportion: every class gives each part its share, and what is
    left over goes to the classes with the largest remainders. `fold`, from 1, is the one of
    `split.folds` that is for validation. Raises `CannotSplit`.
    """
    import numpy as np

    assigned = assignment(count, split, classes, fold)
    return Parts(*(np.flatnonzero(assigned == part) for part in (TRAIN, VALIDATION, TEST)))


TRAIN, VALIDATION, TEST = range(3)


def assignment(count: int, split: Split, classes: Any = None, fold: int | None = None) -> Any:
    """The part of each example, (count,) of bytes; what `parts` gives. Raises `CannotSplit`."""
    import numpy as np

    if (reason := why_not(split)) is not None:
        raise CannotSplit(reason)
    generator = np.random.default_rng(split.seed)
    groups = _groups(count, classes)
    sizes = np.array([len(g) for g in groups])
    tests = _shares(sizes, split.test, count)
    validations = _shares(sizes, split.validation, count)
    made = np.full(count, TRAIN, np.uint8)
    for group, n_test, n_validation in zip(groups, tests, validations, strict=True):
        shuffled = generator.permutation(group)
        made[shuffled[:n_test]] = TEST
        made[shuffled[n_test : n_test + n_validation]] = VALIDATION
    _refuse_empty(made, split, count)
    if fold is not None:
        made[_folds(made, split, groups) == fold - 1] = VALIDATION
    return made


def _folds(assigned: Any, split: Split, groups: list[Any]) -> Any:
    """The fold of each example, from 0, and -1 of those for the test: (count,).

    Each example is validated on once. The test part is that of every other split, and the same in
    all folds. Classes are kept in proportion. Raises `CannotSplit`.
    """
    import numpy as np

    assert split.folds is not None
    generator = np.random.default_rng([split.seed, split.folds])
    fold = np.full(len(assigned), -1, np.int32)
    begun = 0
    for group in groups:
        shuffled = generator.permutation(group[assigned[group] != TEST])
        # one group goes on where the one before ended, so that all folds are equally large
        fold[shuffled] = (begun + np.arange(len(shuffled))) % split.folds
        begun += len(shuffled)
    if begun < split.folds:
        raise CannotSplit(f"{begun} examples cannot make {split.folds} folds")
    return fold


def _groups(count: int, classes: Any) -> list[Any]:
    """The examples of each class; all of them where there are none."""
    import numpy as np

    if classes is None:
        return [np.arange(count, dtype=np.int32 if count < 2**31 else np.int64)]
    _, group = np.unique(np.asarray(classes).astype(str), return_inverse=True)
    return [np.flatnonzero(group == g) for g in range(int(group.max(initial=-1)) + 1)]


def _shares(sizes: Any, fraction: float, count: int) -> list[int]:
    """How many of each group go to a part, their sum being the rounded fraction of the whole."""
    import numpy as np

    exact = sizes * fraction
    taken = np.floor(exact).astype(int)
    lacking = int(np.floor(count * fraction + 0.5)) - int(taken.sum())
    order = np.argsort(-(exact - taken), kind="stable")
    taken[order[: max(lacking, 0)]] += 1
    return taken.tolist()


def _refuse_empty(made: Any, split: Split, count: int) -> None:
    wanted = {
        "training": (TRAIN, True),
        "validation": (VALIDATION, split.validation > 0),
        "the test": (TEST, split.test > 0),
    }
    for name, (part, asked) in wanted.items():
        if asked and not (made == part).any():
            raise CannotSplit(f"of {count} examples the split leaves none for {name}")
