"""`parquet`: a table whose types stand in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Bool, Kind, Text
from specc.data.extra import needed
from specc.data.failure import BadData
from specc.data.readers.reader import Reader, regular
from specc.data.readers.rows import RowsSource
from specc.data.source import Piece, Source
from specc.diagnostics.span import Span
from specc.document.files import Folder

if TYPE_CHECKING:
    import numpy as np

    from specc.data.readers.table import ParquetPieces

    Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Parquet(Reader):
    """A Parquet file. With `stream` it is read in pieces, as every file beyond 1 GiB is."""

    name: ClassVar[str] = "parquet"
    takes: ClassVar[Mapping[str, Kind]] = {"path": Text(), "stream": Bool()}

    stream: bool = False

    def open(self, folder: Folder, span: Span | None) -> Source:
        """Reads the file's schema, by pyarrow."""
        path = regular(folder.resolve(self.path, span), self.path)
        return parquet_source(path, self.path, self.stream, self.state())


def parquet_source(path: Path, name: str, stream: bool, state: Any) -> ParquetSource:
    """A Parquet file as a source; raises `BadData`."""
    from specc.data.readers.columns import column_type
    from specc.data.readers.table import first_line

    pa, pq = needed("pyarrow"), needed("pyarrow.parquet")
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    except (pa.ArrowException, OSError) as error:
        raise BadData(f"`{name}` is no Parquet file: {first_line(error)}") from error
    known = {f.name: t for f in schema if (t := column_type(f.type)) is not None}
    if not known:
        raise BadData(f"`{name}` has no column that a model could read")
    if len(known) != len({f.name for f in schema if f.name in known}) or len(
        set(schema.names)
    ) != len(schema.names):
        raise BadData(f"`{name}` has two columns of one name")
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    size = sum(g.total_byte_size for g in groups)
    return ParquetSource(name, known, path, stream, state, size)


@dataclass(frozen=True)
class ParquetSource(RowsSource):
    """A Parquet file whose schema has been read."""

    bytes: int

    @property
    def size(self) -> int:
        return self.bytes

    def arrays(self, fields: Sequence[str]) -> Arrays:
        """Reads the columns whole."""
        pa = needed("pyarrow")
        pq = needed("pyarrow.parquet")

        from specc.data.readers.columns import column
        from specc.data.readers.table import first_line

        try:
            table = pq.read_table(self.path, columns=list(fields), partitioning=None)
            return {n: column(table.column(n), self.fields[n]) for n in fields}
        except (pa.ArrowException, OSError) as error:
            raise BadData(f"`{self.name}` cannot be read: {first_line(error)}") from error

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        """By row groups, and smaller pieces of them."""
        for _, arrays in self.prepared(fields).pieces():
            yield Piece(arrays)

    def prepared(self, fields: Sequence[str]) -> ParquetPieces:
        """Its row groups."""
        from specc.data.readers.table import ParquetPieces

        return ParquetPieces(self.path, self.name, {n: self.fields[n] for n in fields})
