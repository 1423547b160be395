"""`npz`: arrays by name, as `numpy.savez` writes them. No pickles."""

from __future__ import annotations

import ast
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Kind, Text
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.readers.reader import Reader, regular
from specc.data.source import Piece, Source, together
from specc.diagnostics.span import Span
from specc.document.files import Folder

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

LARGEST = 2**33
"""The most bytes that the arrays of a file may unpack to."""
HEADER = 2**14
"""The most bytes of an array's header."""
MEMBERS = 10_000
ROWS = 2**16
"""The most rows of a piece."""

_BROKEN = (OSError, EOFError, zipfile.BadZipFile, zlib.error)
_DESCR = re.compile(r"[<>|=]?([fiubU])([0-9]+)")
_KINDS = {"f": "float", "i": "int", "u": "uint"}


@dataclass(frozen=True)
class Npz(Reader):
    """The arrays of an `.npz`, (examples, …) each. Objects, which would be pickles, are refused."""

    name: ClassVar[str] = "npz"
    takes: ClassVar[Mapping[str, Kind]] = {"path": Text()}

    def open(self, folder: Folder, span: Span | None) -> Source:
        """Reads the arrays' headers, without NumPy."""
        path = regular(folder.resolve(self.path, span), self.path)
        return npz_source(path, self.path, self.state())


def npz_source(path: Path, name: str, state: Any) -> NpzSource:
    """An npz as a source; raises `BadData`."""
    fields: dict[str, FieldType] = {}
    counts: dict[str, int] = {}
    size = 0
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise BadData(f"`{name}` holds {len(members):,} arrays")
            for member in members:
                field = member.filename.removesuffix(".npy")
                if field == member.filename or field in fields:
                    raise BadData(f"`{name}` is no npz: it holds `{member.filename[:60]}`")
                with archive.open(member) as file:
                    shape, dtype, bytes_ = _header(file.read(HEADER), name, field)
                size += bytes_
                if not shape:
                    raise BadData(f"the array `{field}` of `{name}` is one value, not examples")
                fields[field] = FieldType(shape[1:], dtype)
                counts[field] = shape[0]
    except (*_BROKEN, NotImplementedError, RuntimeError) as error:
        raise BadData(f"`{name}` is no npz: {error}") from error
    if not fields:
        raise BadData(f"`{name}` holds no arrays")
    if size > LARGEST:
        raise BadData(f"`{name}` unpacks to {size:,} bytes, and at most {LARGEST:,} are read")
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"`{n}` {c:,}" for n, c in counts.items())
        raise BadData(f"the arrays of `{name}` hold different numbers of examples: {listed}")
    return NpzSource(name, fields, path, state)


def _header(data: bytes, name: str, field: str) -> tuple[tuple[int, ...], str, int]:
    """Shape, dtype and bytes of an array by its first bytes, which are NumPy's format."""
    wrong = BadData(f"the array `{field[:60]}` of `{name}` is not one that NumPy writes")
    if data[:6] != b"\x93NUMPY" or len(data) < 12:
        raise wrong
    wide = data[6] >= 2
    start = 12 if wide else 10
    length = int.from_bytes(data[8:start], "little")
    try:
        said: Any = ast.literal_eval(data[start : start + length].decode("utf-8").strip())
        descr, shape = said["descr"], said["shape"]
        shape = tuple(int(d) for d in shape)
    except (ValueError, SyntaxError, KeyError, TypeError, UnicodeDecodeError, RecursionError,
            MemoryError):  # fmt: skip
        raise wrong from None
    match = _DESCR.fullmatch(descr) if isinstance(descr, str) else None
    if match is None or any(d < 0 for d in shape):
        raise BadData(
            f"the array `{field[:60]}` of `{name}` holds objects; only numbers and text are read"
        )
    kind, width = match[1], int(match[2])
    dtype = {"U": "string", "b": "bool"}.get(kind) or f"{_KINDS[kind]}{width * 8}"
    if kind == "f" and width not in (2, 4, 8):
        raise BadData(f"the array `{field[:60]}` of `{name}` holds {dtype}, which Keras has not")
    return shape, dtype, prod(shape) * width * (4 if kind == "U" else 1)


@dataclass(frozen=True)
class NpzSource(Source):
    """An npz whose headers have been read."""

    name: str
    fields: Mapping[str, FieldType]
    path: Path
    kept: Any

    def state(self) -> Any:
        return self.kept

    def arrays(self, fields: Sequence[str]) -> Arrays:
        """Reads the arrays whole."""
        import numpy as np

        try:
            with np.load(self.path, allow_pickle=False) as held:
                return {n: _plain(held[n]) for n in fields}
        except (*_BROKEN, ValueError, KeyError) as error:
            raise BadData(f"`{self.name}` is no npz of plain arrays") from error

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        """Rows of the arrays, unpacked as they are wanted; one that is packed by columns whole."""
        rows = together(self.fields, fields, ROWS)
        try:
            with ExitStack() as opened:
                archive = opened.enter_context(zipfile.ZipFile(self.path))
                members = {n: opened.enter_context(archive.open(f"{n}.npy")) for n in fields}
                reading = {n: _Rows.of(file) for n, file in members.items()}
                while (arrays := {n: r.next(rows) for n, r in reading.items()}) and all(
                    map(len, arrays.values())
                ):
                    yield Piece({n: _plain(a) for n, a in arrays.items()})
        except (*_BROKEN, ValueError, KeyError) as error:
            raise BadData(f"`{self.name}` is no npz of plain arrays") from error


@dataclass
class _Rows:
    """An array that is read from a stream, some rows at a time."""

    file: IO[bytes]
    shape: tuple[int, ...]
    dtype: Any
    whole: Any = None
    at: int = 0

    @classmethod
    def of(cls, file: IO[bytes]) -> _Rows:
        """The array whose header is read next; raises `ValueError` for one of objects."""
        import numpy as np

        form = np.lib.format
        version = form.read_magic(file)
        header = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
        shape, by_columns, dtype = header(file)
        if dtype.hasobject:
            raise ValueError("objects")
        whole = None
        if by_columns:
            flat = np.frombuffer(_exactly(file, prod(shape) * dtype.itemsize), dtype)
            whole = flat.reshape(shape[::-1]).T
        return cls(file, shape, dtype, whole)

    def next(self, rows: int) -> Any:
        """The next rows, fewer at the end: (rows, …)."""
        import numpy as np

        first, self.at = self.at, min(self.at + rows, self.shape[0])
        if self.whole is not None:
            return self.whole[first : self.at]
        shape = (self.at - first, *self.shape[1:])
        data = _exactly(self.file, prod(shape) * self.dtype.itemsize)
        return np.frombuffer(data, self.dtype).reshape(shape)


def _exactly(file: IO[bytes], count: int) -> bytes:
    """So many bytes; raises `EOFError` where there are fewer."""
    data = file.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _plain(array: Any) -> Any:
    """The array in this machine's order of bytes; texts as objects, as everywhere."""
    if array.dtype.kind == "U":
        return array.astype(object)
    return array.astype(array.dtype.newbyteorder("="), copy=False)
