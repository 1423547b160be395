"""An engine in a process of its own, with the backend that it wants.

The process asks for trials and reports to this one over a pipe, as the engine would to the source.
Where it dies, another takes its place, and the trials that it had begin again; what they report
anew is not passed on twice.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, ClassVar, Literal

from specc.lower.fetching import fetching, may_fetch
from specc.tune.engine import Engine, Result, Source, Trial
from specc.tune.epoch import Epoch
from specc.tune.parcel import packed
from specc.tune.slots import Slots
from specc.tune.started import started

Name = Literal["epoch", "slots"]

ATTEMPTS = 3
"""How often a trial may take a process with it."""

BACKENDS: Mapping[Name, str] = {"epoch": "tensorflow", "slots": "jax"}
"""What each engine trains on."""


class WorkerFailed(RuntimeError):
    """The process of an engine cannot go on; the text says why."""

    status: ClassVar[int] = 3


class Remote:
    """`epoch` or `slots` in a process of its own; this one loads no backend."""

    def __init__(self, name: Name) -> None:
        self.name: str = name
        self.backend = BACKENDS[name]
        self._engine = _engine(name)
        self._held: dict[int, Trial] = {}
        self._lost: list[Trial] = []
        self._deaths: dict[int, int] = {}
        self._reported: dict[int, int] = {}
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
        while not self._ran(source):
            for number, trial in self._held.items():
                self._deaths[number] = self._deaths.get(number, 0) + 1
                if self._deaths[number] < ATTEMPTS:
                    self._lost.append(trial)
                else:
                    source.failed(number, f"its process died {ATTEMPTS} times while it trained")
            if not self._held:
                raise WorkerFailed(
                    f"the process of the engine `{self.name}` does not start: {self._last}"
                )
            self._held.clear()

    def _ran(self, source: Source) -> bool:
        """Runs one process to its end. `False`: it died."""
        with tempfile.TemporaryFile() as said:
            try:
                return self._served(source, said)
            finally:
                self._last = _last_line(said)

    def _served(self, source: Source, said: IO[bytes]) -> bool:
        ours, theirs = Pipe()
        self._process = started(
            "specc.tune.remote",
            self.name,
            str(theirs.fileno()),
            "fetch" if may_fetch() else "",
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
                ours.send(self._answer(message, ours, source))
        except (EOFError, ConnectionError):
            return False
        finally:
            ours.close()  # on which the process ends by itself, if it has not
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answer(self, message: tuple[Any, ...], pipe: Connection, source: Source) -> Any:
        match message:
            case "next", group:
                trial = self._next(group, source)
                return None if trial is None else packed(trial)
            case "report", int(number), int(epoch), logs:
                if epoch <= self._reported.get(number, 0):
                    return True  # it went on, or it would not have begun again
                self._reported[number] = epoch
                going = source.report(number, epoch, logs)
                if not going:
                    self._held.pop(number)
                return going
            case "done", int(number), logs, seconds:
                source.done(number, Result(logs, partial(_ask_to_write, pipe), seconds))
                self._held.pop(number)
            case "failed", int(number), reason:
                source.failed(number, reason)
                self._held.pop(number)
            case "unable", int(number), reason:
                source.unable(number, reason)
                self._held.pop(number)
            case "raised", reason:
                raise WorkerFailed(reason)
            case _:
                raise WorkerFailed(f"the process of an engine says {message[0]!r}")
        return None

    def _next(self, group: str | None, source: Source) -> Trial | None:
        for trial in self._lost:
            if group is None or self.group_key(trial) == group:
                self._lost.remove(trial)
                break
        else:
            trial = source.next(group)
        if trial is not None:
            self._held[trial.id] = trial
        return trial


def _ask_to_write(pipe: Connection, path: Path) -> None:
    """Lets the process write the model that it has just reported as done. Raises `OSError`."""
    pipe.send(("write", str(path)))
    fault = pipe.recv()
    if fault is not None:
        raise OSError(fault)


class _Piped:
    """The source as the process sees it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def _asked(self, *message: Any) -> Any:
        self._pipe.send(message)
        return self._pipe.recv()

    def next(self, group: str | None = None) -> Trial | None:
        found = self._asked("next", group)
        return None if found is None else found.opened()

    def report(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        return self._asked("report", trial, epoch, dict(logs))

    def done(self, trial: int, result: Result) -> None:
        answer = self._asked("done", trial, dict(result.logs), result.seconds)
        while answer is not None:
            fault = None
            try:
                assert result.write is not None  # these engines always can
                result.write(Path(answer[1]))
            except OSError as error:
                fault = str(error)
            answer = self._asked_again(fault)

    def _asked_again(self, fault: str | None) -> Any:
        self._pipe.send(fault)
        return self._pipe.recv()

    def failed(self, trial: int, reason: str) -> None:
        self._asked("failed", trial, reason)

    def unable(self, trial: int, reason: str) -> None:
        self._asked("unable", trial, reason)


def _engine(name: str) -> Engine:
    return Slots() if name == "slots" else Epoch()


def _last_line(said: IO[bytes]) -> str:
    """What a process that has died said last."""
    said.seek(0)
    lines = said.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it says nothing")


def serve(name: str, descriptor: int, *, fetch: bool) -> None:
    """What the process does: runs the engine until there is no trial, or nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver's to decide
    pipe = Connection(descriptor)
    try:
        with fetching(fetch):
            _engine(name).run(_Piped(pipe))
        pipe.send(("over",))
    except (EOFError, ConnectionError):
        return
    except Exception as error:  # told where somebody reads it
        pipe.send(("raised", f"{type(error).__name__}: {error}"))


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), fetch=sys.argv[3] == "fetch")
