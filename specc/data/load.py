"""Loads what a data section names, splits it, and fits the transforms on the training part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.catalogue.mismatch import Mismatch
from specc.data.binding import source_of
from specc.data.cut import Stretches, stretches
from specc.data.dataset import Dataset
from specc.data.failure import BadData
from specc.data.feed import Feeds, Part, feeds
from specc.data.missing import refuse_missing
from specc.data.registry import DATASETS, READERS
from specc.data.source import Source
from specc.data.split import CannotSplit, Parts, parts, why_not
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
    """The parts that a run trains, validates and is tested on; `digest` is the data's hash."""

    feeds: Feeds
    train: Part | Stream
    """A `Stream` where the source is read in pieces. So are the other two."""
    validation: Part | Stream | None
    test: Part | Stream | None
    digest: str
    source: Any
    """What finds the source again, as JSON has it; `None` for data of a program."""
    split: Split


def load(program: Program, data: Data, datasets: Mapping[str, Dataset] = DATASETS) -> Loaded:
    """Loads a data section's source for a program; raises `BadData` or `CannotSplit`."""
    try:
        source = source_of(data, datasets, program.folder)
    except Mismatch as error:
        raise BadData(error.message, help=error.help) from error
    except Unreadable as error:
        raise BadData(error.diagnostic.message, help=error.diagnostic.help) from error
    return parted(feeds(program, data, source.fields), source, data.split, fit=True)


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
    loaded = parted(Feeds.restore(state), source, split, fit=False)
    if loaded.digest != state["digest"]:
        raise BadData(f"the data of `{source.name}` is no longer what the run was trained on")
    return loaded


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
        **loaded.feeds.state(),
    }


def parted(made: Feeds, source: Source, split: Split, *, fit: bool) -> Loaded:
    """A source's parts, its feeds fitted on the training part, in memory or as streams."""
    if source.streams:
        return _streamed(made, source, split, fit=fit)
    stratify = (split.stratify,) if split.stratify else ()
    arrays = source.arrays(list(dict.fromkeys((*made.fields, *stratify))))
    used = {f: arrays[f] for f in made.fields}
    counts = {len(a) for a in used.values()}
    if len(counts) != 1:
        raise BadData(f"the fields of `{source.name}` have different numbers of examples")
    refuse_missing(made, used, source.place)
    if made.windowed:
        if (reason := why_not(split)) is not None:
            raise CannotSplit(reason)
        found: Parts | Stretches = stretches(split)
    else:
        found = parts(counts.pop(), split, arrays[split.stratify] if split.stratify else None)
    fitted = made.fit(used, found.train) if fit else made

    def part(places: Any) -> Part | None:
        return fitted.part(used, places) if len(places) else None

    train = part(found.train)
    assert train is not None  # `parts` refuses a split without training
    validation, test = part(found.validation), part(found.test)
    return Loaded(fitted, train, validation, test, digest(used), source.state(), split)


def _streamed(made: Feeds, source: Source, split: Split, *, fit: bool) -> Loaded:
    classes = source.arrays([split.stratify])[split.stratify] if split.stratify else None
    fitted, found, digest_ = streams(made, source, split, classes, fit=fit)
    train = found[0]
    assert train is not None
    return Loaded(fitted, train, found[1], found[2], digest_, source.state(), split)


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


__all__ = ["BadData", "CannotSplit", "Loaded", "load", "load_again", "parted", "saved"]
