"""Cross-validation: a model for each fold, and the mean and deviation of what they measured.

Every fold begins with the same first weights and learns its transforms from its own training part.
The test part is asked once, after the last fold, of each fold's model.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from statistics import fmean, stdev
from typing import Any

from specc.catalogue.plain import is_dict
from specc.data.load import Divided
from specc.train.checkpoint.resume import CannotResume, fold_resumed
from specc.train.checkpoint.sole import sole_writer
from specc.train.curves import mean
from specc.train.describe import describe, write_json
from specc.train.failure import Interrupted, RunFailed
from specc.train.folder import discard, unwritable
from specc.train.folds import fold_folder, fold_folders
from specc.train.found import check_found
from specc.train.history import write_history
from specc.train.job import Job
from specc.train.lock import lock
from specc.train.run import Run


def cross_validate(job: Job, divided: Divided, callbacks: Sequence[Any]) -> Run:
    """Trains every fold that is not at its end, in a folder of its own inside the job's.

    Raises what `Job.train` does, and `CannotResume` where finished folds are of another program.
    """
    if job.resumed is None:
        hashed = lock(job.program, divided.digest, job.epochs, job.folder)
        describe(job.program, job.folder, {"lock.json": hashed}, quiet=job.progress == "none")
    elif job.resumed.changed:
        raise CannotResume(
            f"the folds of {job.folder} that are trained are of another spec, so that the others "
            "cannot go on beside them"
        )
    elif job.resumed.lock["epochs"] != job.epochs:
        write_json(job.folder / "lock.json", {**job.resumed.lock, "epochs": job.epochs})
    fold, folds = 0, divided.split.folds or 0
    try:
        for fold in range(1, folds + 1):
            _train(job, divided, fold, callbacks)
        return _measured(job, divided)
    except Interrupted:
        write_json(job.folder / "metrics.json", {"folds": folds, "finished": False})
        raise Interrupted(_run(job)) from None
    except RunFailed as error:
        failed = {"folds": folds, "finished": False, "failed": f"fold {fold}: {error}"}
        with suppress(OSError):
            write_json(job.folder / "metrics.json", failed)
        raise
    except OSError as error:
        raise unwritable(error, job.folder) from error
    except BaseException:
        if job.resumed is None and not fold_folders(job.folder):
            discard(job.folder)
        raise


def _train(job: Job, divided: Divided, fold: int, callbacks: Sequence[Any]) -> None:
    folder = fold_folder(job.folder, fold)
    resumed, done = fold_resumed(folder, job.epochs, job.settings.initial_epoch)
    if done:
        return
    loaded = divided.loaded(fold)
    check_found(job.program, loaded, job.catalogue)
    if job.progress != "none":
        print(f"fold {fold} of {divided.split.folds}", file=sys.stderr)  # noqa: T201
    folder.mkdir(exist_ok=True)
    with sole_writer(folder):
        one = replace(job, folder=folder, fold=fold, resumed=resumed, history={})
        one.train(loaded, callbacks)


def _measured(job: Job, divided: Divided) -> Run:
    """Measures the folds' models on the test part, and writes what all of them say together."""
    found: list[dict[str, Any]] = []
    histories: list[dict[str, list[float]]] = []
    for fold in range(1, (divided.split.folds or 0) + 1):
        run = Run(fold_folder(job.folder, fold), job.program.plugins)
        run.program = job.program
        metrics = dict(run.metrics)
        test = divided.loaded(fold).test
        if test is not None:
            metrics = {"test": run.measure(test, job.catalogue), **metrics}
            write_json(run.path / "metrics.json", metrics)
        found.append(metrics)
        histories.append(run.history)
    write_history(job.folder, mean(histories), job.program.name, folds=histories)
    write_json(job.folder / "metrics.json", summary(found))
    return _run(job)


def summary(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The metrics of a cross-validated run, of those of its folds.

    By part the mean over the folds, and under `deviation` their sample standard deviation.
    """
    parts = [p for p in ("test", "validation") if all(is_dict(m.get(p)) for m in found)]
    values = {p: {n: [float(m[p][n]) for m in found] for n in found[0][p]} for p in parts}
    weights = hashlib.sha256("\n".join(str(m["weights"]) for m in found).encode())
    return {
        **{p: {n: fmean(v) for n, v in named.items()} for p, named in values.items()},
        "deviation": {p: {n: stdev(v) for n, v in named.items()} for p, named in values.items()},
        "folds": len(found),
        "epochs": max(int(m["epochs"]) for m in found),
        "seconds": round(sum(float(m["seconds"]) for m in found), 3),
        "loop": found[0]["loop"],
        "weights": weights.hexdigest(),
        "finished": True,
    }


def _run(job: Job) -> Run:
    run = Run(job.folder, job.program.plugins)
    run.program = job.program
    return run
