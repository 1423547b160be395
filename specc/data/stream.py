"""Stream: a part of data that is larger than memory, batch by batch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specc.catalogue.mismatch import Mismatch
from specc.data.ahead import ahead
from specc.data.failure import BadData
from specc.data.feed import Feed, Feeds, Part
from specc.data.missing import refuse_missing
from specc.data.source import Pieces, Source
from specc.data.split import TEST, TRAIN, VALIDATION

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]

POOL = 2**17
"""Examples are drawn from so many at a time, which are of pieces in a seeded order."""
BYTES = 2**27
"""Fewer are, where they would take more bytes than this."""


class Stream(ABC):
    """The examples of one part, read batch by batch."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many examples there are."""

    @abstractmethod
    def batches(self, size: int, *, seed: int | None, epoch: int, skip: int = 0) -> Iterator[Part]:
        """Batches of `size` examples, the last one smaller, with the transforms applied.

        They follow from `seed` and `epoch` alone; without a seed they are in the source's order.
        `skip` leaves out the first ones. Raises `BadData`.
        """

    def some(self, count: int) -> Part:
        """The first examples, at most so many, for what looks at a few only."""
        return next(self.batches(count, seed=None, epoch=0))


@dataclass(frozen=True)
class PooledStream(Stream):
    """The examples of a source in pieces to which `assigned` gives the number of the part."""

    feeds: Feeds
    pieces: Pieces
    assigned: Array
    """(all examples,) of bytes: the part of each."""
    part: int
    place: Callable[[int], str]

    @cached_property
    def _count(self) -> int:
        return int((self.assigned == self.part).sum())

    @property
    def count(self) -> int:
        """How many examples there are."""
        return self._count

    def batches(self, size: int, *, seed: int | None, epoch: int, skip: int = 0) -> Iterator[Part]:
        """Batches drawn from a pool of examples, which is filled piece by piece."""
        import numpy as np

        order = None if seed is None else np.random.default_rng([seed, 2, epoch])
        shuffle = None if seed is None else np.random.default_rng([seed, 3, epoch])
        made = ahead(self._pooled(size, order, shuffle))
        for number, batch in enumerate(made):
            if number >= skip:
                yield batch

    def _pooled(self, size: int, order: Any, shuffle: Any) -> Iterator[Part]:
        """Batches from a pool of examples: half of it is given when it is full, the rest stays."""
        pool: list[Part] = []
        held = 0
        for part in self._parts(order):
            pool.append(part)
            held += part.count
            if held < (_most(part, size) if shuffle is not None else size):
                continue
            mixed = _shuffled(joined(pool), shuffle)
            given = max((held // 2 if shuffle is not None else held) // size, 1) * size
            yield from sliced(mixed, 0, min(given, held), size)
            pool = [mixed.at(slice(given, held))] if given < held else []
            held = max(held - given, 0)
        if held:
            yield from sliced(_shuffled(joined(pool), shuffle), 0, held, size)

    def _parts(self, order: Any) -> Iterator[Part]:
        import numpy as np

        for places, arrays in self.pieces.pieces(order):
            refuse_missing(self.feeds, arrays, lambda i, at=places: self.place(int(at[i])))
            mine = np.flatnonzero(self.assigned[places] == self.part)
            if len(mine):
                yield self.feeds.part(arrays, mine)


def streams(
    made: Feeds, source: Source, pieces: Pieces, assigned: Array, *, fit: bool
) -> tuple[Feeds, list[Stream | None]]:
    """A source's parts as streams: the fitted feeds, and training, validation and test.

    `assigned` is the part of each example: (all examples,). Raises `BadData`.
    """
    fitted = _fitted(made, pieces, assigned, source) if fit else made
    for name, feed in {**fitted.inputs, **fitted.targets}.items():
        if any(d is None for d in feed.made.shape):
            raise BadData(
                f"`{name}` has examples of different lengths, and `{source.name}` is read in "
                "pieces",
                help="`{pad: …}` gives them one",
            )
    found: list[Stream | None] = []
    for part in (TRAIN, VALIDATION, TEST):
        whole = PooledStream(fitted, pieces, assigned, part, source.place)
        found.append(whole if whole.count else None)
    return fitted, found


def _fitted(made: Feeds, pieces: Pieces, assigned: Array, source: Source) -> Feeds:
    """The feeds fitted on the training part. One pass serves the next transform of every feed."""
    learning = {
        **{("inputs", n): _Learning(f) for n, f in made.inputs.items()},
        **{("targets", n): _Learning(f) for n, f in made.targets.items()},
    }
    while any(not each.done for each in learning.values()):
        for arrays, mine in _training(made, pieces, assigned, source):
            for each in learning.values():
                each.see(arrays, mine)
        for each in learning.values():
            each.finish()
    return replace(
        made,
        inputs={n: learning["inputs", n].feed for n in made.inputs},
        targets={n: learning["targets", n].feed for n in made.targets},
    )


def _training(
    made: Feeds, pieces: Pieces, assigned: Array, source: Source
) -> Iterator[tuple[Arrays, Array]]:
    import numpy as np

    for places, arrays in pieces.pieces():
        refuse_missing(made, arrays, lambda i, at=places: source.place(int(at[i])))
        mine = np.flatnonzero(assigned[places] == TRAIN)
        if len(mine):
            yield arrays, mine


class _Learning:
    """A feed whose transforms learn one after the other, each in a pass over the data."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.fitted = 0
        self._begin()

    @property
    def done(self) -> bool:
        return self.fitted == len(self.feed.transforms)

    def _begin(self) -> None:
        """Settles what learns nothing, up to the next transform that does."""
        self.learner = None
        transforms = list(self.feed.transforms)
        while self.fitted < len(transforms) and self.learner is None:
            before = replace(self.feed, transforms=tuple(transforms[: self.fitted]))
            transform = transforms[self.fitted].settled(before.made)
            transforms[self.fitted] = transform
            self.learner = transform.learner(before.made)
            self.fitted += self.learner is None
            self.before = before
        self.feed = replace(self.feed, transforms=tuple(transforms))

    def see(self, arrays: Arrays, mine: Array) -> None:
        """Shows the learner its part of a piece, as the transforms before it make it."""
        if self.learner is not None:
            self.learner.see(self.before.apply(self.before.columns.of(arrays)[mine]))

    def finish(self) -> None:
        """Takes what was learned and goes on to the next."""
        if self.learner is None:
            return
        transforms = list(self.feed.transforms)
        try:
            learned = self.learner.learned()
        except Mismatch as error:
            raise BadData(f"the field `{self.feed.field}`: {error.message}") from error
        transforms[self.fitted] = replace(transforms[self.fitted], **learned)
        self.feed = replace(self.feed, transforms=tuple(transforms))
        self.fitted += 1
        self._begin()


def _most(part: Part, size: int) -> int:
    """How many examples such as these a pool holds; more than a batch, so that it is mixed."""
    arrays = [*part.inputs.values(), *part.targets.values()]
    width = sum(a.nbytes for a in arrays) // part.count
    return max(min(POOL, BYTES // max(width, 1)), 2 * size)


def joined(pool: list[Part]) -> Part:
    """The parts one behind the other."""
    import numpy as np

    if len(pool) == 1:
        return pool[0]
    weights = [p.weights for p in pool if p.weights is not None]
    return Part(
        {n: np.concatenate([p.inputs[n] for p in pool]) for n in pool[0].inputs},
        {n: np.concatenate([p.targets[n] for p in pool]) for n in pool[0].targets},
        np.concatenate(weights) if weights else None,
    )


def _shuffled(part: Part, generator: Any) -> Part:
    return part if generator is None else part.at(generator.permutation(part.count))


def sliced(part: Part, start: int, stop: int, size: int) -> Iterator[Part]:
    """The examples from `start` to before `stop`, `size` at a time."""
    for at in range(start, stop, size):
        yield part.at(slice(at, min(at + size, stop)))
