"""Trials a minute of the engines that share programs, beside Optuna with `fit`, in one run.

Each rival is a process of its own that starts cold: imports, tracing and compiling are in its time.
All train the same configurations, drawn from one seed. KerasTuner takes part where it
is installed, by the extra `bench`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from measure import ROOT, table

SPACES = ["mlp", "nine", "cnn", "wide"]
EPOCHS = 10
INSTALL = ".venv/bin/pip install -c constraints.txt -e '.[cpu,jax,bench]'"


def draw(space: str, number: int) -> dict[str, Any]:
    """The values of a trial."""
    rng = np.random.default_rng([0, number])
    values: dict[str, Any] = {
        "rate": float(rng.uniform(0.05, 0.6)),
        "l2": float(10 ** rng.uniform(-6, -2)),
        "learning_rate": float(10 ** rng.uniform(-4, -1.5)),
        "optimizer": "Adam",
        "topology": [512, 256] if space == "wide" else [128, 64],
        "seed": number,
    }
    if space == "nine":
        values["topology"] = [[32], [64, 32], [128, 64]][rng.integers(3)]
        values["optimizer"] = ["Adam", "RMSprop", "SGD"][rng.integers(3)]
    return values


def layers(space: str, v: Mapping[str, Any]) -> list[Any]:
    """The hidden layers of a trial."""
    dropout = {"Dropout": {"rate": v["rate"]}}
    decay = {"kernel_regularizer": {"L2": {"l2": v["l2"]}}}
    if space == "cnn":
        made: list[Any] = [{"Reshape": {"target_shape": [8, 8, 1]}}]
        for filters in (8, 16):
            convolution = {"filters": filters, "kernel_size": 3, "padding": "same", **decay}
            made += [{"Conv2D": convolution}, "BatchNormalization", "ReLU"]
        return [*made, "MaxPooling2D", "Flatten", dropout]
    dense = [{"Dense": {"units": u, "activation": "relu", **decay}} for u in v["topology"]]
    return [each for d in dense for each in (d, dropout)]


def written(space: str, v: Mapping[str, Any]) -> dict[str, Any]:
    """A trial's spec."""
    optimizer: dict[str, Any] = {"learning_rate": v["learning_rate"]}
    if v["optimizer"] == "SGD":
        optimizer["momentum"] = 0.9
    head = {"Dense": {"units": 10, "activation": "softmax"}}
    return {
        "specc": 1,
        "name": "digits",
        "inputs": {"pixels": {"shape": [64]}},
        "graph": {"digit": {"from": "pixels", "layers": [*layers(space, v), head]}},
        "outputs": {"digit": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
        "data": {
            "source": "digits",
            "inputs": {"pixels": {"field": "image", "transform": ["flatten", {"scale": 0.0625}]}},
            "targets": {"digit": {"field": "label"}},
            "split": {"validation": 0.25, "stratify": "label"},
        },
        "train": {
            "optimizer": {v["optimizer"]: optimizer},
            "batch_size": 64,
            "epochs": EPOCHS,
            "seed": v["seed"],
        },
    }


class Halving:
    """Asynchronous successive halving by thirds, as Optuna's pruner does it."""

    def __init__(self) -> None:
        self.rungs: dict[int, list[float]] = {1: [], 3: [], 9: []}

    def goes_on(self, epoch: int, value: float) -> bool:
        """Whether a trial with this value after an epoch is among the best third of its rung."""
        rung = self.rungs.get(epoch)
        if rung is None:
            return True
        rung.append(value)
        return value >= sorted(rung, reverse=True)[max(1, len(rung) // 3) - 1]


class Drawn:
    """A source of drawn trials that keeps the last accuracy of each."""

    def __init__(self, space: str, count: int, key: Any, *, halving: bool) -> None:
        import specc
        from specc.tune.engine import Slot, Trial

        self.made = lambda i: Trial(
            i, i, Slot(), i, EPOCHS, specc.compile(written(space, draw(space, i))), {}, {}
        )
        self.left = list(range(count))
        self.ahead: dict[str, list[Any]] = {}
        self.key = key
        self.halving = Halving() if halving else None
        self.found: list[float] = []

    def next(self, group: str | None = None) -> Any:
        """A trial, of the group if one is named."""
        while group is not None and not self.ahead.get(group) and self.left:
            trial = self.made(self.left.pop(0))
            self.ahead.setdefault(self.key(trial), []).append(trial)
        if group is not None:
            waiting = self.ahead.get(group)
            return waiting.pop(0) if waiting else None
        waiting = next((w for w in self.ahead.values() if w), None)
        if waiting:
            return waiting.pop(0)
        return self.made(self.left.pop(0)) if self.left else None

    def report(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        """Halves, if it is to."""
        return self.halving is None or self.halving.goes_on(epoch, logs["val_accuracy"])

    def done(self, trial: int, result: Any) -> None:
        """Keeps the accuracy."""
        self.found.append(result.logs["val_accuracy"])

    def failed(self, trial: int, reason: str) -> None:
        """None may."""
        raise RuntimeError(reason)


def by_engine(name: str, space: str, count: int) -> list[float]:
    """The accuracies of trials in an engine."""
    from specc.tune.epoch import Epoch
    from specc.tune.slots import Slots

    with tempfile.TemporaryDirectory() as cache:
        engine: Any = Slots(cache=Path(cache)) if name.startswith("slots") else Epoch()
        source = Drawn(space, count, engine.group_key, halving=name.endswith("halving"))
        engine.run(source)
    return source.found


def by_fit(space: str, count: int) -> list[float]:
    """The accuracies of trials as Optuna's users write them: build, compile, fit, evaluate."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    x, y, seen_x, seen_y = _digits()
    found: list[float] = []

    def objective(trial: Any) -> float:
        model = _by_hand(space, draw(space, trial.number))
        model.fit(x, y, batch_size=64, epochs=EPOCHS, verbose=0, validation_data=(seen_x, seen_y))
        found.append(model.evaluate(seen_x, seen_y, verbose=0)[1])
        return found[-1]

    optuna.create_study(direction="maximize").optimize(objective, n_trials=count)
    return found


def by_keras_tuner(space: str, count: int) -> list[float]:
    """The same in KerasTuner's random search, which draws the numbers itself."""
    import keras_tuner

    x, y, seen_x, seen_y = _digits()
    numbers = iter(range(10**6))

    def build(hp: Any) -> Any:
        values = draw(space, next(numbers))
        values |= {
            "rate": hp.Float("rate", 0.05, 0.6),
            "l2": hp.Float("l2", 1e-6, 1e-2, sampling="log"),
            "learning_rate": hp.Float("learning_rate", 1e-4, 10**-1.5, sampling="log"),
        }
        return _by_hand(space, values)

    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            build, objective="val_accuracy", max_trials=count, directory=folder, seed=0
        )
        tuner.search(
            x, y, batch_size=64, epochs=EPOCHS, verbose=0, validation_data=(seen_x, seen_y)
        )
        return [t.score for t in tuner.oracle.get_best_trials(count)]


def _digits() -> list[Any]:
    import specc
    from specc.data.load import load
    from specc.data.registry import DATASETS

    program = specc.compile(written("mlp", draw("mlp", 0)))
    assert program.data is not None
    loaded = load(program, program.data, DATASETS)
    assert loaded.validation is not None
    return [
        array
        for part in (loaded.train, loaded.validation)
        for array in (part.inputs["pixels"].astype("float32"), part.targets["digit"])
    ]


def _by_hand(space: str, v: Mapping[str, Any]) -> Any:
    """The model of a trial in Keras, compiled."""
    import keras

    keras.utils.set_random_seed(v["seed"])
    made = [keras.Input((64,))]
    for layer in layers(space, v):
        name, arguments = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
        given = dict(arguments)
        if "kernel_regularizer" in given:
            given["kernel_regularizer"] = keras.regularizers.L2(v["l2"])
        made.append(getattr(keras.layers, name)(**given))
    model = keras.Sequential([*made, keras.layers.Dense(10, activation="softmax")])
    more = {"momentum": 0.9} if v["optimizer"] == "SGD" else {}
    optimizer = getattr(keras.optimizers, v["optimizer"])(v["learning_rate"], **more)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def searched(space: str, sampler: str = "random") -> dict[str, Any]:
    """The spec whose search varies what `draw` does, but for topology and optimizer."""
    made = written(space, draw(space, 0))
    made["params"] = {"rate": 0.1, "l2": 0.001}
    for step in made["graph"]["digit"]["layers"][:-1]:
        ((name, arguments),) = step.items() if isinstance(step, dict) else [(step, {})]
        if name == "Dropout":
            arguments["rate"] = "$rate"
        elif "kernel_regularizer" in arguments:
            arguments["kernel_regularizer"] = {"L2": {"l2": "$l2"}}
    made["tune"] = {
        "objective": "val_accuracy",
        "sampler": sampler,
        "space": {
            "params.rate": {"uniform": [0.05, 0.6]},
            "params.l2": {"log_uniform": [1e-6, 1e-2]},
            "train.optimizer.Adam.learning_rate": {"log_uniform": [1e-4, 10**-1.5]},
            "train.seed": {"int": [0, 1_000_000]},
        },
    }
    return made


def by_command(rival: str, space: str, count: int) -> dict[str, Any]:
    """The whole of `specc tune`: sampler, ledger, proof and best model, in processes of its own."""
    _, engine, sampler = rival.split()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "digits.json").write_text(json.dumps(searched(space, sampler)))
        words = [sys.executable, "-c", "from specc.cli import main; main()", "tune", "digits.json"]
        words += ["--engine", engine, "--trials", str(count), "--quiet"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": name}
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(words, cwd=folder, env=environment, check=True, capture_output=True)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        with sqlite3.connect(folder / "studies/digits/1/ledger.sqlite") as ledger:
            rows = ledger.execute("select value from configuration where state = 'done'")
            found = [value for (value,) in rows]
    return {
        "count": count,
        "start": [0.0, 0.0],
        "each": [seconds / count, processor / count],
        "found": found,
    }


def one(rival: str, space: str, count: int) -> dict[str, Any]:
    """Runs a rival in a process of its own: its start, each trial, and accuracies.

    Both are pairs, of seconds and of processor seconds; a rival that trains fewer trials than the
    others would otherwise pay for its start in fewer.
    """
    if rival.startswith("specc "):
        return by_command(rival, space, count)
    backend = "jax" if rival.startswith("slots") else "tensorflow"
    environment = os.environ | {
        "KERAS_BACKEND": backend,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(ROOT),
    }
    words = [sys.executable, __file__, "--run", rival, "--space", space, "--trials", str(count)]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    inside = json.loads(done.stdout.splitlines()[-1])
    share = inside["seconds"] / seconds
    return {
        "count": count,
        "start": [seconds * (1 - share), processor * (1 - share)],
        "each": [seconds * share / count, processor * share / count],
        "found": inside["found"],
    }


def main() -> None:
    """Prints a table for each space."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=256)
    parser.add_argument("--plain", type=int, default=24, help="trials of the rivals that `fit`")
    parser.add_argument("--space", choices=SPACES, action="append")
    parser.add_argument("--rival", action="append")
    parser.add_argument("--run")
    options = parser.parse_args()
    if options.run:
        rivals = {"optuna": by_fit, "keras tuner": by_keras_tuner}
        (space,) = options.space
        run = rivals.get(options.run)
        if run is None:  # an engine has a process of its own, which it begins so
            from specc.train.quiet import load_keras
            from specc.tune.started import at_start

            at_start()
            load_keras()
        import keras  # noqa: F401  # loading it is the start, and not a trial's

        start, count = time.perf_counter(), options.trials
        found = run(space, count) if run else by_engine(options.run, space, count)
        print(json.dumps({"found": found, "seconds": time.perf_counter() - start}))
        return
    for space in options.space or SPACES:
        wanted = ["optuna", "epoch", "slots", "slots halving"]
        if space != "nine":  # whose graphs its search does not vary
            wanted += ["specc slots random", "specc slots tpe"]
        if importlib.util.find_spec("keras_tuner"):
            wanted.insert(0, "keras tuner")
        else:
            print(f"KerasTuner takes no part; to install it: {INSTALL}", file=sys.stderr)
        rows: list[list[str]] = []
        base: dict[str, Any] | None = None
        for rival in options.rival or wanted:
            plain = rival in ("optuna", "keras tuner")
            made = one(rival, space, options.plain if plain else options.trials)
            base = made if rival == "optuna" else base
            rows.append(_row(rival, options.trials, made, base))
        table(
            f"{space}: {options.trials} trials of {EPOCHS} epochs, cold",
            [
                "way",
                "trials",
                "s a trial",
                "processor s",
                "times Optuna",
                "by processor",
                "mean",
                "best",
            ],
            rows,
        )


def _row(
    rival: str, trials: int, made: Mapping[str, Any], base: Mapping[str, Any] | None
) -> list[str]:
    wall, processor = _each(made, trials)
    against = ["", ""]
    if base is not None:
        against = [
            f"{a / b:.1f}" for a, b in zip(_each(base, trials), (wall, processor), strict=True)
        ]
    quality = [f"{statistics.mean(made['found']):.4f}", f"{max(made['found']):.4f}"]
    return [rival, str(made["count"]), f"{wall:.3f}", f"{processor:.3f}", *against, *quality]


def _each(made: Mapping[str, Any], trials: int) -> list[float]:
    """What a trial takes, its share of the start of so many included."""
    return [s / trials + e for s, e in zip(made["start"], made["each"], strict=True)]


if __name__ == "__main__":
    main()
