"""Epochs of `specc.train` against Keras's own `fit` of the same model on the same digits."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import tempfile
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from measure import ROOT, median, ratio, table
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

import specc

SPECS = ["digits.yaml", "digits_cnn.yaml"]


class Clock(keras.callbacks.Callback):
    """When each epoch ended, its validation and whatever else is done after it included."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts the list anew."""
        self.ends: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Notes the time."""
        self.ends.append(time.perf_counter())

    @property
    def epochs(self) -> list[float]:
        """Seconds from one epoch's end to the next; the first, which traces, is not among them."""
        return [b - a for a, b in zip(self.ends, self.ends[1:], strict=False)]


def digits(shape: tuple[int, ...]) -> list[Any]:
    """Pictures and labels to train on, then those to validate on: 60 % and 20 % of all."""
    pictures, labels = load_digits(return_X_y=True)
    pictures = (pictures * 0.0625).astype("float32").reshape(-1, *shape)
    x, rest, y, rest_y = train_test_split(pictures, labels, test_size=0.4, stratify=labels)
    return [x, y, rest[: len(rest) // 2], rest_y[: len(rest) // 2]]


def by_hand(program: Any, epochs: int) -> tuple[float, list[float]]:
    """Seconds of the whole, and of each epoch, of `fit`."""
    model, clock = specc.to_keras(program), Clock()
    x, y, validation_x, validation_y = digits(model.input_shape[1:])
    start = time.perf_counter()
    model.compile(
        keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(
        x,
        y,
        batch_size=64,
        epochs=epochs,
        validation_data=(validation_x, validation_y),
        callbacks=[clock],
    )
    return time.perf_counter() - start, clock.epochs


def by_specc(program: Any, epochs: int) -> tuple[float, list[float]]:
    """The same of `specc.train`, which also splits, writes its run and evaluates the test part."""
    clock = Clock()
    start = time.perf_counter()
    specc.train(program, callbacks=[clock])
    assert len(clock.ends) == epochs
    return time.perf_counter() - start, clock.epochs


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=20)
    options = parser.parse_args()
    sets = [
        f"train.epochs={options.epochs}",
        "train.batch_size=64",
        "train.optimizer={Adam: {learning_rate: 0.001}}",
        "train.callbacks=[]",
        "data.split={validation: 0.2, test: 0.2, stratify: label}",
    ]
    rows: list[list[str]] = []
    for name in SPECS:
        program = specc.compile(ROOT / "specs" / name, sets=sets)
        times: dict[str, list[tuple[float, list[float]]]] = {"hand": [], "specc": []}
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            for _ in range(options.rounds):
                silent = io.StringIO()  # both report on every epoch; neither waits for a terminal
                with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
                    times["hand"].append(by_hand(program, options.epochs))
                    times["specc"].append(by_specc(program, options.epochs))
        hand, ours = ([median(epochs) for _, epochs in times[who]] for who in ("hand", "specc"))
        whole_hand, whole_ours = ([whole for whole, _ in times[who]] for who in ("hand", "specc"))
        rows.append(
            [
                f"`specs/{name}`",
                f"{median(hand) * 1e3:.0f}",
                f"{median(ours) * 1e3:.0f}",
                f"{ratio(ours, hand):.2f}",
                f"{np.median(whole_hand):.1f}",
                f"{np.median(whole_ours):.1f}",
            ]
        )
    table(
        f"Training, {options.epochs} epochs",
        ["spec", "`fit`, ms an epoch", "specc, ms an epoch", "ratio", "`fit`, s", "specc, s"],
        rows,
    )


if __name__ == "__main__":
    main()
