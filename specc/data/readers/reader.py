"""Reader: what a spec writes as `{csv: {path: sales.csv}}`, and what it may open."""

from __future__ import annotations

import stat
from abc import abstractmethod
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar

from specc.data.arguments import Arguments
from specc.data.failure import BadData
from specc.data.source import Source
from specc.diagnostics.span import Span
from specc.document.files import Folder


@dataclass(frozen=True)
class Reader(Arguments):
    """Arguments of one kind of files. `open` finds them and reads their header."""

    main: ClassVar[str | None] = "path"

    path: str

    @abstractmethod
    def open(self, folder: Folder, span: Span | None) -> Source:
        """The files as a source; raises `Unreadable` for a path that leads out, and `BadData`."""

    def state(self) -> dict[str, Any]:
        """What a run keeps, as JSON has it; the folder is that of the run's spec."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"reader": self.name, "arguments": {k: v for k, v in given.items() if v is not None}}


def regular(path: Path, name: str) -> Path:
    """The path, if it is that of a regular file; raises `BadData`. No pipe or device is opened."""
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        why = "does not exist" if isinstance(error, FileNotFoundError) else "cannot be read"
        raise BadData(f"`{name}` {why}") from None
    if not stat.S_ISREG(status.st_mode):
        what = "is a folder" if stat.S_ISDIR(status.st_mode) else "is no regular file"
        raise BadData(f"`{name}` {what}")
    return path
