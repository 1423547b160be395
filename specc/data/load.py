"""Loads what a data section names, splits it, and fits the transforms on the training part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from specc.catalogue.mismatch import Mismatch
from specc.data.binding import source_of
from specc.data.cut import Stretches, stretches
from specc.data.dataset import Dataset
from specc.data.failure import BadData
from specc.data.feed import Feeds, Part, feeds
from specc.data.missing import refuse_missing
from specc.data.registry import DATASETS, READERS
from specc.data.source import Pieces, Source
from specc.data.split import CannotSplit, Parts, assignment, parts, why_not
from specc.data.stream import Stream, streams
from specc.document.failure import Unreadable
from specc.document.files import Folder
from specc.document.spec import Data, Split
from specc.infer.program import Program

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class Loaded:
    """The parts that a run trains, validates and is tested on.

    `digest` is the data's hash, where it is known before it is read.
    """

    feeds: Feeds
    train: Part | Stream
    """A `Stream` where the source is read in pieces. So are the other two."""
    validation: Part | Stream | None
    test: Part | Stream | None
    digest: str | None
    source: Any
    """What finds the source again, as JSON has it; `None` for data of a program."""
    split: Split
    fold: int | None = None
    """Which of the split's folds, from 1, is for validation."""


Three = tuple[Part | Stream, Part | Stream | None, Part | Stream | None]
"""The parts for training, validation and the test."""


class Divided(Protocol):
    """Data that is there, and gives its parts: once, or once for each fold."""

    @property
    def split(self) -> Split:
        """What it is divided by."""
        ...

    @property
    def digest(self) -> str | None:
        """The data's hash, where it is known before it is read."""
        ...

    def loaded(self, fold: int | None = None) -> Loaded:
        """The parts, the transforms fitted on the training part; `fold` counts from 1.

        Raises `BadData` or `CannotSplit`.
        """
        ...


@dataclass(frozen=True)
class Opened:
    """A source that has been opened, and the feeds that read it. What is read is read once."""

    feeds: Feeds
    source: Source
    split: Split

    @property
    def digest(self) -> str:
        """The hash of the fields that are read."""
        return self._pieces.digest if self.source.streams else self._hash

    def loaded(self, fold: int | None = None, *, fit: bool = True) -> Loaded:
        """The parts, in memory or as streams; the feeds are fitted on the training part, if asked.

        Raises `BadData` or `CannotSplit`.
        """
        if self.source.streams:
            return self._streamed(fold, fit=fit)
        used, made = self._used, self.feeds
        if made.windowed:
            if (reason := why_not(self.split)) is not None:
                raise CannotSplit(reason)
            found: Parts | Stretches = stretches(self.split, fold)
        else:
            count = len(next(iter(used.values())))
            found = parts(count, self.split, self._classes, fold)
        fitted = made.fit(used, found.train) if fit else made

        def part(places: Any) -> Part | None:
            return fitted.part(used, places) if len(places) else None

        train = part(found.train)
        assert train is not None  # `parts` refuses a split without training
        validation, test = part(found.validation), part(found.test)
        return self._loaded(fitted, (train, validation, test), fold)

    def _streamed(self, fold: int | None, *, fit: bool) -> Loaded:
        if self.feeds.windowed:
            raise BadData(
                f"`{self.source.name}` is read in pieces, and windows want whole sequences"
            )
        assigned = assignment(self._pieces.count, self.split, self._classes, fold)
        fitted, found = streams(self.feeds, self.source, self._pieces, assigned, fit=fit)
        train, validation, test = found
        assert train is not None
        return self._loaded(fitted, (train, validation, test), fold)

    def _loaded(self, fitted: Feeds, found: Three, fold: int | None) -> Loaded:
        return Loaded(fitted, *found, self.digest, self.source.state(), self.split, fold)

    @cached_property
    def _arrays(self) -> Arrays:
        """The fields that are read whole, and that by which is stratified."""
        stratify = (self.split.stratify,) if self.split.stratify else ()
        read = stratify if self.source.streams else (*self.feeds.fields, *stratify)
        return self.source.arrays(list(dict.fromkeys(read)))

    @cached_property
    def _used(self) -> Arrays:
        used = {f: self._arrays[f] for f in self.feeds.fields}
        if len({len(a) for a in used.values()}) != 1:
            name = self.source.name
            raise BadData(f"the fields of `{name}` have different numbers of examples")
        refuse_missing(self.feeds, used, self.source.place)
        return used

    @cached_property
    def _hash(self) -> str:
        return digest(self._used)

    @property
    def _classes(self) -> Any:
        return self._arrays[self.split.stratify] if self.split.stratify else None

    @cached_property
    def _pieces(self) -> Pieces:
        return self.source.prepared(self.feeds.fields)


