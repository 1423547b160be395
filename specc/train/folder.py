"""Run folders: `runs/<name>/<n>/`, each number given out once."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from pathlib import Path

from specc.train.failure import RunFailed

RESERVED = (
    "spec.yaml", "resolved.yaml", "program.json", "lock.json", "model.keras", "history.csv",
    "metrics.json", "data.json", "fitted.weights.h5", "curves.svg",
    "architecture.svg", "checkpoints", "samples", "generated",
)  # fmt: skip
"""What a run writes itself, so that no callback may."""

LEDGER = "ledger.sqlite"
"""What a study's folder has, and a run's has not."""


def is_study(folder: Path) -> bool:
    """Whether a folder is a study's."""
    return (folder / LEDGER).is_file()


def allocate(runs: Path, name: str) -> Path:
    """Makes the folder of a new run, its number one above the last one's; raises `RunFailed`.

    Two runs that begin at once get two folders, since one `mkdir` of a name succeeds.
    """
    parent = runs / name
    try:
        parent.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(p.name) for p in parent.iterdir() if p.name.isdecimal()), default=0)
        while True:
            folder = parent / str(number)
            try:
                folder.mkdir(parents=True)  # another run's `discard` may have taken the name away
            except FileExistsError:
                number += 1
            else:
                return folder
    except OSError as error:
        raise unwritable(error, parent) from error


def discard(folder: Path) -> None:
    """Takes away the folder of a run that never began, and its name's where that holds no other."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()


def unwritable(error: OSError, path: Path) -> RunFailed:
    """What went wrong with a file or folder, in the user's words."""
    where = error.filename or path
    if error.errno == errno.ENOSPC:
        return RunFailed(
            f"the disk is full, so {where} could not be written; older files are whole"
        )
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return RunFailed(f"{where} may not be written: {error.strerror}")
    return RunFailed(f"{where} could not be written: {error.strerror or error}")
