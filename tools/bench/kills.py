"""Kills trainings again and again, and compares what they come to with one that was never stopped.

A process that has loaded Keras and not begun with it forks a child for each life of a run. The
child is killed with SIGKILL after a time drawn from the seed, counted from the beginning or from
the end of its first epoch, or inside a save: while the file of a checkpoint, half written or whole,
waits to be synced under its temporary name.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

EPOCHS = 5
STOPPING: list[Any] = [
    {"EarlyStopping": {"monitor": "val_loss", "patience": 4, "restore_best_weights": True}},
    {"ModelCheckpoint": {"filepath": "best.keras", "save_best_only": True}},
    {"CSVLogger": {"filename": "log.csv"}},
]
PLATEAU = [{"ReduceLROnPlateau": {"monitor": "val_loss", "patience": 1, "factor": 0.7}}]
COSINE = {"CosineDecay": {"initial_learning_rate": 0.05, "decay_steps": 25}}
SPECS: dict[str, dict[str, Any]] = {
    "stopping": {"callbacks": STOPPING, "optimizer": {"Adam": {"learning_rate": COSINE}}},
    "plateau": {"callbacks": PLATEAU, "optimizer": {"Adam": {"learning_rate": 0.05}}},
    "phases": {
        "callbacks": PLATEAU,
        "phases": [
            {
                "name": "all",
                "minimize": ["kind"],
                "optimizer": {"Adam": {"learning_rate": 0.02}},
            },
            {
                "name": "small",
                "minimize": ["small"],
                "over": ["seen"],
                "every": 3,
                "optimizer": {"SGD": {"learning_rate": 0.05, "momentum": 0.9}},
            },
            {
                "name": "late",
                "minimize": ["kind"],
                "over": ["kind"],
                "epochs": [2, EPOCHS],
                "optimizer": {"RMSprop": {"learning_rate": 0.001}},
            },
        ],
    },
}
"""What is trained, by name: in one phase, with callbacks that remember, or in three."""


def program(kind: str, backend: str, loop: str) -> Any:
    """Iris with dropout and batch normalisation; shuffled, as everything is."""
    import specc

    more = {"losses": {"small": {"MeanSquaredError": {}, "y_true": 0, "y_pred": "seen"}}}
    return specc.compile(
        {
            **(more if "phases" in SPECS[kind] else {}),
            "specc": 1,
            "name": kind,
            "inputs": {"measures": {"shape": [4]}},
            "graph": {
                "seen": {
                    "from": "measures",
                    "layers": [
                        {"Dense": {"units": 16, "activation": "relu"}},
                        "BatchNormalization",
                        {"Dropout": {"rate": 0.3}},
                    ],
                },
                "kind": {
                    "from": "seen",
                    "layers": [{"Dense": {"units": 3, "activation": "softmax"}}],
                },
            },
            "outputs": {
                "kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
            },
            "data": {
                "source": "iris",
                "inputs": {"measures": {"field": "features", "transform": ["standardize"]}},
                "targets": {"kind": {"field": "label"}},
                "split": {"validation": 0.2, "test": 0.2, "stratify": "label"},
            },
            "train": {
                "seed": 3,
                "backend": backend,
                "loop": loop,
                "batch_size": 16,
                "epochs": EPOCHS,
                "checkpoint": {"every_steps": 2},
                **SPECS[kind],
            },
        }
    )


def life(
    kind: str,
    runs: Path,
    said: int,
    inside: int | None,
    *,
    slow: bool,
    backend: str,
    loop: str,
) -> None:
    """Trains or goes on, in a child; writes to `said` what happens: training begins (`b`), an epoch
    is over (`e`), a save waits (`s`).

    `inside` is the save, counted from 1, that never ends.
    """
    import keras

    import specc
    from specc.lower import writing
    from specc.train.checkpoint import keeper

    keeper._APART = 0.0  # each epoch is kept, so that lives are short
    sync, saves = writing._sync, 0

    def waiting(path: Path) -> None:
        nonlocal saves
        if path.suffix == ".ckpt":
            saves += 1
            if saves == inside:
                if inside % 2:  # every other one is half written
                    with path.open("r+b") as file:
                        file.truncate(path.stat().st_size // 2)
                os.write(said, b"s")
                time.sleep(600)
        sync(path)

    writing._sync = waiting

    class Pause(keras.callbacks.Callback):
        """Says where training is, and makes epochs long enough to be killed in."""

        def on_train_begin(self, logs: Any = None) -> None:
            os.write(said, b"b")

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            os.write(said, b"e")
            time.sleep(0.05 if slow else 0)

    folder = runs / kind / "1"
    if _finished(folder):  # the kill came after the last file, before the process was gone
        return
    known = (folder / "lock.json").is_file()
    made = program(kind, backend, loop)
    specc.train(made, runs=runs, progress="none", callbacks=[Pause()], resume=known)


def _finished(folder: Path) -> bool:
    """Whether a run has written all that it writes."""
    path = folder / "metrics.json"
    return path.is_file() and json.loads(path.read_text())["finished"]


def forked(*arguments: Any, errors: Path, **named: Any) -> tuple[int, int]:
    """A child that lives; its process and the end of the pipe that it writes to."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        return child, read
    status = 1
    try:
        life(*arguments[:2], write, *arguments[2:], **named)
        status = 0
    except BaseException:
        with errors.open("a") as file:
            traceback.print_exc(file=file)
    finally:
        os._exit(status)


