"""What the driver answers the processes of an engine, and which of them holds which trial.

Where one dies, the trials that it held begin again in another; what they report anew is not passed
on twice.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar

from specc.lower.writing import whole
from specc.tune.engine import Result, Source, Trial
from specc.tune.parcel import packed

ATTEMPTS = 3
"""How often a trial may take a process with it."""

Held = dict[int, Trial]
"""The trials of one process, by their id."""


class WorkerFailed(RuntimeError):
    """The process of an engine cannot go on; the text says why."""

    status: ClassVar[int] = 3


class Desk:
    """Answers any number of processes from one source."""

    def __init__(self, group_key: Callable[[Trial], str]) -> None:
        self._group_key = group_key
        self._deaths: dict[int, int] = {}
        self._reported: dict[int, int] = {}
        self.lost: list[Trial] = []
        """Trials whose process has died, which are given out first."""
        self.dry = False
        """Whether the source had nothing when it was last asked for any trial."""

    def answer(self, message: tuple[Any, ...], pipe: Connection, held: Held, source: Source) -> Any:
        """What to send back. Raises `WorkerFailed` where the engine itself has failed."""
        match message:
            case "next", group:
                trial = self._next(group, held, source)
                return None if trial is None else packed(trial)
            case "report", int(number), int(epoch), logs:
                if epoch <= self._reported.get(number, 0):
                    return True  # it went on, or it would not have begun again
                self._reported[number] = epoch
                going = source.report(number, epoch, logs)
                if not going:
                    held.pop(number)
                return going
            case "done", int(number), logs, seconds:
                source.done(number, Result(logs, partial(_fetched, pipe), seconds))
                held.pop(number)
            case "failed", int(number), reason:
                source.failed(number, reason)
                held.pop(number)
            case "unable", int(number), reason:
                source.unable(number, reason)
                held.pop(number)
            case "raised", reason:
                raise WorkerFailed(reason)
            case _:
                raise WorkerFailed(f"the process of an engine says {message[0]!r}")
        return None

    def died(self, held: Held, source: Source) -> None:
        """The process that held these has died."""
        for number, trial in held.items():
            self._deaths[number] = self._deaths.get(number, 0) + 1
            if self._deaths[number] < ATTEMPTS:
                self.lost.append(trial)
            else:
                source.failed(number, f"its process died {ATTEMPTS} times while it trained")
        held.clear()

    def _next(self, group: str | None, held: Held, source: Source) -> Trial | None:
        for trial in self.lost:
            if group is None or self._group_key(trial) == group:
                self.lost.remove(trial)
                break
        else:
            trial = source.next(group)
            if group is None:
                self.dry = trial is None
        if trial is not None:
            held[trial.id] = trial
        return trial


def _fetched(pipe: Connection, path: Path) -> None:
    """Writes the model that a process has just reported as done. Raises `OSError`, `EOFError`."""
    pipe.send("model")
    found = pipe.recv()
    if isinstance(found, str):
        raise OSError(found)
    with whole(path) as temporary:
        temporary.write_bytes(found)
