"""A folder with a folder for each class, or a folder of files alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from specc.data.failure import BadData

FILES = 10_000_000
"""How many files a folder may hold."""
CLASSES = 100_000


@dataclass(frozen=True)
class Listing:
    """The files in the order of their classes and names; no classes where the folder has none."""

    files: tuple[Path, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]


def listed(folder: Path, name: str, endings: Sequence[str]) -> Listing:
    """What a folder holds; raises `BadData`. Hidden files, and other endings, are left out."""
    classes = sorted(e for e in _entries(folder, name) if (folder / e).is_dir())
    if len(classes) > CLASSES:
        raise BadData(f"`{name}` has {len(classes):,} folders, and at most {CLASSES:,} are read")
    files: list[Path] = []
    labels: list[int] = []
    for label, cls in enumerate(classes or [""]):
        found = _files(folder / cls, f"{name}/{cls}".rstrip("/"), folder, endings)
        if not found:
            raise BadData(
                f"`{name}/{cls}` holds no file that ends in {', '.join(endings)}".replace("/`", "`")
            )
        files += found
        labels += [label] * len(found)
        if len(files) > FILES:
            raise BadData(f"`{name}` holds more than {FILES:,} files")
    return Listing(tuple(files), tuple(labels), tuple(classes))


def _entries(folder: Path, name: str) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [e.name for e in entries if not e.name.startswith(".")]
    except OSError as error:
        raise BadData(f"`{name}` cannot be read: {error.strerror or error}") from None


def _files(folder: Path, name: str, root: Path, endings: Sequence[str]) -> list[Path]:
    inside = os.path.realpath(root)
    made: list[Path] = []
    for entry in sorted(_entries(folder, name)):
        path = folder / entry
        if path.suffix.lower() not in endings or path.is_dir():
            continue
        if not Path(os.path.realpath(path)).is_relative_to(inside):
            raise BadData(f"`{name}/{entry}` leads out of the folder")
        if not path.is_file():
            raise BadData(f"`{name}/{entry}` is no regular file")
        made.append(path)
    return made
