"""`text`: files of text, alone, in a folder, or in a folder for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from specc.catalogue.kinds import Bool, Kind, Text
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.readers.folder import Listing, listed
from specc.data.readers.reader import Reader, regular
from specc.data.source import Source
from specc.diagnostics.span import Span
from specc.document.files import Folder

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

ENDINGS = (".txt", ".text", ".md")
LARGEST = 2**30
"""How many bytes of text are read."""


@dataclass(frozen=True)
class TextFiles(Reader):
    """Texts: `text`, one for each file, or each line with `lines`; `label`, the folder's number."""

    name: ClassVar[str] = "text"
    takes: ClassVar[Mapping[str, Kind]] = {"path": Text(), "lines": Bool()}

    lines: bool = False

    def open(self, folder: Folder, span: Span | None) -> Source:
        """Lists the files; none is read."""
        path = folder.resolve(self.path, span)
        if path.is_dir():
            found = listed(path, self.path, ENDINGS)
        else:
            found = Listing((regular(path, self.path),), (0,), ())
        return TextSource(self.path, found, self.lines, self.state())


@dataclass(frozen=True)
class TextSource(Source):
    """Files of text that have been listed."""

    name: str
    listing: Listing
    lines: bool
    kept: Any

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
        texts: list[str] = []
        labels: list[int] = []
        for path, label in zip(self.listing.files, self.listing.labels, strict=True):
            text = _read(path, self.name)
            held = [line for line in text.splitlines() if line] if self.lines else [text]
            texts += held
            labels += [label] * len(held)
        if not texts:
            raise BadData(f"`{self.name}` holds no line of text")
        made = np.empty(len(texts), object)
        made[:] = texts
        found: Arrays = {"text": made, "label": np.array(labels, np.int64)}
        return {n: found[n] for n in fields}


def _read(path: Path, name: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(f"{path.name} of `{name}` is no UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise BadData(f"{path.name} of `{name}` cannot be read: {error.strerror}") from None
