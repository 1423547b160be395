"""Tables and arrays that are written part by part, and are whole or not there."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

from specc.data.extra import needed
from specc.data.failure import BadData
from specc.diagnostics.render.escape import cell
from specc.lower.writing import whole
from specc.train.predict.results import FILE, Results

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Write = Callable[[Results], None]

GROUP = 2**25
"""How many bytes make a row group of Parquet."""


@contextmanager
def written(output: str | PathLike[str] | TextIO) -> Generator[Write]:
    """What takes the results in their order. Raises `OSError`, and `BadData` for another ending."""
    if not isinstance(output, str | PathLike):
        yield _csv(output)
        return
    path = Path(output)
    if path.suffix not in _WRITERS:
        raise BadData(f"{path} ends in none of {', '.join(_WRITERS)}")
    with whole(path) as temporary, _WRITERS[path.suffix](temporary) as write:
        yield write


@contextmanager
def _to_csv(path: Path) -> Generator[Write]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield _csv(file)


def _csv(file: TextIO) -> Write:
    """Rows under a header, which is written with the first of them."""
    table = csv.writer(file, lineterminator="\n")
    begun = False

    def write(results: Results) -> None:
        nonlocal begun
        columns = results.columns()
        if not begun:
            table.writerow(map(cell, columns))
            begun = True
        cells = [_cells(values) for values in columns.values()]
        table.writerows(zip(*cells, strict=True))

    return write


def _cells(values: Sequence[str] | Array) -> list[Any]:
    if not isinstance(values, Sequence):
        if values.dtype.kind not in "OU":
            return values.tolist()
        values = values.tolist()
    return [cell(v) for v in values]


@contextmanager
def _to_parquet(path: Path) -> Generator[Write]:
    pa, pq = needed("pyarrow"), needed("pyarrow.parquet")
    with ExitStack() as opened:
        writer: Any = None
        held: list[Any] = []

        def flush() -> None:
            nonlocal writer
            if held:
                if writer is None:
                    writer = opened.enter_context(pq.ParquetWriter(path, held[0].schema))
                writer.write_table(pa.concat_tables(held))
                held.clear()

        def write(results: Results) -> None:
            held.append(pa.table(results.columns()))
            if sum(t.nbytes for t in held) > GROUP:
                flush()

        yield write
        flush()


@contextmanager
def _to_npz(path: Path) -> Generator[Write]:
    """Each output in a file of its own, until it is known how many examples there are."""
    import numpy as np

    with ExitStack() as opened:
        parts: dict[str, tuple[IO[bytes], np.dtype[Any], list[int]]] = {}
        files: list[str] = []

        def write(results: Results) -> None:
            files.extend(results.files or ())
            for name, values in results.outputs.items():
                if name not in parts:
                    file = opened.enter_context(tempfile.TemporaryFile())
                    parts[name] = (file, values.dtype, [0, *values.shape[1:]])
                file, _, shape = parts[name]
                if list(values.shape[1:]) != shape[1:]:
                    raise BadData(
                        f"`{name}` has examples of different lengths, which no array holds: "
                        "write a table"
                    )
                file.write(np.ascontiguousarray(values).data)
                shape[0] += len(values)

        yield write
        with zipfile.ZipFile(path, "w") as archive:
            for name, (file, dtype, shape) in parts.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    described = np.lib.format.dtype_to_descr(dtype)
                    header = {"descr": described, "fortran_order": False, "shape": tuple(shape)}
                    np.lib.format.write_array_header_1_0(member, header)
                    file.seek(0)
                    while data := file.read(2**20):
                        member.write(data)
            if files:
                name = FILE
                while name in parts:
                    name += "_"
                with archive.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, np.array(files), allow_pickle=False)


_WRITERS: dict[str, Callable[[Path], Any]] = {
    ".csv": _to_csv,
    ".parquet": _to_parquet,
    ".npz": _to_npz,
}
