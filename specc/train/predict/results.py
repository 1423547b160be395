"""Results: what a model says of some examples, as the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specc.data.feed import Feed
from specc.train.run import Run

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FILE = "file"
"""What the column of the examples' files is called."""


@dataclass(frozen=True)
class Results:
    """The outputs of some examples by name, (examples, …), and the file of each of them."""

    outputs: Mapping[str, Array]
    files: Sequence[str] | None = None
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """What the classes of outputs are called."""

    @property
    def count(self) -> int:
        """How many examples there are."""
        return len(next(iter(self.outputs.values())))

    def columns(self) -> dict[str, Sequence[str] | Array]:
        """The columns by name, (examples,): the file, and for each output the class and numbers."""
        made: dict[str, Sequence[str] | Array] = {}

        def add(name: str, values: Sequence[str] | Array) -> None:
            while name in made:  # as `a_0` is an output, and the first number of `a`
                name += "_"
            made[name] = values

        for name, values in self.outputs.items():
            flat = values.reshape(len(values), -1)
            count, named = flat.shape[1], self.classes.get(name)
            labels = named if named and len(named) == count else tuple(map(str, range(count)))
            if named is not None and values.ndim == 2 and count > 1:
                chosen: list[str] = [labels[i] for i in flat.argmax(axis=1)]
                add(name, chosen)
            if count == 1:
                add(name, flat[:, 0])
                continue
            for i, label in enumerate(labels):
                add(f"{name}_{label}", flat[:, i])
        if self.files is None:
            return made
        file = FILE
        while file in made:
            file += "_"
        return {file: self.files, **made}


def classes(run: Run) -> dict[str, tuple[str, ...]]:
    """What the classes of each output are called whose target holds classes."""
    found = {n: _classes(f) for n, f in run.feeds.targets.items()}
    return {n: c for n, c in found.items() if c is not None}


def _classes(feed: Feed) -> tuple[str, ...] | None:
    """By the data, or as a transform has learned them."""
    type_, found = feed.type, feed.type
    for transform in feed.transforms:
        type_ = transform.type(type_)
        found = type_ if type_.classes else found
    if not found.classes:
        return None
    return found.names or tuple(map(str, range(found.classes)))
