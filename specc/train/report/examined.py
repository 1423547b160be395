"""What a run's model says of a part of its data, beside what is true."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.data.feed import Feed, Part
from specc.plugin.known import known
from specc.train.member import member
from specc.train.predict.model import Model
from specc.train.run import PartName, Run
from specc.train.targets import scored

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LIMIT = 20_000
"""Examples that are looked at, from the first on."""


@dataclass(frozen=True)
class Classes:
    """An output that chooses a class: for each example, or at each place of it."""

    name: str
    true: Array
    """(examples, places), whole numbers from 0; below 0 where nothing is known."""
    predicted: Array
    """(examples, places)"""
    confidence: Array
    """(examples, places), the probability of the class that was chosen."""
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Numbers:
    """An output that is a number, or several."""

    name: str
    true: Array
    """(examples, columns)"""
    predicted: Array
    """(examples, columns)"""
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Examined:
    """A part of the data, looked at; `pictures` are the input that is one, (examples, h, w, …)."""

    part: PartName
    seen: int
    count: int
    outputs: tuple[Classes | Numbers, ...]
    pictures: Array | None


def examined(run: Run, catalogue: Catalogue | None = None) -> Examined:
    """The test part of a run's data, or the validation part, or the training part.

    Of a cross-validated run each fold's validation part, so that every example outside the test
    is looked at once, by a model that has not learned from it. Raises `BadData` where the data is
    not there or has changed, `NotARun` without a model.
    """
    catalogue = catalogue or known().catalogue
    if run.folds:
        return _joined([_examined(fold, catalogue, "validation") for fold in run.folds])
    return _examined(run, catalogue, None)


def _joined(found: list[Examined]) -> Examined:
    """The folds' parts one behind the other; an output's labels and columns are those of all."""
    import numpy as np

    outputs: list[Classes | Numbers] = []
    for same in zip(*(e.outputs for e in found), strict=True):
        arrays = {
            f.name: np.concatenate([getattr(o, f.name) for o in same])
            for f in fields(same[0])
            if isinstance(getattr(same[0], f.name), np.ndarray)
        }
        outputs.append(replace(same[0], **arrays))
    pictures = [e.pictures for e in found if e.pictures is not None]
    return Examined(
        found[0].part,
        sum(e.seen for e in found),
        sum(e.count for e in found),
        tuple(outputs),
        np.concatenate(pictures) if pictures else None,
    )


def _examined(run: Run, catalogue: Catalogue, wanted: PartName | None) -> Examined:
    name, whole = run.part(wanted)
    count = whole.count
    part = _first(whole, LIMIT) if isinstance(whole, Part) else whole.some(LIMIT)
    seen = part.count
    plan = run.plan
    predicted = Model(run.model, plan, min(plan.batches(seen), 4096))(part.inputs, seen)
    shapes = {n: predicted[n].shape for n in plan.learned}
    true = plan.y(part.inputs, part.targets, shapes, catalogue)
    found: list[Classes | Numbers] = []
    for output, learned in plan.learned.items():
        loss = member(catalogue, "loss", learned.loss)
        feed = run.feeds.targets.get(output)
        looked = _looked(output, loss, true[output], predicted[output], feed)
        if looked is not None:
            found.append(looked)
    return Examined(name, seen, count, tuple(found), _pictures(run, part))


def _first(part: Part, limit: int) -> Part:
    weights = None if part.weights is None else part.weights[:limit]
    return Part(
        {n: a[:limit] for n, a in part.inputs.items()},
        {n: a[:limit] for n, a in part.targets.items()},
        weights,
    )


def _looked(
    name: str, loss: Instance, true: Array, predicted: Array, feed: Feed | None
) -> Classes | Numbers | None:
    """An output as what its loss makes of it; `None` where the two do not lie side by side."""
    import numpy as np

    how, logits = scored(loss.name), bool(loss.arguments.get("from_logits", False))
    rows = len(predicted)
    predicted = predicted.astype(np.float32)
    if how == "labels" or (how == "one_hot" and true.shape == predicted.shape):
        if how == "one_hot":
            true = true.argmax(axis=-1)
        if true.size * predicted.shape[-1] != predicted.size:
            return None
        chances = _softmax(predicted) if logits else predicted
        chosen = chances.argmax(axis=-1)
        return Classes(
            name,
            true.astype(np.int64).reshape(rows, -1),
            chosen.reshape(rows, -1),
            chances.max(axis=-1).reshape(rows, -1),
            _labels(feed, predicted.shape[-1]),
        )
    if true.size != predicted.size:
        return None
    true, predicted = true.reshape(rows, -1), predicted.reshape(rows, -1)
    if how == "binary" and np.isin(true, (0, 1)).all():
        chance = 1 / (1 + np.exp(-predicted)) if logits else predicted
        chosen = (chance > 0.5).astype(np.int64)
        sure = np.where(chosen == 1, chance, 1 - chance)
        return Classes(name, true.astype(np.int64), chosen, sure, _labels(feed, 2))
    columns = tuple(str(i) for i in range(true.shape[1]))
    if feed is not None and len(feed.type.names) == len(columns) and not feed.type.classes:
        columns = feed.type.names
    return Numbers(name, true.astype(np.float64), predicted.astype(np.float64), columns)


def _labels(feed: Feed | None, count: int) -> tuple[str, ...]:
    """What the classes are called: by the data, or by their numbers."""
    if feed is not None and feed.type.classes and len(feed.type.names) == count:
        return feed.type.names
    return tuple(str(i) for i in range(count))


def _softmax(scores: Array) -> Array:
    import numpy as np

    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _pictures(run: Run, part: Part) -> Array | None:
    """The one input that is a picture, as the data has it or as the model takes it."""
    for name, values in part.inputs.items():
        feed = run.feeds.inputs.get(name)
        for shape in (values.shape[1:], feed.type.shape if feed is not None else ()):
            lengths = [d for d in shape if isinstance(d, int)]
            if not _is_picture(lengths) or len(lengths) != len(shape):
                continue
            size = 1
            for length in lengths:
                size *= length
            if values[:1].size == size:
                found = values.reshape(-1, *lengths)
                return found[..., 0] if lengths[-1] == 1 else found
    return None


def _is_picture(shape: list[int]) -> bool:
    flat = shape[:-1] if len(shape) == 3 and shape[-1] in (1, 3) else shape
    return len(flat) == 2 and min(flat) >= 5 and max(flat) <= 2048 and max(flat) <= 4 * min(flat)
