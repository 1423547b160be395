"""An engine in a process of its own, with the backend that it wants.

The process asks for trials and reports to this one over a pipe, as the engine would to the source.
Where it dies, another takes its place, and the trials that it had begin again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from tempfile import TemporaryFile
from typing import Literal

from specc.lower.fetching import may_fetch
from specc.lower.lean import plugged
from specc.tune.desk import Desk, Held, WorkerFailed
from specc.tune.engine import Engine, Source, Trial
from specc.tune.epoch import Epoch
from specc.tune.served import serve
from specc.tune.slots import Slots
from specc.tune.started import at_start, started

Name = Literal["epoch", "slots"]

BACKENDS: Mapping[Name, str] = {"epoch": "tensorflow", "slots": "jax"}
"""What each engine trains on."""


class _Process:
    """One process, its end of the pipe, and what it says."""

    def __init__(self, name: str, backend: str) -> None:
        self.pipe, theirs = Pipe()
        with theirs, TemporaryFile() as said:
            self._said = os.fdopen(os.dup(said.fileno()), "rb")
            self.popen = started(
                "specc.tune.remote",
                name,
                str(theirs.fileno()),
                "fetch" if may_fetch() else "",
                "whole" if plugged() else "lean",
                environment={"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
                said=said,
                kept=[theirs.fileno()],
            )

    def end(self, *, idle: bool) -> str:
        """Ends it, if it has not ended; gives the last line that it said.

        One that is not idle may be writing, and is given time to see that nobody listens.
        """
        self.pipe.close()
        if not idle:
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(5)
        self.popen.kill()
        self.popen.wait()
        with self._said as said:
            said.seek(0)
            lines = said.read().decode(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


class Remote:
    """`epoch` or `slots` in a process of its own; this one loads no backend."""

    def __init__(self, name: Name) -> None:
        self.name: str = name
        self.backend = BACKENDS[name]
        self._engine = shared(name)
        self.desk = Desk(self.group_key)
        self._process: _Process | None = None
        self._last = ""

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.popen.pid

    def why_not(self, trial: Trial) -> str | None:
        return self._engine.why_not(trial)

    def group_key(self, trial: Trial) -> str:
        return self._engine.group_key(trial)

    def begin(self) -> None:
        """Starts the process, which loads its backend while the study is made ready."""
        if self._process is None:
            self._process = _Process(self.name, self.backend)

    def end(self, *, idle: bool = True) -> None:
        """Ends the process, if there is one: what `begin` began and `run` does not want."""
        if self._process is not None:
            self._last = self._process.end(idle=idle)
            self._process = None

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
        self.begin()
        assert self._process is not None
        pipe, over = self._process.pipe, False
        try:
            while not over:
                message = pipe.recv()
                over = message[0] == "over"
                if not over:
                    pipe.send(self.desk.answer(message, pipe, held, source))
        except (EOFError, ConnectionError):
            return False
        finally:
            self.end(idle=over)
        return True


def shared(name: str) -> Engine:
    """The engine of a name that trains in shared programs."""
    return Slots() if name == "slots" else Epoch()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver's to decide
    at_start(lean=sys.argv[4] == "lean")
    serve(shared(sys.argv[1]), Connection(int(sys.argv[2])), fetch=sys.argv[3] == "fetch")
