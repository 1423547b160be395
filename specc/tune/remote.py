"""An engine in a process of its own, with the backend that it wants.

The process asks for trials and reports to this one over a pipe, as the engine would to the source.
Where it dies, another takes its place, and the trials that it had begin again.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import IO, Any, Literal

from specc.lower.fetching import may_fetch
from specc.lower.lean import load_lean, plugged
from specc.tune.desk import Desk, Held, WorkerFailed
from specc.tune.engine import Engine, Source, Trial
from specc.tune.epoch import Epoch
from specc.tune.served import serve
from specc.tune.slots import Slots
from specc.tune.started import started

Name = Literal["epoch", "slots"]

BACKENDS: Mapping[Name, str] = {"epoch": "tensorflow", "slots": "jax"}
"""What each engine trains on."""


class Remote:
    """`epoch` or `slots` in a process of its own; this one loads no backend."""

    def __init__(self, name: Name) -> None:
        self.name: str = name
        self.backend = BACKENDS[name]
        self._engine = shared(name)
        self.desk = Desk(self.group_key)
        self._process: subprocess.Popen[Any] | None = None
        self._last = ""

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    def why_not(self, trial: Trial) -> str | None:
        return self._engine.why_not(trial)

    def group_key(self, trial: Trial) -> str:
        return self._engine.group_key(trial)

    def run(self, source: Source) -> None:
        held: Held = {}
        while not self._ran(held, source):
            if not held:
                raise WorkerFailed(
                    f"the process of the engine `{self.name}` does not start: {self._last}"
                )
            self.desk.died(held, source)

    def _ran(self, held: Held, source: Source) -> bool:
        """Runs one process to its end. `False`: it died."""
        with tempfile.TemporaryFile() as said:
            try:
                return self._served(held, source, said)
            finally:
                self._last = _last_line(said)

    def _served(self, held: Held, source: Source, said: IO[bytes]) -> bool:
        ours, theirs = Pipe()
        self._process = started(
            "specc.tune.remote",
            self.name,
            str(theirs.fileno()),
            "fetch" if may_fetch() else "",
            "whole" if plugged() else "lean",
            environment={"KERAS_BACKEND": self.backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
            said=said,
            kept=[theirs.fileno()],
        )
        theirs.close()
        try:
            while True:
                message = ours.recv()
                if message[0] == "over":
                    return True
                ours.send(self.desk.answer(message, ours, held, source))
        except (EOFError, ConnectionError):
            return False
        finally:
            ours.close()  # on which the process ends by itself, if it has not
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            self._process.wait()
            self._process = None


def shared(name: str) -> Engine:
    """The engine of a name that trains in shared programs."""
    return Slots() if name == "slots" else Epoch()


def _last_line(said: IO[bytes]) -> str:
    """What a process that has died said last."""
    said.seek(0)
    lines = said.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver's to decide
    if sys.argv[4] == "lean":
        load_lean()
    serve(shared(sys.argv[1]), Connection(int(sys.argv[2])), fetch=sys.argv[3] == "fetch")
