"""One writer for a run: the second is refused, and told who the first is."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from specc.data.extra import needed
from specc.lower.writing import write_text
from specc.train.checkpoint.generation import FOLDER
from specc.train.failure import RunFailed
from specc.train.folder import unwritable


@contextmanager
def sole_writer(run: Path) -> Generator[None]:
    """Holds the run until the block ends; raises `RunFailed` where another process does.

    The system gives a dead process's hold back, so that a kill leaves nothing to clean up.
    """
    filelock: Any = needed("filelock")
    folder = run / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        held: Any = filelock.FileLock(folder / "writer.lock", timeout=0)
        held.acquire()
    except filelock.Timeout:
        raise RunFailed(f"{run} is being written by {_who(folder)}") from None
    except OSError as error:
        raise unwritable(error, folder) from error
    try:
        me = {"pid": os.getpid(), "host": socket.gethostname()}
        try:
            write_text(folder / "writer.json", json.dumps(me))
        except OSError as error:
            raise unwritable(error, folder) from error
        yield
    finally:
        held.release()


def _who(folder: Path) -> str:
    try:
        found = json.loads((folder / "writer.json").read_text(encoding="utf-8"))
        return f"process {found['pid']} on {found['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
