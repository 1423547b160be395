"""`csv`: a table as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Bool, Choice, Kind, MappingOf, Text, nearest
from specc.catalogue.mismatch import UnknownArgument
from specc.data.dataset import FieldType
from specc.data.extra import needed
from specc.data.failure import BadData
from specc.data.readers.csv_header import FALSE, MISSING, TRUE, Header, blame, read_header
from specc.data.readers.reader import Reader, regular
from specc.data.readers.rows import RowsSource
from specc.data.source import Piece, Pieces, Source
from specc.diagnostics.span import Span
from specc.document.files import Folder

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

BLOCK = 2**22
"""How many bytes Arrow parses at once, which no row may be longer than; it reads 32 ahead."""


@dataclass(frozen=True)
class Csv(Reader):
    """A table in UTF-8 with the columns' names in its first line.

    A column's type is that of its first thousand rows: whole numbers are `int64`, others `float32`,
    then `bool`, otherwise `string`. `types` says it for a column whose later rows are different.
    """

    name: ClassVar[str] = "csv"
    takes: ClassVar[Mapping[str, Kind]] = {
        "path": Text(),
        "separator": Text(r"[^\"\r\n]", "one character"),
        "types": MappingOf(Choice(("float32", "float64", "int64", "bool", "string"))),
        "stream": Bool(),
    }

    separator: str = ","
    types: Mapping[str, str] | None = None
    stream: bool = False

    def open(self, folder: Folder, span: Span | None) -> Source:
        """Reads the first line and a sample of what follows."""
        path = regular(folder.resolve(self.path, span), self.path)
        found = read_header(path, self.path, self.separator)
        said = self.types or {}
        for column in said:
            if column not in found.names:
                close = nearest(column, list(found.names))
                raise UnknownArgument(
                    f"`{self.path}` has no column `{column}`",
                    argument=("types", column),
                    help=f"did you mean `{close}`?" if close else None,
                )
        header = Header(
            found.names,
            tuple(said.get(n, t) for n, t in zip(found.names, found.types, strict=True)),
        )
        return csv_source(path, self.path, header, self.separator, self.stream, self.state())


def csv_source(
    path: Path, name: str, header: Header, separator: str, stream: bool, state: Any
) -> CsvSource:
    """A CSV file as a source, its header read."""
    fields = {n: FieldType((), t) for n, t in zip(header.names, header.types, strict=True)}
    return CsvSource(name, fields, path, stream, state, header, separator)


@dataclass(frozen=True)
class CsvSource(RowsSource):
    """A CSV file whose header has been read."""

    header: Header
    separator: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def arrays(self, fields: Sequence[str]) -> Arrays:
        """Reads the columns whole."""
        pa = needed("pyarrow")

        from specc.data.readers.columns import column

        batches = list(self.batches(fields))
        if not batches:
            raise BadData(f"`{self.name}` has no rows")
        table = pa.Table.from_batches(batches)
        return {n: column(table.column(n), self.fields[n]) for n in fields}

    def batches(self, fields: Sequence[str]) -> Iterator[Any]:
        """Arrow's record batches of the columns, in the file's order; raises `BadData`."""
        from specc.data.readers.table import first_line

        pa, reader = needed("pyarrow"), needed("pyarrow.csv")
        arrow = {"bool": pa.bool_(), "string": pa.string(), "float32": pa.float32(),
                 "float64": pa.float64(), "int64": pa.int64()}  # fmt: skip
        try:
            with reader.open_csv(
                self.path,
                read_options=reader.ReadOptions(block_size=BLOCK),
                parse_options=reader.ParseOptions(
                    delimiter=self.separator, newlines_in_values=True
                ),
                convert_options=reader.ConvertOptions(
                    column_types={n: arrow[self.fields[n].dtype] for n in fields},
                    include_columns=list(fields),
                    null_values=list(MISSING),
                    true_values=[*TRUE, "1"],
                    false_values=[*FALSE, "0"],
                    strings_can_be_null=False,
                ),
            ) as batches:
                yield from batches
        except (pa.ArrowException, UnicodeDecodeError) as error:
            why = blame(self.path, self.name, self.separator, self.header) or first_line(error)
            raise BadData(
                f"`{self.name}`: {why}",
                help="`types: {column: string}` says another type" if ", column" in why else None,
            ) from error

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        """By Arrow's batches."""
        from specc.data.readers.columns import column

        for batch in self.batches(fields):
            yield Piece({n: column(batch.column(n), self.fields[n]) for n in fields})

    def prepared(self, fields: Sequence[str]) -> Pieces:
        """The columns in a temporary Arrow file: parsed once, and then read in any order."""
        import tempfile
        import weakref

        pa = needed("pyarrow")

        from specc.data.readers.table import ArrowPieces, file_digest

        folder = tempfile.TemporaryDirectory(prefix="specc-")
        path = Path(folder.name) / "columns.arrow"
        starts: list[int] = []
        count, writer = 0, None
        with pa.OSFile(str(path), "wb") as file:
            for batch in self.batches(fields):
                writer = writer or pa.ipc.new_file(file, batch.schema)
                writer.write_batch(batch)
                starts.append(count)
                count += batch.num_rows
            if writer is None:
                raise BadData(f"`{self.name}` has no rows")
            writer.close()
        known = {n: self.fields[n] for n in fields}
        made = ArrowPieces(path, self.name, known, file_digest(self.path), starts, count)
        weakref.finalize(made, folder.cleanup)
        return made
