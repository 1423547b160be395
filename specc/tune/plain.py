"""A trial by plain `specc train`, in this process, its epochs told as they end."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from specc.diagnostics.report import SpecError
from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.instances import keras
from specc.train.quiet import load_keras
from specc.train.train import train
from specc.tune.engine import Result, Source, Trial

OnEpoch = Callable[[int, Mapping[str, float]], bool]
"""Hears the logs of an epoch, from 1; `False` stops the training."""


class Stopped(Exception):
    """Who hears the epochs wants no more of this training."""


def trained(
    program: Program, runs: Path, on_epoch: OnEpoch, fold: int | None = None
) -> tuple[dict[str, float], Path]:
    """Trains a program below `runs`, on one `fold` if it has folds: its logs, the model's file.

    Raises `Stopped`, and whatever `train` does.
    """
    k = load_keras((program.train or Train()).backend)
    k.utils.clear_session()
    logs: dict[str, float] = {}
    run = train(
        program, runs=runs, progress="none", callbacks=[_telling(on_epoch, logs)], fold=fold
    )
    for name, value in run.metrics.get("validation", {}).items():
        logs[f"val_{name}"] = value
    return logs, run.path / "model.keras"


def said(error: Exception) -> str:
    """Why a training failed, in a line."""
    if isinstance(error, SpecError):
        return "; ".join(d.message for d in error.report.errors)
    return str(error) or type(error).__name__


class Plain:
    """The engine of a process that trains one trial after the other by `specc train`."""

    name = "plain"

    def why_not(self, trial: Trial) -> str | None:
        """See `Engine`."""
        return None

    def group_key(self, trial: Trial) -> str:
        """See `Engine`: nothing is shared."""
        return ""

    def run(self, source: Source) -> None:
        """See `Engine`."""
        while (trial := source.next()) is not None:
            number, began = trial.id, time.perf_counter()
            with tempfile.TemporaryDirectory() as runs:
                try:
                    logs, model = trained(
                        trial.program,
                        Path(runs),
                        lambda epoch, found, n=number: source.report(n, epoch, found),
                        trial.slot.fold,
                    )
                except Stopped:
                    continue
                except (EOFError, ConnectionError):
                    raise
                except Exception as error:  # whatever it is, the study goes on
                    source.failed(number, said(error))
                    continue

                def write(path: Path, model: Path = model) -> None:
                    shutil.copyfile(model, path)

                source.done(number, Result(logs, write, time.perf_counter() - began))


def _telling(on_epoch: OnEpoch, last: dict[str, float]) -> Any:
    base: Any = keras().callbacks.Callback

    class Telling(base):
        """Tells each epoch, and stops where it is told to."""

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            last.update({k: float(v) for k, v in (logs or {}).items()})
            if not on_epoch(epoch + 1, dict(last)):
                raise Stopped

    return Telling()
