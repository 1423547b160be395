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


def parts(count: int, split: Split, classes: Any = None) -> Parts:
    """The parts of `count` examples, the same for the same seed.

    `classes`, (count,), are kept in proportion: every class gives each part its share, and what is
    left over goes to the classes with the largest remainders. Raises `CannotSplit`.
    """
    import numpy as np

    if (reason := why_not(split)) is not None:
        raise CannotSplit(reason)
    generator = np.random.default_rng(split.seed)
    groups = [np.arange(count)]
    if classes is not None:
        _, group = np.unique(np.asarray(classes).astype(str), return_inverse=True)
        groups = [np.flatnonzero(group == g) for g in range(int(group.max(initial=-1)) + 1)]
    sizes = np.array([len(g) for g in groups])
    tests = _shares(sizes, split.test, count)
    validations = _shares(sizes, split.validation, count)
    train: list[Indices] = []
    validation: list[Indices] = []
    test: list[Indices] = []
    for group, n_test, n_validation in zip(groups, tests, validations, strict=True):
        shuffled = generator.permutation(group)
        test.append(shuffled[:n_test])
        validation.append(shuffled[n_test : n_test + n_validation])
        train.append(shuffled[n_test + n_validation :])
    made = Parts(*(np.sort(np.concatenate(p)) for p in (train, validation, test)))
    _refuse_empty(made, split, count)
    return made


def _shares(sizes: Any, fraction: float, count: int) -> list[int]:
    """How many of each group go to a part, their sum being the rounded fraction of the whole."""
    import numpy as np

    exact = sizes * fraction
    taken = np.floor(exact).astype(int)
    lacking = int(np.floor(count * fraction + 0.5)) - int(taken.sum())
    order = np.argsort(-(exact - taken), kind="stable")
    taken[order[: max(lacking, 0)]] += 1
    return taken.tolist()


def _refuse_empty(made: Parts, split: Split, count: int) -> None:
    wanted = {
        "training": (made.train, True),
        "validation": (made.validation, split.validation > 0),
        "the test": (made.test, split.test > 0),
    }
    for name, (part, asked) in wanted.items():
        if asked and not len(part):
            raise CannotSplit(f"of {count} examples the split leaves none for {name}")
