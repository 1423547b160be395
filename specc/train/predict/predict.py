"""Predicts from files: from any that a reader reads to a table or arrays, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from specc.data.failure import BadData
from specc.data.missing import refuse_missing
from specc.train.predict.given import Given, given
from specc.train.predict.model import Model
from specc.train.predict.results import Results, classes
from specc.train.predict.written import written
from specc.train.run import Run

if TYPE_CHECKING:
    from specc.data.feed import Feeds


def predict(
    run: Run,
    file: str | PathLike[str],
    output: str | PathLike[str] | TextIO,
    *,
    batch_size: int | None = None,
) -> int:
    """Writes what a run's model says of a file's examples, in their order; gives their number.

    `file` is a `.csv`, `.parquet` or `.npz`, a folder of pictures or texts, or one of them. A
    table's columns are read by their names: a single number under its field's name, anything else
    as the field's columns, or as `field_0`, `field_1` …; what the model does not read is left out.
    `output` is a `.csv`, `.parquet` or `.npz`, written whole or not at all, or a stream for CSV:
    the file of each example, where there are many, the class, where there are classes, and every
    number. Raises `BadData`, and `OSError` where a file cannot be read or written.
    """
    path = Path(file)
    plan, feeds = run.plan, run.feeds.alone()
    feeds = replace(feeds, inputs={n: f for n, f in feeds.inputs.items() if n in plan.inputs})
    named = classes(run)
    count = 0
    with written(output) as write:
        try:
            read = given(path, feeds, plan, run.source)
            model = Model(run.model, plan, batch_size)
            for results in _said(read, feeds, model):
                write(Results(results.outputs, results.files, named))
                count += results.count
        except BadData as error:  # its help is for who writes a spec
            raise BadData(error.message) from error
        if not count:
            raise BadData(f"{path} holds no examples")
    return count


def _said(read: Given, feeds: Feeds, model: Model) -> Iterator[Results]:
    """What the model says of each piece; of windows for each of them."""
    first = 0
    for piece in read.pieces():
        arrays, files = piece.arrays, piece.files
        count = len(next(iter(arrays.values())))
        refuse_missing(feeds, arrays, lambda i, at=first: read.source.place(at + i))
        first += count
        inputs, windows = feeds.fed(arrays) if feeds.inputs else (arrays, None)
        if files is not None and windows is not None:
            files = [f for f, n in zip(files, windows, strict=True) for _ in range(n)]
        if count:
            yield Results(model(inputs, sum(windows) if windows else count), files)
