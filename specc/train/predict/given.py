"""What a file gives a run's model: the fields that it reads, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.catalogue.dtypes import is_float, is_int
from specc.catalogue.kinds import nearest
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.plain import is_dict
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.feed import Feed, Feeds
from specc.data.fit import dtype_fits, shapes_differ
from specc.data.given import assembled, columns_in_table
from specc.data.readers.csv import csv_source
from specc.data.readers.csv_header import Header, read_header
from specc.data.readers.npz import npz_source
from specc.data.readers.parquet import parquet_source
from specc.data.readers.reader import regular
from specc.data.source import Piece, Source
from specc.train.plan import Plan
from specc.train.predict.folder import FILES, folder_source

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Fields = Mapping[str, FieldType]


@dataclass(frozen=True)
class Given:
    """A file that has been opened, and the columns of it that hold each field."""

    source: Source
    fields: Fields
    columns: Mapping[str, Sequence[str]]

    def pieces(self) -> Iterator[Piece]:
        """The fields in the order of the examples; raises `BadData`."""
        wanted = list(dict.fromkeys(c for names in self.columns.values() for c in names))
        first = 0
        for piece in self.source.once(wanted):
            held = piece.arrays
            arrays = {
                name: self._exact(name, assembled(name, type_, list(held), held.__getitem__), first)
                for name, type_ in self.fields.items()
            }
            yield Piece(arrays, piece.files)
            first += len(next(iter(arrays.values())))

    def _exact(self, name: str, values: Array, first: int) -> Array:
        """Lists of numbers as one array, where the field has one length."""
        import numpy as np

        shape = self.fields[name].shape
        if self.fields[name].dtype == "string" or None in shape:
            return values
        if values.dtype != object:
            return values.reshape(len(values), *(d for d in shape if isinstance(d, int)))
        for i, row in enumerate(values):
            if np.shape(row) != shape:
                raise BadData(
                    f"`{name}` holds {len(row)} numbers in {self.source.place(first + i)}, and the "
                    f"model reads {self.fields[name]}"
                )
        return np.stack(list(values))


def given(path: Path, feeds: Feeds, plan: Plan, source: Any) -> Given:
    """A file, or a folder of them, for a run; `source` is what the run was trained on.

    Raises `BadData` where the file does not hold the fields.
    """
    fields = wanted(feeds, plan)
    if not fields:
        raise BadData("the model reads no data; `specc generate` says what it makes by itself")
    settings: dict[str, Any] = source["arguments"] if is_dict(source) else {}
    if path.suffix in _TABLES and not path.is_dir():
        regular(path, str(path))
        return _TABLES[path.suffix](path, fields, settings)
    if path.is_dir() or path.suffix.lower() in FILES:
        return Given(
            folder_source(path, fields, settings),
            fields,
            {n: [n] for n in fields},
        )
    listed = ", ".join((*_TABLES, *FILES))
    raise BadData(f"{path} is no folder and ends in none of {listed}")


def wanted(feeds: Feeds, plan: Plan) -> dict[str, FieldType]:
    """Every field that the model reads, of the widest type that its transforms take.

    Whole numbers were read where the training's file had no others; a number is as good, if nothing
    counts on them.
    """
    if not feeds.inputs:  # the run was trained on arrays of a program
        taken = {n: t for n, t in plan.inputs.items() if t.sample is None}
        return {n: FieldType(t.shape, t.dtype) for n, t in taken.items()}
    found: dict[str, FieldType] = {}
    for name, feed in feeds.inputs.items():
        dtype = "float64" if _takes_floats(feed, plan.inputs[name].dtype) else feed.type.dtype
        each = replace(feed.type, dtype=dtype)
        for column in feed.columns.names:
            type_ = FieldType((), dtype) if feed.columns.together else each
            before = found.get(column)
            found[column] = type_ if before is None or is_float(before.dtype) else before
    return found


def _takes_floats(feed: Feed, model: str) -> bool:
    if not (is_int(feed.type.dtype) and is_float(model)) or feed.type.dtype == "uint8":
        return False  # bytes are pictures
    type_ = replace(feed.type, dtype="float64", classes=None)
    try:
        for transform in feed.transforms:
            type_ = transform.type(type_)
    except Mismatch:
        return False
    return is_float(type_.dtype)


# --- tables and arrays ----------------------------------------------------------------------------


def _csv(path: Path, fields: Fields, settings: Mapping[str, Any]) -> Given:
    """A table as text, read by the fields' types and not by what its first rows look like."""
    separator = str(settings.get("separator", ","))
    header = read_header(path, str(path), separator)
    columns = {n: _columns(n, t, header.names, path) for n, t in fields.items()}
    types = {c: _kind(fields[n].dtype) for n, names in columns.items() for c in names}
    known = Header(
        header.names,
        tuple(types.get(n, t) for n, t in zip(header.names, header.types, strict=True)),
    )
    return Given(csv_source(path, str(path), known, separator, True, None), fields, columns)


def _kind(dtype: str) -> str:
    """A dtype as one of those that a CSV's columns have."""
    if is_float(dtype):
        return "float64" if dtype == "float64" else "float32"
    return "int64" if is_int(dtype) else dtype


def _parquet(path: Path, fields: Fields, settings: Mapping[str, Any]) -> Given:
    return _typed(parquet_source(path, str(path), True, None), fields, path)


def _npz(path: Path, fields: Fields, settings: Mapping[str, Any]) -> Given:
    return _typed(npz_source(path, str(path), None), fields, path)


def _typed(source: Source, fields: Fields, path: Path) -> Given:
    """A source whose columns have types of their own, which must fit the fields'."""
    columns = {n: _columns(n, t, list(source.fields), path) for n, t in fields.items()}
    for name, names in columns.items():
        whole = names == [name]
        for column in names:
            held = source.fields[column]
            shape = fields[name].shape if whole else ()
            if not dtype_fits(held.dtype, fields[name].dtype):
                raise BadData(
                    f"{path}: `{column}` holds {held.dtype}, and the model reads "
                    f"{fields[name].dtype}"
                )
            loose = held.shape if len(held.shape) != len(shape) else _known(held.shape, shape)
            if shapes_differ(loose, shape) is not None:
                raise BadData(f"{path}: `{column}` is {held}, and the model reads {fields[name]}")
    return Given(source, fields, columns)


def _known(held: tuple[Any, ...], wanted: tuple[Any, ...]) -> tuple[Any, ...]:
    """The shape with what is wanted where its length is known only row by row."""
    return tuple(b if a is None else a for a, b in zip(held, wanted, strict=True))


def _columns(name: str, type_: FieldType, table: Sequence[str], path: Path) -> list[str]:
    try:
        return columns_in_table(name, type_, table)
    except BadData as error:
        close = nearest(name, list(table))
        hint = f"; did you mean `{close}`?" if close else ""
        raise BadData(f"{path}: {error.message}{hint}") from error


_TABLES: dict[str, Callable[[Path, Fields, Mapping[str, Any]], Given]] = {
    ".csv": _csv,
    ".parquet": _parquet,
    ".npz": _npz,
}
