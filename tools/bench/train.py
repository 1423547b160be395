"""Epochs of `specc.train` against Keras's own `fit` of the same model on the same data.

Each rival trains in a process of its own, so that its peak of memory is its own; they take turns.
Metrics, validation and the callbacks of the spec are on in all of them; specc's TensorBoard writes
histograms of the weights, and Keras's, without arguments, does not.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from measure import ROOT, alone, median, table

RESNET: dict[str, Any] = {
    "specc": 1,
    "name": "resnet",
    "inputs": {"picture": {"shape": [64, 64, 3]}},
    "blocks": {
        "residual": {
            "params": {"filters": 16},
            "inputs": ["x"],
            "graph": {
                "y": {
                    "from": "x",
                    "layers": [
                        {"Conv2D": {"filters": "$filters", "kernel_size": 3, "padding": "same"}},
                        "BatchNormalization",
                        "ReLU",
                        {"Conv2D": {"filters": "$filters", "kernel_size": 3, "padding": "same"}},
                        "BatchNormalization",
                        {"Add": {}, "take": ["x"]},
                        "ReLU",
                    ],
                }
            },
            "outputs": ["y"],
        }
    },
    "graph": {
        "kind": {
            "from": "picture",
            "layers": [
                {"Conv2D": {"filters": 16, "kernel_size": 3, "strides": 2, "padding": "same"}},
                {"use": "residual", "repeat": 2},
                {"Conv2D": {"filters": 32, "kernel_size": 3, "strides": 2, "padding": "same"}},
                {"use": "residual", "with": {"filters": 32}, "repeat": 2},
                "GlobalAveragePooling2D",
                {"Dense": {"units": 10, "activation": "softmax"}},
            ],
        }
    },
    "outputs": {"kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
    "data": {
        "source": {"npz": {"path": "pictures.npz"}},
        "inputs": {"picture": {"field": "image"}},
        "targets": {"kind": {"field": "label"}},
        "split": {"validation": 0.2},
    },
    "train": {"batch_size": 32, "epochs": 3},
}
"""A residual network on pictures of 64 by 64, drawn by chance."""

CASES: dict[str, tuple[int, dict[str, float]]] = {
    "digits": (40, {"fit": 8.0, "tuned": 5.0}),
    "digits_cnn": (12, {"fit": 2.0, "tuned": 1.3}),
    "resnet": (4, {"fit": 1.0}),
}
"""Epochs, and how many times the rivals' epochs a second specc's are to be."""


def program(case: str, epochs: int) -> Any:
    """The program of a case; no callback of it may stop the training."""
    import specc

    if case == "resnet":
        return specc.compile(RESNET, sets=[f"train.epochs={epochs}"])
    stopping = "{monitor: val_loss, patience: 1000, restore_best_weights: true}"
    callbacks = f"[{{EarlyStopping: {stopping}}}, TensorBoard]"
    sets = [f"train.epochs={epochs}", "train.batch_size=64", f"train.callbacks={callbacks}"]
    return specc.compile(ROOT / "specs" / f"{case}.yaml", sets=sets)


def clock() -> Any:
    """When each epoch ended, its validation and whatever else is done after it included."""
    import keras

    class Clock(keras.callbacks.Callback):
        """Seconds from one epoch's end to the next; the first two, which trace, are left out."""

        def on_train_begin(self, logs: Any = None) -> None:
            self.ends: list[float] = []

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.ends.append(time.perf_counter())

        @property
        def epochs(self) -> list[float]:
            return [b - a for a, b in zip(self.ends[1:], self.ends[2:], strict=False)]

    return Clock()


def by_hand(case: str, epochs: int, *, tuned: bool) -> list[float]:
    """Seconds of each epoch of `fit`, on what `specc` splits; `tuned` with one call an epoch."""
    import keras

    import specc
    from specc.data.load import load

    made = program(case, epochs)
    loaded = load(made, made.data)
    model, watch = specc.to_keras(made), clock()
    train, validation = loaded.train, loaded.validation
    assert validation is not None
    size = made.train.batch_size
    model.compile(
        keras.optimizers.Adam(0.001),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=-(-train.count // size) if tuned else 1,
    )
    callbacks = [watch]
    if case != "resnet":
        kept = {"monitor": "val_loss", "patience": 1000, "restore_best_weights": True}
        callbacks += [
            keras.callbacks.EarlyStopping(**kept),
            keras.callbacks.TensorBoard("tensorboard"),
        ]
    (x,), (y,) = train.inputs.values(), train.targets.values()
    (vx,), (vy,) = validation.inputs.values(), validation.targets.values()
    model.fit(
        x, y, batch_size=size, epochs=epochs, validation_data=(vx, vy), callbacks=callbacks,
        verbose=0,
    )  # fmt: skip
    return watch.epochs


def by_specc(case: str, epochs: int) -> list[float]:
    """The same of `specc.train`."""
    import specc

    watch = clock()
    specc.train(program(case, epochs), callbacks=[watch], progress="none")
    assert len(watch.ends) == epochs
    return watch.epochs


def child(case: str, rival: str, epochs: int) -> None:
    """Trains, and prints the seconds of the epochs and the peak of memory in MiB."""
    if rival == "specc":
        found = by_specc(case, epochs)
    else:
        found = by_hand(case, epochs, tuned=rival == "tuned")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps([found, peak]))


def raced(case: str, epochs: int, rivals: list[str], rounds: int) -> dict[str, list[Any]]:
    """What each rival says, round by round."""
    said: dict[str, list[Any]] = {r: [] for r in rivals}
    with tempfile.TemporaryDirectory() as folder:
        if case == "resnet":
            import numpy as np

            draw = np.random.default_rng(0)
            np.savez(
                Path(folder) / "pictures.npz",
                image=draw.random((640, 64, 64, 3), np.float32),
                label=draw.integers(0, 10, 640),
            )
        for turn in range(rounds):
            for rival in rivals if turn % 2 else reversed(rivals):
                found = alone(folder, __file__, "--child", case, rival, str(epochs))
                said[rival].append(found)
    return said


def main() -> None:
    """Prints the table, with the bound of each ratio beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", choices=list(CASES), action="append")
    parser.add_argument("--child", nargs=3, metavar=("CASE", "RIVAL", "EPOCHS"))
    options = parser.parse_args()
    if options.child:
        case, rival, epochs = options.child
        child(case, rival, int(epochs))
        return
    rows: list[list[str]] = []
    for case in options.case or CASES:
        epochs, bounds = CASES[case]
        said = raced(case, epochs, [*bounds, "specc"], options.rounds)
        pace = {r: [median(times) for times, _ in found] for r, found in said.items()}
        peak = {r: max(p for _, p in found) for r, found in said.items()}
        for rival, bound in bounds.items():
            times = [a / b for a, b in zip(pace[rival], pace["specc"], strict=True)]
            rows.append(
                [
                    f"{case}, `{rival}`",
                    f"{median(pace[rival]) * 1e3:.0f}",
                    f"{median(pace['specc']) * 1e3:.0f}",
                    f"{median(times):.2f}",
                    f"{bound}",
                    f"{peak[rival]}",
                    f"{peak['specc']}",
                ]
            )
    head = ["rival", "ms an epoch", "specc's", "times as fast", "at least", "MiB", "specc's"]
    table("Training, with metrics, validation and callbacks", head, rows)


if __name__ == "__main__":
    main()
