"""The engine `process`: each trial is plain `specc train`, in a worker process.

Whatever a spec can say works here. A worker that dies takes its trial with it, which is begun
again, three times at most.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specc.tune.engine import Result, Source, Trial

ATTEMPTS = 3
"""How often a trial is begun."""


@dataclass(eq=False)
class _Worker:
    """One process, and the trial that it trains."""

    process: subprocess.Popen[str]
    trial: Trial | None = None


@dataclass
class Process:
    """Trains trials by `specc train` in `workers` processes; `folder` is where their runs are."""

    folder: Path
    workers: int = 1
    name: str = "process"
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    """That of the workers: as it was before another engine chose its backend."""
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
                    worker = idle.pop() if idle else self._started()
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
                worker.process.kill()
                worker.process.wait()

    def _started(self) -> _Worker:
        command = [sys.executable, "-m", "specc.tune.worker"]
        environment = {**self.environment, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        worker = _Worker(
            subprocess.Popen(  # noqa: S603  # our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the driver to hear
            )
        )
        threading.Thread(target=self._listen, args=(worker,), daemon=True).start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        assert worker.process.stdout is not None
        for line in worker.process.stdout:
            if line.endswith("\n"):
                self._heard.put((worker, json.loads(line)))
        self._heard.put((worker, None))

    def _give(self, worker: _Worker, trial: Trial) -> None:
        worker.trial = trial
        self._attempts[trial.id] = self._attempts.get(trial.id, 0) + 1
        origin = trial.program.origin
        runs = self._runs(trial)
        shutil.rmtree(runs, ignore_errors=True)
        self._say(
            worker,
            {
                "spec": trial.spec,
                "folder": str(origin.folder) if origin is not None else ".",
                "runs": str(runs),
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
        worker.process.wait()
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
