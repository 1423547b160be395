"""`text`: files of text, alone, in a folder, or in a folder for each class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Bool, Kind, Text
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.readers.folder import Listing, listed
from specc.data.readers.reader import Reader, regular
from specc.data.source import PIECE, Piece, Source
from specc.diagnostics.span import Span
from specc.document.files import Folder

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

ENDINGS = (".txt", ".text", ".md")
LARGEST = 2**30
"""How many bytes of text are read."""
LINE = 2**26
"""How many bytes a line may have, where lines are read."""
TOGETHER = 2**14
"""The most texts of a piece."""


@dataclass(frozen=True)
class TextFiles(Reader):
    """Texts: `text`, one for each file, or each line with `lines`; `label`, the folder's number."""

    name: ClassVar[str] = "text"
    takes: ClassVar[Mapping[str, Kind]] = {"path": Text(), "lines": Bool()}

    lines: bool = False

    def open(self, folder: Folder, span: Span | None) -> Source:
        """Lists the files; none is read."""
        return text_source(folder.resolve(self.path, span), self.path, self.lines, self.state())


def text_source(path: Path, name: str, lines: bool, state: Any) -> TextSource:
    """A file, or a folder of them, as a source; raises `BadData`."""
    if path.is_dir():
        return TextSource(name, listed(path, name, ENDINGS), lines, state, path)
    found = Listing((regular(path, name),), (0,), ())
    return TextSource(name, found, lines, state, path.parent)


@dataclass(frozen=True)
class TextSource(Source):
    """Files of text that have been listed."""

    name: str
    listing: Listing
    lines: bool
    kept: Any
    root: Path

    @property
    def fields(self) -> Mapping[str, FieldType]:  # pyright: ignore[reportIncompatibleVariableOverride]
        classes = self.listing.classes
        label = {"label": FieldType((), "int64", len(classes), classes)} if classes else {}
        return {"text": FieldType((), "string"), **label}

    def state(self) -> Any:
        return self.kept

    def arrays(self, fields: Sequence[str]) -> Arrays:
        """Reads all texts."""
        import numpy as np

        if sum(p.stat().st_size for p in self.listing.files) > LARGEST:
            raise BadData(f"`{self.name}` holds more than {LARGEST:,} bytes of text")
        pieces = [p.arrays for p in self.once(fields)]
        if not pieces:
            raise BadData(f"`{self.name}` holds no line of text")
        return {n: np.concatenate([p[n] for p in pieces]) for n in fields}

    def once(self, fields: Sequence[str]) -> Iterator[Piece]:
        """Some texts at a time, with the names of their files, and of lines with their numbers."""
        held: list[tuple[str, int, str]] = []
        size = 0
        for path, label in zip(self.listing.files, self.listing.labels, strict=True):
            file = path.relative_to(self.root).as_posix()
            for text, name in _texts(path, file, self.name, lines=self.lines):
                held.append((text, label, name))
                size += len(text)
                if size > PIECE or len(held) >= TOGETHER:
                    yield _piece(held, fields)
                    held, size = [], 0
        if held:
            yield _piece(held, fields)


def _piece(held: Sequence[tuple[str, int, str]], fields: Sequence[str]) -> Piece:
    import numpy as np

    texts = np.empty(len(held), object)
    texts[:] = [text for text, _, _ in held]
    found: Arrays = {"text": texts, "label": np.array([label for _, label, _ in held], np.int64)}
    return Piece({n: found[n] for n in fields}, [name for _, _, name in held])


def _texts(path: Path, file: str, name: str, *, lines: bool) -> Iterator[tuple[str, str]]:
    """The texts of a file, each with what it is called."""
    if not lines:
        yield _whole(path, name), file
        return
    for number, line in enumerate(_lines(path, name), 1):
        if line:
            yield line, f"{file}:{number}"


def _whole(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadData(f"{path.name} of `{name}` holds more than {LARGEST:,} bytes of text")
        return _decoded(path.read_bytes(), path, name, 0)
    except OSError as error:
        raise _unreadable(path, name, error) from None


def _lines(path: Path, name: str) -> Iterator[str]:
    """The lines of a file, one after the other; ended by whatever Python takes for a line's end."""
    try:
        with path.open("rb") as file:
            at = 0
            while raw := file.readline(LINE):
                if len(raw) == LINE:
                    raise BadData(f"{path.name} of `{name}` has a line of more than {LINE:,} bytes")
                yield from _decoded(raw, path, name, at).splitlines()
                at += len(raw)
    except OSError as error:
        raise _unreadable(path, name, error) from None


def _decoded(data: bytes, path: Path, name: str, at: int) -> str:
    """The text of some bytes that stand at `at` in a file."""
    try:
        return data.decode("utf-8" if at else "utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"byte {at + error.start}"
        raise BadData(f"{path.name} of `{name}` is no UTF-8 text ({where})") from None


def _unreadable(path: Path, name: str, error: OSError) -> BadData:
    return BadData(f"{path.name} of `{name}` cannot be read: {error.strerror}")
