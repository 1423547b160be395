"""A worker of the engine `process`: reads trials from standard input, and trains each.

Each line of either stream is a JSON object. After each epoch it waits to hear whether to go on.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from specc.diagnostics.report import SpecError
from specc.document.files import Folder
from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.fetching import fetching
from specc.lower.instances import keras
from specc.train.quiet import load_keras
from specc.train.train import train
from specc.tune.parcel import compiled


class _Stopped(Exception):
    """The driver wants no more of this trial."""


def main() -> None:
    """Trains until the driver closes the pipe."""
    said = os.fdopen(os.dup(1), "w")  # what others print is no message
    os.dup2(2, 1)
    for line in sys.stdin:
        trial = json.loads(line)
        began = time.perf_counter()
        try:
            folder = Folder(Path(trial["folder"]), tuple(map(Path, trial["allowed"])))
            program = compiled(trial["spec"], folder, trial["plugins"])
            with fetching(trial["fetch"]):
                found = _trained(program, trial["runs"], said)
            _say(said, {**found, "seconds": time.perf_counter() - began})
        except _Stopped:
            _say(said, {"stopped": True})
        except SpecError as error:
            _say(said, {"failed": "; ".join(d.message for d in error.report.errors)})
        except Exception as error:  # whatever it is, the study goes on
            _say(said, {"failed": str(error) or type(error).__name__})


def _trained(program: Program, runs: str, said: TextIO) -> dict[str, Any]:
    k = load_keras((program.train or Train()).backend)
    k.utils.clear_session()
    history: dict[str, float] = {}
    run = train(program, runs=runs, progress="none", callbacks=[_telling(said, history)])
    logs = dict(history)
    for name, value in run.metrics.get("validation", {}).items():
        logs[f"val_{name}"] = value
    return {"logs": logs, "model": str(run.path / "model.keras")}


def _telling(said: TextIO, last: dict[str, float]) -> Any:
    base: Any = keras().callbacks.Callback

    class Telling(base):
        """Tells each epoch, and stops where it is told to."""

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            last.update({k: float(v) for k, v in (logs or {}).items()})
            _say(said, {"epoch": epoch + 1, "logs": last})
            answer = sys.stdin.readline()
            if not answer:
                os._exit(1)  # the driver is gone
            if not json.loads(answer)["go"]:
                raise _Stopped

    return Telling()


def _say(said: TextIO, message: Mapping[str, Any]) -> None:
    said.write(json.dumps(message) + "\n")
    said.flush()


if __name__ == "__main__":
    main()
