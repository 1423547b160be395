"""Predicts from a file: a table (CSV) or arrays (npz) in, the same out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.data.feed import BadData, Feed
from specc.lower.writing import whole, write_text
from specc.train.run import Run

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = dict[str, Array]

LARGEST = 2**31
"""The most bytes that an array of a file may unpack to."""


def predict(
    run: Run, file: str | PathLike[str], output: str | PathLike[str] | None = None
) -> str | None:
    """What a run's model says of a file's examples: to `output`, whole or not at all, or as text.

    `.csv`: one row an example; a table's columns by their names, a single number under its field's
    name, anything else as `field_0`, `field_1` …. `.npz`: one array a field, (examples, …), no
    pickles. The output is CSV (the class first, where there are classes), or `.npz` by its name.
    Raises `BadData`, and `OSError` where a file cannot be read or written.
    """
    path = Path(file)
    feeds = {n: f for n, f in run.feeds.inputs.items() if n in run.plan.inputs}
    if path.suffix == ".npz":
        arrays = _npz(path)
    elif path.suffix == ".csv":
        arrays = _csv(path, list({f.field: f for f in feeds.values()}.values()), run)
    else:
        raise BadData(f"{path} is neither .csv nor .npz")
    made = run.predict(arrays)
    named: Arrays = {run.plan.outputs[0]: made} if len(run.plan.outputs) == 1 else dict(made)
    if output is not None and Path(output).suffix == ".npz":
        import numpy as np

        with whole(Path(output)) as temporary:
            np.savez(temporary, **named)  # pyright: ignore[reportArgumentType]  # arrays by name
        return None
    text = _table(named, run)
    if output is None:
        return text
    write_text(Path(output), text)
    return None


def _npz(path: Path) -> Arrays:
    """The arrays of an npz; refuses pickles, and more than memory should hold."""
    import zipfile

    import numpy as np

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(i.file_size for i in archive.infolist())
        if size > LARGEST:
            raise BadData(f"{path} unpacks to {size:,} bytes, and at most {LARGEST:,} are read")
        with np.load(path, allow_pickle=False) as held:
            found = {name: held[name] for name in held.files}
    except (ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, BadData):
            raise
        raise BadData(f"{path} is no npz of plain arrays") from error
    if len({len(a) if a.ndim else -1 for a in found.values()}) > 1:
        raise BadData(f"the arrays of {path} hold different numbers of examples")
    return found


def _csv(path: Path, feeds: Sequence[Feed], run: Run) -> Arrays:
    """The fields of a table with a header."""
    import numpy as np

    with path.open(newline="", encoding="utf-8-sig") as file:
        try:
            rows = list(csv.reader(file, strict=True))
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadData(f"{path} is no CSV in UTF-8: {error}") from error
    if not rows:
        raise BadData(f"{path} is empty, and a header was expected")
    header, body = rows[0], rows[1:]
    if duplicate := next((h for i, h in enumerate(header) if h in header[:i]), None):
        raise BadData(f"{path} has two columns named `{duplicate}`")
    places = {name: i for i, name in enumerate(header)}
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise BadData(f"{path}:{number} has {len(row)} columns, and the header {len(header)}")
    found: Arrays = {}
    for feed in feeds:
        columns, shape = _columns(feed, places, path)
        if columns is None:
            found[feed.field] = np.array([row[places[feed.field]] for row in body], dtype=object)
            continue
        numbers = [
            [_number(row[c], path, i, header[c]) for c in columns] for i, row in enumerate(body, 2)
        ]
        values = np.array(numbers, dtype=np.float64).reshape(len(body), *shape)
        found[feed.field] = values
    return found


def _columns(
    feed: Feed, places: Mapping[str, int], path: Path
) -> tuple[list[int] | None, tuple[int, ...]]:
    """Where a field's numbers stand, and their shape for one example; no places for text."""
    if feed.type.dtype == "string":
        if feed.field not in places:
            raise BadData(f"{path} has no column `{feed.field}`")
        return None, ()
    size = 1
    for length in feed.type.shape:
        if not isinstance(length, int):
            raise BadData(f"`{feed.field}` has no fixed length, so a table cannot hold it: use npz")
        size *= length
    if not feed.type.shape:
        names = [feed.field]
    elif len(feed.type.names) == size and feed.type.names[0] in places:
        names = list(feed.type.names)
    else:
        names = [f"{feed.field}_{i}" for i in range(size)]
    if lacking := [n for n in names if n not in places]:
        wanted = feed.type.names if len(feed.type.names) == size else names
        raise BadData(
            f"{path} has no column `{lacking[0]}`; `{feed.field}` is read from "
            f"{', '.join(wanted[:3])}{' …' if size > 3 else ''}"
        )
    return [places[n] for n in names], tuple(d for d in feed.type.shape if isinstance(d, int))


def _number(text: str, path: Path, row: int, column: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadData(f"{path}:{row}: `{column}` holds {text[:40]!r}, which is no number") from None


def _table(named: Mapping[str, Array], run: Run) -> str:
    """The outputs as CSV: the class and then every number, under the output's name."""
    header: list[str] = []
    columns: list[Sequence[Any]] = []
    for name, values in named.items():
        classes = _classes(name, run)
        flat = values.reshape(len(values), -1)
        count = flat.shape[1]
        names = (
            list(classes) if classes and len(classes) == count else [str(i) for i in range(count)]
        )
        if classes is not None and values.ndim == 2 and count > 1:
            header.append(name)
            columns.append([names[i] for i in flat.argmax(axis=1)])
        elif count == 1:
            names = [""]
        header += [f"{name}_{n}".removesuffix("_") if n else name for n in names]
        columns += [flat[:, i].tolist() for i in range(count)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(map(_safe, header))
    for row in zip(*columns, strict=True):
        table.writerow([_safe(v) if isinstance(v, str) else v for v in row])
    return text.getvalue()


def _classes(name: str, run: Run) -> tuple[str, ...] | None:
    """What the classes of an output are called, if its target holds classes."""
    feed = run.feeds.targets.get(name)
    if feed is None or not feed.type.classes:
        return None
    return feed.type.names or tuple(map(str, range(feed.type.classes)))


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
