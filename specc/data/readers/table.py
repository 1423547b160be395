"""Tables in pieces: Parquet by its row groups, another one by way of an Arrow file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.data.dataset import FieldType
from specc.data.extra import needed
from specc.data.failure import BadData
from specc.data.readers.columns import column
from specc.data.source import Pieces, together

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

ROWS = 2**16
"""The most rows of a piece."""
BUFFER = 2**16
"""How many bytes of each column are read from a file at once."""


@dataclass
class ParquetPieces(Pieces):
    """The row groups of a Parquet file, in pieces of at most `ROWS` rows.

    It is read through a buffer, since Arrow reads a column of a row group whole without one.
    """

    path: Path
    name: str
    fields: Mapping[str, FieldType]

    def __post_init__(self) -> None:
        pq = needed("pyarrow.parquet")

        metadata = pq.read_metadata(self.path)
        self.count = metadata.num_rows
        rows = [metadata.row_group(i).num_rows for i in range(metadata.num_row_groups)]
        self.starts = [0, *accumulate(rows)][: len(rows)]

    @cached_property
    def digest(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]  # read when asked for
        return file_digest(self.path)

    def pieces(self, order: Any = None) -> Iterator[tuple[Any, Arrays]]:
        """By row groups; the rows of one follow each other."""
        pa = needed("pyarrow")
        pq = needed("pyarrow.parquet")

        names = list(self.fields)
        rows = together(self.fields, names, ROWS)
        groups = range(len(self.starts)) if order is None else order.permutation(len(self.starts))
        try:
            with pq.ParquetFile(self.path, buffer_size=BUFFER) as file:
                for group in groups:
                    row = self.starts[group]
                    for batch in file.iter_batches(rows, row_groups=[int(group)], columns=names):
                        places = _places(row, batch.num_rows)
                        yield places, {n: column(batch.column(n), self.fields[n]) for n in names}
                        row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise BadData(f"{self.name} cannot be read: {first_line(error)}") from error


@dataclass
class ArrowPieces(Pieces):
    """An Arrow file that another table was written to, for it can be read in any order."""

    path: Path
    name: str
    fields: Mapping[str, FieldType]
    digest: str
    starts: Sequence[int]
    count: int

    def pieces(self, order: Any = None) -> Iterator[tuple[Any, Arrays]]:
        """By record batches."""
        pa = needed("pyarrow")

        with pa.OSFile(str(self.path)) as file, pa.ipc.open_file(file) as reader:
            chosen = (
                range(len(self.starts)) if order is None else order.permutation(len(self.starts))
            )
            for index in chosen:
                batch = reader.get_batch(int(index))
                row = self.starts[index]
                places = _places(row, batch.num_rows)
                yield places, {n: column(batch.column(n), t) for n, t in self.fields.items()}


def _places(first: int, count: int) -> Any:
    import numpy as np

    return np.arange(first, first + count)


def file_digest(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def first_line(error: Exception) -> str:
    """The first line of what an error says."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:300]
