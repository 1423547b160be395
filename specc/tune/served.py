"""The other end of `desk`: an engine that has a process, or a task of a cluster, to itself."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from specc.lower.fetching import fetching
from specc.tune.engine import Engine, Result, Trial


def serve(engine: Engine, pipe: Connection, *, fetch: bool, most: int | None = None) -> None:
    """Runs the engine until there is no trial, it has had `most`, or nobody listens."""
    try:
        with fetching(fetch):
            engine.run(_Piped(pipe, most))
        pipe.send(("over",))
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # told where somebody reads it
        pipe.send(("raised", f"{type(error).__name__}: {error}"))


class _Piped:
    """The source as the process sees it."""

    def __init__(self, pipe: Connection, most: int | None) -> None:
        self._pipe = pipe
        self._left = most

    def _asked(self, *message: Any) -> Any:
        self._pipe.send(message)
        return self._pipe.recv()

    def next(self, group: str | None = None) -> Trial | None:
        if self._left == 0:
            return None
        found = self._asked("next", group)
        if found is None:
            return None
        if self._left is not None:
            self._left -= 1
        return found.opened()

    def report(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        return self._asked("report", trial, epoch, dict(logs))

    def done(self, trial: int, result: Result) -> None:
        if self._asked("done", trial, dict(result.logs), result.seconds) is not None:
            self._asked_with(_bytes(result))

    def _asked_with(self, answer: Any) -> Any:
        self._pipe.send(answer)
        return self._pipe.recv()

    def failed(self, trial: int, reason: str) -> None:
        self._asked("failed", trial, reason)

    def unable(self, trial: int, reason: str) -> None:
        self._asked("unable", trial, reason)


def _bytes(result: Result) -> bytes | str:
    """The model as the bytes of its file, or what kept it from being written."""
    assert result.write is not None  # engines that are served always can
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.keras"
            result.write(path)
            return path.read_bytes()
    except OSError as error:
        return str(error)
