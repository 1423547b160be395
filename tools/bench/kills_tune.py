"""Kills studies again and again, and compares them with studies that were never stopped.

Samplers and pruners are tried with an engine that trains nothing: a process that has loaded Optuna
forks a child for each life of a study, which is killed after a time drawn from the seed. Engines
that train are tried by the command line, `specc tune`: the driver or its worker is killed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEARCHES: list[dict[str, Any]] = [
    {"sampler": "random", "pruner": "none"},
    {"sampler": "grid", "pruner": "none"},
    {"sampler": "random", "pruner": "successive_halving"},
    {"sampler": "random", "pruner": "hyperband"},
    {"sampler": "tpe", "pruner": "median"},
    {"sampler": "cmaes", "pruner": "none"},
    {"sampler": "tpe", "pruner": "median", "folds": 3},
]
ENGINES = ["process", "epoch", "slots"]
TRIALS = 24


def written(search: dict[str, Any], epochs: int) -> dict[str, Any]:
    """Iris through a dense layer, with a space that is searched in a way."""
    sampler = search["sampler"]
    space: dict[str, Any] = {
        "params.units": {"int": [4, 24 if sampler == "grid" else 64]},
        "params.rate": {"uniform": [0.05, 0.5]},
        "train.optimizer.Adam.learning_rate": {"log_uniform": [0.001, 0.1]},
    }
    if sampler == "grid":
        space = {"params.units": {"int": [4, 27]}}
    if epochs > 10:  # one graph: the engines that train are not to be compiling all the time
        space.pop("params.units", None)
    dense = {"Dense": {"units": "$units", "activation": "relu"}}
    return {
        "specc": 1,
        "name": "killed",
        "params": {"units": 8, "rate": 0.1},
        "inputs": {"x": {"shape": [4]}},
        "graph": {
            "y": {
                "from": "x",
                "layers": [
                    dense,
                    {"Dropout": {"rate": "$rate"}},
                    {"Dense": {"units": 3, "activation": "softmax"}},
                ],
            }
        },
        "outputs": {"y": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
        "data": {
            "source": "iris",
            "inputs": {"x": {"field": "features"}},
            "targets": {"y": {"field": "label"}},
            "split": {"validation": 0.3},
        },
        "train": {"optimizer": "adam", "epochs": epochs},
        "tune": {
            "objective": "val_loss",
            **search,
            "trials": TRIALS,
            "space": space,
        },
    }


class Still:
    """An engine that trains nothing: what it reports follows from the values alone."""

    name = "still"

    def __init__(self, pause: float) -> None:
        self.pause = pause

    def why_not(self, trial: Any) -> str | None:
        """It can express everything."""
        return None

    def group_key(self, trial: Any) -> str:
        """All are alike."""
        return ""

    def run(self, source: Any) -> None:
        """Reports each trial's epochs, one trial after the other."""
        from specc.tune.engine import Result

        while (trial := source.next()) is not None:
            best = 1 / trial.values.get("params.units", 8) + trial.values.get("params.rate", 0.0)
            best += (trial.slot.fold or 0) / 100
            for epoch in range(1, trial.epochs + 1):
                time.sleep(self.pause)
                if not source.report(trial.id, epoch, {"val_loss": best + 1 / epoch}):
                    break
            else:
                write = lambda path, n=trial.number: path.write_text(str(n))  # noqa: E731
                source.done(trial.id, Result({"val_loss": best}, write, 0.0))


def life(spec: dict[str, Any], studies: Path, *, resume: bool, pause: float) -> None:
    """Searches, or goes on, in a child."""
    from specc.pipeline import Settings, passes
    from specc.tune.study import search

    program = passes(spec, settings=Settings()).proven
    search(program, studies=studies, engine=Still(pause), resume=resume, progress="none")


def forked(errors: Path, *arguments: Any, **named: Any) -> int:
    """A child that lives."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        life(*arguments, **named)
        status = 0
    except BaseException:
        with errors.open("a") as file:
            traceback.print_exc(file=file)
    finally:
        os._exit(status)


def rows(studies: Path) -> dict[str, Any]:
    """What a study came to: each configuration, and how often each was trained to its end."""
    path = studies / "killed" / "1" / "ledger.sqlite"
    with sqlite3.connect(path) as db:
        found = db.execute(
            'select number, "values", state, value from configuration order by 1'
        ).fetchall()
        trials = db.execute("select number, state from trial order by 1").fetchall()
    models = sorted(p.name for p in (path.parent / "models").glob("*.keras"))
    return {
        "configurations": [(n, json.loads(v), s, x) for n, v, s, x in found],
        "trials": trials,
        "models": models,
    }


def alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two studies have the same trials, which ended in the same way."""
    first, second = ([c[:3] for c in each["configurations"]] for each in (one, other))
    return first == second and one["trials"] == other["trials"]


