"""A study's folder, as it is made or gone on with: `studies/<name>/<n>`, one driver at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from specc.document.origin import Origin
from specc.lower.writing import write_text
from specc.train.folder import allocate, unwritable
from specc.tune.folder import LEDGER, describe


class StudyFailed(RuntimeError):
    """A study could not be begun or gone on with; what it holds is whole."""

    status: ClassVar[int] = 3


class StudyStopped(KeyboardInterrupt):
    """Ctrl-C while a study runs: all that was reported is kept, and `--resume` goes on."""

    status: ClassVar[int] = 130


def begun(studies: Path, name: str, text: str, resume: bool, origin: Origin | None) -> Path:
    """The folder of a new study of a document, or with `resume` that of its last one.

    Raises `StudyFailed` where there is none, or where it is of another document.
    """
    if not resume:
        folder = allocate(studies, name)
        write_text(folder / "spec.yaml", text)
        describe(folder, origin)
        return folder
    parent = studies / name
    numbers = [int(p.name) for p in parent.glob("*") if p.name.isdecimal()]
    if not numbers:
        raise StudyFailed(f"{parent} holds no study to go on with")
    folder = parent / str(max(numbers))
    if not (folder / "spec.yaml").is_file():
        raise StudyFailed(f"{folder} was not begun: its spec.yaml is missing; begin another study")
    if (folder / "spec.yaml").read_bytes() != text.encode():
        raise StudyFailed(f"the spec is not that of {folder} any more; begin another study")
    return folder


@contextmanager
def kept(folder: Path) -> Generator[None]:
    """Raises `StudyFailed` or `RunFailed` where a study cannot be written, as on a full disk.

    What was committed before is whole, and so is the best model.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StudyFailed(
            f"{folder / LEDGER} could not be written ({error}); what was reported before is whole, "
            "and `--resume` goes on with it"
        ) from error
    except OSError as error:
        raise unwritable(error, folder) from error


class sole_driver:  # noqa: N801  # used as a function
    """One driver for a folder at a time; raises `StudyFailed` that names the other one."""

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self._path = folder / "lock"
        self._lock = FileLock(str(self._path), timeout=0)

    def __enter__(self) -> None:
        from filelock import Timeout

        try:
            self._lock.acquire()
        except Timeout:
            who = self._path.with_suffix(".pid")
            pid = who.read_text() if who.exists() else "?"
            raise StudyFailed(f"{self._path.parent} is driven by the process {pid}") from None
        write_text(self._path.with_suffix(".pid"), str(os.getpid()))

    def __exit__(self, *_: object) -> None:
        self._path.with_suffix(".pid").unlink(missing_ok=True)
        self._lock.release()
