"""Files of Keras's own cache: whether one is there and is what Keras would fetch."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from specc.data.failure import BadData


@dataclass(frozen=True, slots=True)
class Cached:
    """A file that `keras.utils.get_file` keeps.

    `name` is where it lies in Keras's folder, with slashes. `hash` is the SHA-256 that Keras's
    loader demands, or empty where it demands none.
    """

    name: str
    origin: str
    hash: str = ""

    def demand(self, dataset: str) -> None:
        """Raises `BadData` where it is not there, or is another file than Keras would fetch."""
        path = folder() / self.name
        if not path.is_file():
            raise BadData(
                f"`{dataset}` is not at hand: {path} would be fetched from {self.origin}",
                help="`--fetch` fetches it; or put the file there",
            )
        if self.hash and self._found(path) != self.hash:
            raise BadData(
                f"`{dataset}` is not read: {path} is not what Keras would fetch from {self.origin} "
                f"(the SHA-256 of that is {self.hash})",
                help="`--fetch` fetches it anew in its place",
            )

    @staticmethod
    def _found(path: Path) -> str:
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BadData(f"{path} cannot be read: {error.strerror}") from error


def folder() -> Path:
    """Keras's own folder, as `keras.utils.get_file` finds it.

    Once Keras is loaded it stays with what the environment said then. A folder that cannot be
    written to is passed over for one in `/tmp`.
    """
    config = sys.modules.get("keras.src.backend.config")
    if config is not None:
        home = Path(config.keras_home()).expanduser()
    elif "KERAS_HOME" in os.environ:
        home = Path(os.environ["KERAS_HOME"]).expanduser()
    else:
        home = Path.home() / ".keras"
    if home.exists() and not os.access(home, os.W_OK):
        instead = Path("/tmp")  # noqa: S108 (Keras's choice)
        return (instead if instead.is_dir() else Path(tempfile.gettempdir())) / ".keras"
    return home
