"""Examples that are read in pieces, as the steps of an epoch take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from specc.data.feed import Part
from specc.data.stream import Stream
from specc.lower.instances import keras
from specc.train.loop.each import each
from specc.train.loop.examples import texts_known
from specc.train.loop.share import share


@dataclass(frozen=True)
class Streamed:
    """What `train_step` or `test_step` unpacks, batch by batch; nothing whole is in memory."""

    stream: Stream
    packed: Callable[[Part], Any]
    """A batch's arrays -> `(x,)`, `(x, y)` or `(x, y, sample_weight)`, each bare or by name."""
    batch: int
    steps: int
    seed: int | None

    @cached_property
    def first(self) -> Any:
        """The first batch of the file's order, for what looks at shapes and types only."""
        return texts_known(self.packed(self.stream.some(self.batch)))


class StreamSupply:
    """A Keras dataset over a stream: its batches one after the other, an epoch from the first."""

    def __init__(self, given: Streamed) -> None:
        self._given = given
        self._epoch = 0
        self._batches: Iterator[Part] = iter(())
        self._share = share()
        self.data = self._dataset()

    def begin(self, epoch: int) -> None:
        """What is read from now on is of this epoch."""
        self._epoch = epoch

    def _next(self, index: int) -> Any:
        given = self._given
        if index == 0:
            self._batches = given.stream.batches(given.batch, seed=given.seed, epoch=self._epoch)
        part = next(self._batches)
        mine = self._share.of(part.count)
        return each(lambda a: a[mine], given.packed(part))

    def _dataset(self) -> Any:
        base: Any = keras().utils.PyDataset
        supply = self

        class Batches(base):
            """Read in order by one reader, as Keras reads a dataset without workers."""

            def __len__(self) -> int:
                return supply._given.steps

            def __getitem__(self, index: int) -> Any:
                return supply._next(index)

        return Batches()
