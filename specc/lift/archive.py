"""Reads a `.keras` file: a zip with a configuration, and the weights, which stay shut.

Nothing is unpacked and nothing run. Each member's name and size is looked at before it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from specc.lift.saved import Unliftable

CONFIG, METADATA = "config.json", "metadata.json"
WEIGHTS = "model.weights.h5"
ASSETS = "assets/"

CONFIG_BYTES = 64 * 2**20
ASSET_BYTES = 256 * 2**20
MEMBERS = 10_000
"""Bounds on what is read, and on how many members there may be."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A model file: its configuration, and how many bytes of weights it holds."""

    config: Any
    held: int
    digest: str
    """A hash of the configuration, and of the weights' checksum and size."""


def read(path: Path) -> Archive:
    """The file's configuration; raises `Unliftable`."""
    with opened(path) as file:
        return read_open(file)


def opened(path: Path) -> IO[bytes]:
    """A regular file, open for reading; raises `Unliftable`."""
    try:
        # Without O_NONBLOCK a named pipe would wait for a writer before it could be refused.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Unliftable("it does not exist") from None
    except (OSError, ValueError) as error:
        raise Unliftable(
            f"it cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unliftable("it is no regular file")
    return os.fdopen(descriptor, "rb")


def read_open(file: IO[bytes]) -> Archive:
    """The configuration of an open file; raises `Unliftable`."""
    if file.read(8) == b"\x89HDF\r\n\x1a\n":
        raise Unliftable(
            "it is an HDF5 file, the form before Keras 3",
            "load it with Keras and save it as `.keras`",
        )
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            return _read(archive)
    except zipfile.BadZipFile:
        raise Unliftable(
            "it is no model that Keras 3 saved, or a part of it is missing",
            'write it with `model.save("name.keras")`',
        ) from None
    except (OSError, EOFError, zlib.error, NotImplementedError, RuntimeError, UnicodeError):
        raise Unliftable("it is damaged: a part of it cannot be read") from None


def _read(archive: zipfile.ZipFile) -> Archive:
    members = archive.infolist()
    if len(members) > MEMBERS:
        raise Unliftable(f"it has more than {MEMBERS:,} members")
    sizes: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        check_member(member)
        if member.filename in sizes:
            raise Unliftable(f"it holds `{member.filename[:60]}` twice")
        sizes[member.filename] = member
    if CONFIG not in sizes or WEIGHTS not in sizes:
        raise Unliftable(
            f"it holds no `{CONFIG if CONFIG not in sizes else WEIGHTS}`",
            'write it with `model.save("name.keras")`',
        )
    text = _member(archive, sizes[CONFIG], CONFIG_BYTES)
    if METADATA in sizes:
        _member(archive, sizes[METADATA], 2**20)
    held = sizes[WEIGHTS]
    seal = f"{held.CRC} {held.file_size}".encode()
    digest = hashlib.sha256(text + seal).hexdigest()
    return Archive(_json(text), held.file_size, digest)


def check_member(member: zipfile.ZipInfo) -> None:
    """Refuses a member that is not one of those that Keras writes; raises `Unliftable`."""
    name = member.filename
    parts = name.split("/")
    known = name in (CONFIG, METADATA, WEIGHTS) or name.startswith(ASSETS)
    escapes = ".." in parts or "\\" in name or name.startswith("/") or not name.isprintable()
    if escapes or not known or stat.S_ISLNK(member.external_attr >> 16):
        raise Unliftable(f"it holds `{ascii(name)[1:60]}`, which Keras does not write into a model")
    if member.flag_bits & 0x1:
        raise Unliftable("it is encrypted")
    if name.startswith(ASSETS) and member.file_size > ASSET_BYTES:
        raise Unliftable(f"an asset in it has more than {ASSET_BYTES // 2**20} MiB")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, bound: int) -> bytes:
    if member.file_size > bound:
        raise Unliftable(f"its `{member.filename}` has more than {bound // 2**20} MiB")
    with archive.open(member) as file:
        data = file.read(bound + 1)
    if len(data) > bound:
        raise Unliftable(f"its `{member.filename}` has more than {bound // 2**20} MiB")
    return data


def _json(text: bytes) -> Any:
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_no_number)
    except RecursionError:
        raise Unliftable("its configuration stands too deep in itself") from None
    except (UnicodeDecodeError, ValueError):
        raise Unliftable("its configuration is no JSON") from None


def _no_number(text: str) -> float:
    raise ValueError(text)