def opened(program: Program, data: Data, datasets: Mapping[str, Dataset] = DATASETS) -> Opened:
    """Opens a data section's source for a program; raises `BadData`."""
    try:
        source = source_of(data, datasets, program.folder)
    except Mismatch as error:
        raise BadData(error.message, help=error.help) from error
    except Unreadable as error:
        raise BadData(error.diagnostic.message, help=error.diagnostic.help) from error
    return Opened(feeds(program, data, source.fields), source, data.split)


def load(program: Program, data: Data, datasets: Mapping[str, Dataset] = DATASETS) -> Loaded:
    """Loads a data section without folds for a program; raises `BadData` or `CannotSplit`."""
    if data.split.folds is not None:
        raise CannotSplit("`split: {folds: …}` gives several parts for training, and one is wanted")
    return opened(program, data, datasets).loaded()


def load_again(
    state: Mapping[str, Any],
    datasets: Mapping[str, Dataset] = DATASETS,
    folder: Folder | None = None,
) -> Loaded:
    """The same parts for a run that is evaluated later, from what it saved; nothing is fitted.

    `folder` is what the paths of files are relative to.
    Raises `BadData` where the source is no longer there, or its data has changed.
    """
    source = _found_again(state["source"], datasets, folder)
    split = Split.model_validate(state["split"])
    again = Opened(Feeds.restore(state), source, split)
    if again.digest != state["digest"]:
        raise BadData(f"the data of `{source.name}` is no longer what the run was trained on")
    return again.loaded(state.get("fold"), fit=False)


def _found_again(state: Any, datasets: Mapping[str, Dataset], folder: Folder | None) -> Source:
    if isinstance(state, dict):
        reader = READERS[state["reader"]].read(state["arguments"])  # pyright: ignore[reportUnknownArgumentType]
        try:
            return reader.open(folder or Folder(Path()), None)
        except Unreadable as error:
            raise BadData(error.diagnostic.message) from error
    if state not in datasets:
        raise BadData(f"the run was trained on `{state}`, which is not registered here")
    return datasets[state]


def saved(loaded: Loaded) -> dict[str, Any]:
    """What `load_again` needs, as JSON has it."""
    return {
        "source": loaded.source,
        "digest": loaded.digest,
        "split": loaded.split.model_dump(),
        **({} if loaded.fold is None else {"fold": loaded.fold}),
        **loaded.feeds.state(),
    }


def digest(arrays: Arrays) -> str:
    """The hash of arrays by name: their names, dtypes, shapes and bytes."""
    import numpy as np

    found = hashlib.sha256()
    for name in sorted(arrays):
        values = arrays[name]
        found.update(f"{name} {values.dtype} {values.shape}\n".encode())
        if values.dtype == object:
            found.update(b"\0".join(map(_bytes, values.ravel())))
        else:
            found.update(np.ascontiguousarray(values).data)
    return found.hexdigest()


def _bytes(value: Any) -> bytes:
    """A text, or a sequence, whole: NumPy's text of a long array leaves out its middle."""
    import numpy as np

    array = np.asarray(value)
    if array.ndim:
        return f"{array.dtype} {array.shape} ".encode() + array.tobytes()
    return str(value).encode()


__all__ = [
    "BadData",
    "CannotSplit",
    "Divided",
    "Loaded",
    "Opened",
    "load",
    "load_again",
    "opened",
    "saved",
]