def until(heard: int, word: bytes) -> None:
    """Waits until a child says the word, or is at its end."""
    while os.read(heard, 1) not in (word, b""):
        pass


def ended(child: int) -> int | None:
    """The status of a child that is at its end, or `None`."""
    found, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def weights(runs: Path, kind: str) -> tuple[dict[str, Any], str, str]:
    """What a run came to: its last checkpoint's values, its history and log."""
    from specc.train.checkpoint.generation import newest

    (folder,) = (p for p in (runs / kind).iterdir())
    found = newest(folder)
    assert found is not None
    log = folder / "log.csv"
    return (
        found,
        (folder / "history.csv").read_text(),
        log.read_text() if log.exists() else "",
    )


def alike(a: Any, b: Any) -> bool:
    """Whether two runs came to the same, bit for bit."""
    import numpy as np

    values = zip(a[0]["variables"]["values"], b[0]["variables"]["values"], strict=True)
    return all(np.array_equal(x, y) for x, y in values) and a[1:] == b[1:]


def main() -> None:
    """Prints what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--inside", type=int, default=12, help="how many of them inside a save")
    parser.add_argument("--each", type=int, default=3, help="how many of them a run lives through")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--spec", choices=list(SPECS), action="append", help="by turns; all unless said"
    )
    parser.add_argument("--backend", choices=["tensorflow", "jax"], default="tensorflow")
    parser.add_argument("--loop", choices=["auto", "epoch", "batch"], default="auto")
    options = parser.parse_args()
    kinds: list[str] = options.spec or list(SPECS)
    os.environ["KERAS_BACKEND"] = options.backend
    import keras  # loaded before the forks, and not begun with
    import sklearn.datasets  # noqa: F401

    assert keras.__version__
    how = {"backend": options.backend, "loop": options.loop}
    draw = random.Random(options.seed)
    plan = [i < options.inside for i in range(options.kills)]
    draw.shuffle(plan)
    done: dict[str, Any] = {"kills": 0, "inside": 0, "failed": 0, "runs": 0, "different": 0}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        errors = folder / "errors"
        for kind in kinds:
            child, _ = forked(kind, folder / "whole", None, errors=errors, slow=False, **how)
            os.waitpid(child, 0)
        while plan:
            kind = kinds[done["runs"] % len(kinds)]
            runs = folder / str(done["runs"])
            left = options.each
            while True:
                kills = bool(plan) and left > 0
                inside = kills and plan[-1]
                early, wait = draw.random() < 0.3, draw.uniform(0.0, 0.5)
                save = draw.randint(1, 6) if inside else None
                child, heard = forked(kind, runs, save, errors=errors, slow=kills, **how)
                status = None
                if kills:
                    until(heard, b"s" if inside else b"b" if early else b"e")
                    time.sleep(0 if inside else wait)
                else:
                    _, raw = os.waitpid(child, 0)
                    status = os.waitstatus_to_exitcode(raw)
                if status is None and (status := ended(child)) is None:
                    os.kill(child, signal.SIGKILL)
                    os.waitpid(child, 0)
                    done["kills"] += 1
                    done["inside"] += inside
                    plan.pop()
                    left -= 1
                os.close(heard)
                if status is not None:
                    break
            done["runs"] += 1
            done["failed"] += status != 0
            if status == 0:
                same = alike(weights(folder / "whole", kind), weights(runs, kind))
                done["different"] += not same
        done["errors"] = errors.read_text()[-3000:] if errors.exists() else ""
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
