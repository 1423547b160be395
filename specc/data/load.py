"""Loads what a data section names, splits it, and fits the transforms on the training part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specc.data.binding import dataset_of
from specc.data.cut import Stretches, stretches
from specc.data.dataset import Dataset
from specc.data.feed import BadData, Feeds, Part, feeds
from specc.data.registry import DATASETS
from specc.data.split import CannotSplit, Parts, parts, why_not
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
    train: Part
    validation: Part | None
    test: Part | None
    digest: str
    source: str | None
    """The registered dataset, or `None` for arrays of a program."""
    split: Split


def load(program: Program, data: Data, datasets: Mapping[str, Dataset] = DATASETS) -> Loaded:
    """Loads a data section's source for a program; raises `BadData` or `CannotSplit`."""
    dataset = dataset_of(data, datasets)
    if dataset is None:
        raise BadData("this version reads registered datasets only")
    arrays = dataset.load()
    made = feeds(program, data, dataset.fields)
    return _parted(made, arrays, data.split, dataset, fit=True)


def load_again(state: Mapping[str, Any], datasets: Mapping[str, Dataset] = DATASETS) -> Loaded:
    """The same parts for a run that is evaluated later, from what it saved; nothing is fitted.

    Raises `BadData` where the source is no longer registered, or its data has changed.
    """
    source = state["source"]
    if source not in datasets:
        raise BadData(f"the run was trained on `{source}`, which is not registered here")
    dataset = datasets[source]
    split = Split.model_validate(state["split"])
    loaded = _parted(Feeds.restore(state), dataset.load(), split, dataset, fit=False)
    if loaded.digest != state["digest"]:
        raise BadData(f"the data of `{source}` is no longer what the run was trained on")
    return loaded


def saved(loaded: Loaded) -> dict[str, Any]:
    """What `load_again` needs, as JSON has it."""
    return {
        "source": loaded.source,
        "digest": loaded.digest,
        "split": loaded.split.model_dump(),
        **loaded.feeds.state(),
    }


def _parted(made: Feeds, arrays: Arrays, split: Split, dataset: Dataset, *, fit: bool) -> Loaded:
    import numpy as np

    used = {f: np.asarray(arrays[f]) for f in made.fields}
    counts = {len(a) for a in used.values()}
    if len(counts) != 1:
        raise BadData(f"the fields of `{dataset.name}` have different numbers of examples")
    if made.windowed:
        if (reason := why_not(split)) is not None:
            raise CannotSplit(reason)
        found: Parts | Stretches = stretches(split)
    else:
        found = parts(counts.pop(), split, arrays[split.stratify] if split.stratify else None)
    types = dataset.fields
    fitted = made.fit(used, found.train, types) if fit else made

    def part(places: Any) -> Part | None:
        return fitted.part(used, places, types) if len(places) else None

    train = part(found.train)
    assert train is not None  # `parts` refuses a split without training
    return Loaded(
        fitted, train, part(found.validation), part(found.test), digest(used), dataset.name, split
    )


def digest(arrays: Arrays) -> str:
    """The hash of arrays by name: their names, dtypes, shapes and bytes."""
    import numpy as np

    found = hashlib.sha256()
    for name in sorted(arrays):
        values = arrays[name]
        found.update(f"{name} {values.dtype} {values.shape}\n".encode())
        if values.dtype == object:
            found.update("\0".join(map(str, values.ravel())).encode())
        else:
            found.update(np.ascontiguousarray(values).data)
    return found.hexdigest()


__all__ = ["BadData", "CannotSplit", "Loaded", "load", "load_again", "saved"]
