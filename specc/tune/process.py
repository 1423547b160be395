"""The engine `process`: each trial is plain `specc train`, in a worker process.

Whatever a spec can say works here. A worker that dies takes its trial with it, which is begun
again, three times at most.
"""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specc.document.spec import Train
from specc.lower.fetching import may_fetch
from specc.tune.engine import Result, Source, Trial
from specc.tune.parcel import folder_of, plugin_files
from specc.tune.started import started

ATTEMPTS = 3
"""How often a trial is begun."""


@dataclass(eq=False)
class _Worker:
    """One process, and the trial that it trains."""

    process: subprocess.Popen[Any]
    backend: str
    trial: Trial | None = None


@dataclass
class Process:
    """Trains trials by `specc train` in `workers` processes; `folder` is where their runs are."""

    folder: Path
    workers: int = 1
    name: str = "process"
    _attempts: dict[int, int] = field(default_factory=dict[int, int])
    _heard: queue.Queue[tuple[_Worker, dict[str, Any] | None]] = field(
        default_factory=queue.Queue[tuple[_Worker, dict[str, Any] | None]]
    )

    def why_not(self, trial: Trial) -> str | None:
        """See `Engine`."""
        return None

    def group_key(self, trial: Trial) -> str:
        """See `Engine`: nothing is shared."""
        return ""

    def run(self, source: Source) -> None:
        """See `Engine`."""
        idle: list[_Worker] = []
        busy: list[_Worker] = []
        again: list[Trial] = []
        try:
            while True:
                while len(busy) < self.workers:
                    trial = again.pop() if again else source.next()
                    if trial is None:
                        break
                    worker = self._free(idle, trial)
                    busy.append(worker)
                    self._give(worker, trial)
                if not busy:
                    return
                worker, message = self._heard.get()
                if worker not in busy:
                    continue  # an idle one has died
                if message is None:
                    busy.remove(worker)
                    again += self._died(worker, source)
                elif self._told(worker, message, source):
                    busy.remove(worker)
                    idle.append(worker)
        finally:
            for worker in (*idle, *busy):
                _end(worker)

    def _free(self, idle: list[_Worker], trial: Trial) -> _Worker:
        """A worker with the trial's backend: an idle one, or a new one in place of an idle one."""
        backend = (trial.program.train or Train()).backend
        for worker in idle:
            if worker.backend == backend:
                idle.remove(worker)
                return worker
        if idle:
            _end(idle.pop())
        process = started("specc.tune.worker", environment={"KERAS_BACKEND": backend}, pipes=True)
        worker = _Worker(process, backend)
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        assert worker.process.stdout is not None
        with worker.process.stdout as lines:
            for line in lines:
                if line.endswith("\n"):
                    self._heard.put((worker, json.loads(line)))
        self._heard.put((worker, None))

    def _give(self, worker: _Worker, trial: Trial) -> None:
        worker.trial = trial
        self._attempts[trial.id] = self._attempts.get(trial.id, 0) + 1
        runs = self._runs(trial)
        folder = folder_of(trial.program)
        shutil.rmtree(runs, ignore_errors=True)
        self._say(
            worker,
            {
                "spec": trial.spec,
                "folder": str(folder.root),
                "allowed": [str(f) for f in folder.allowed],
                "plugins": plugin_files(trial.program),
                "fetch": may_fetch(),
                "runs": str(runs.absolute()),
                "fold": trial.slot.fold,
            },
        )

    def _runs(self, trial: Trial) -> Path:
        return self.folder / "runs" / str(trial.id)

    def _say(self, worker: _Worker, message: dict[str, Any]) -> None:
        assert worker.process.stdin is not None
        try:
            worker.process.stdin.write(json.dumps(message) + "\n")
            worker.process.stdin.flush()
        except OSError:
            return  # it has died, which its listener says

    def _died(self, worker: _Worker, source: Source) -> list[Trial]:
        _end(worker)
        trial = worker.trial
        assert trial is not None
        if self._attempts[trial.id] < ATTEMPTS:
            return [trial]
        source.failed(trial.id, f"its process died {ATTEMPTS} times")
        shutil.rmtree(self._runs(trial), ignore_errors=True)
        return []

    def _told(self, worker: _Worker, message: dict[str, Any], source: Source) -> bool:
        """Passes a message on; whether the worker is free."""
        trial = worker.trial
        assert trial is not None
        if "epoch" in message:
            going = source.report(trial.id, message["epoch"], message["logs"])
            self._say(worker, {"go": going})
            return False
        if "failed" in message:
            source.failed(trial.id, message["failed"])
        elif "logs" in message:
            model = Path(message["model"])

            def write(path: Path) -> None:
                model.replace(path)

            source.done(trial.id, Result(message["logs"], write, message["seconds"]))
        shutil.rmtree(self._runs(trial), ignore_errors=True)
        worker.trial = None
        return True


def _end(worker: _Worker) -> None:
    worker.process.kill()
    assert worker.process.stdin is not None
    with suppress(OSError):  # what was not read by it is lost
        worker.process.stdin.close()
    worker.process.wait()