def apart(one: dict[str, Any], other: dict[str, Any]) -> float:
    """How far the objectives of two studies are from each other, as a part of them."""
    pairs = zip(one["configurations"], other["configurations"], strict=False)
    return max((abs(a[3] - b[3]) / abs(a[3]) for a, b in pairs if a[3] and b[3]), default=0.0)


def samplers(draw: random.Random, kills: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Kills studies of each sampler in turn."""
    import optuna  # noqa: F401  # loaded before the forks

    errors = folder / "errors"
    for turn, search in enumerate(SEARCHES):
        spec = written(search, 4)
        whole = folder / f"whole-{turn}"
        os.waitpid(forked(errors, spec, whole, resume=False, pause=0.0), 0)
        left = (kills - turn + len(SEARCHES) - 1) // len(SEARCHES)
        cut, done, status, over = folder / f"cut-{turn}", 0, 1, False
        while not over:
            begun = (cut / "killed" / "1" / "spec.yaml").is_file()
            pause = 0.004 if done < left else 0.0
            child = forked(errors, spec, cut, resume=begun, pause=pause)
            if done < left:
                time.sleep(draw.uniform(0.02, 0.35))
                found, status = os.waitpid(child, os.WNOHANG)
                if not found:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    done += 1
                    continue
            else:
                _, status = os.waitpid(child, 0)
            over = True
        yield {
            "search": ", ".join(map(str, search.values())),
            "kills": done,
            "failed": int(status != 0),
            "same": rows(whole) == rows(cut),
            "errors": errors.read_text()[-2000:] if errors.exists() else "",
        }


def engines(
    draw: random.Random, kills: int, folder: Path, names: list[str]
) -> Iterator[dict[str, Any]]:
    """Kills drivers and workers of the engines that train."""
    for turn, name in enumerate(names):
        spec = written(SEARCHES[0], 60 if name == "process" else 400)
        spec["tune"]["trials"] = 8 if name == "process" else TRIALS
        file = folder / f"{name}.json"
        file.write_text(json.dumps(spec))
        whole, cut = folder / f"whole-{name}", folder / f"cut-{name}"
        _driver(file, whole, name, resume=False).wait()
        left = (kills - turn + len(names) - 1) // len(names)
        done, drivers, workers = 0, 0, 0
        while True:
            resume = (cut / "killed" / "1" / "spec.yaml").is_file()
            driver = _driver(file, cut, name, resume=resume)
            life = 0  # a trial that takes three processes with it has failed
            while done < left and driver.poll() is None:
                _await_report(driver, cut)
                time.sleep(draw.uniform(0.0, 0.6))
                if driver.poll() is not None:
                    break
                done += 1
                worker = _worker(driver.pid) if life < 2 and draw.random() < 0.5 else None
                if worker is not None:
                    life += 1
                    os.kill(worker, signal.SIGKILL)
                    workers += 1
                    continue
                driver.kill()
                driver.wait()
                drivers += 1
                break
            if driver.wait() == 0:
                break
            if driver.returncode > 0:
                break
        yield {
            "search": f"engine {name}",
            "kills": done,
            "drivers": drivers,
            "workers": workers,
            "failed": int(driver.returncode != 0),
            "same": alike(rows(whole), rows(cut)),
            "apart": apart(rows(whole), rows(cut)),
        }


def _driver(file: Path, studies: Path, engine: str, *, resume: bool) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", "from specc.cli import main; main()", "tune", str(file), "-q"]
    words += ["--engine", engine, "--studies", str(studies), *(["--resume"] if resume else [])]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(words, stdout=quiet)


def _await_report(driver: subprocess.Popen[bytes], studies: Path) -> None:
    """Waits until one more epoch is in the ledger, or the driver is at its end."""
    path = studies / "killed" / "1" / "ledger.sqlite"
    before: int | None = None
    while driver.poll() is None:
        time.sleep(0.05)
        if not path.exists():
            continue
        try:
            with sqlite3.connect(path) as db:
                (now,) = db.execute("select count(*) from report").fetchone()
        except sqlite3.OperationalError:
            continue
        if before is not None and now > before:
            return
        before = now


def _worker(driver: int) -> int | None:
    """A process that the driver has started, if there is one."""
    try:
        children = Path(f"/proc/{driver}/task/{driver}/children").read_text().split()
    except OSError:
        return None
    for pid in children:
        if b"specc.tune" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return int(pid)
    return None


def main() -> None:
    """Prints what came of each search as JSON, and of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=36, help="of studies that train nothing")
    parser.add_argument("--trained", type=int, default=12, help="of studies that train")
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = options.engine or ENGINES
        for each in samplers(draw, options.kills, folder) if options.kills else ():
            found.append(each)
            print(json.dumps(each), flush=True)
        for each in engines(draw, options.trained, folder, names) if options.trained else ():
            found.append(each)
            print(json.dumps(each), flush=True)
    total = {
        "kills": sum(f["kills"] for f in found),
        "failed": sum(f["failed"] for f in found),
        "different": sum(not f["same"] for f in found),
    }
    print(json.dumps(total))


if __name__ == "__main__":
    main()
