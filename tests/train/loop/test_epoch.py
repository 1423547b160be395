"""An epoch in one call does what `fit` does, bit for bit on TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from specc.train.loop.course import Course

from .small import Silent, model, same, trained

pytestmark = pytest.mark.keras


def _optimizers():
    import keras

    o, s = keras.optimizers, keras.optimizers.schedules
    return {
        "constant": lambda: o.Adam(0.01),
        "exponential": lambda: o.SGD(
            s.ExponentialDecay(0.1, 5, 0.5), momentum=0.9, nesterov=True, clipnorm=1.0
        ),
        "cosine": lambda: o.RMSprop(
            s.CosineDecay(0.01, 20, warmup_target=0.02, warmup_steps=5)
        ),
        "piecewise": lambda: o.AdamW(
            s.PiecewiseConstantDecay([5, 9], [0.01, 0.001, 0.0001]), use_ema=True
        ),
        "polynomial": lambda: o.Adam(s.PolynomialDecay(0.01, 20)),
        "inverse": lambda: o.Nadam(s.InverseTimeDecay(0.01, 5, 0.5)),
        "restarts": lambda: o.Adam(
            s.CosineDecayRestarts(0.01, 5), gradient_accumulation_steps=2
        ),
    }  # fmt: skip


CASES = [
    ("mlp", "constant", True), ("mlp", "exponential", False), ("mlp", "cosine", False),
    ("mlp", "piecewise", False), ("mlp", "polynomial", False), ("mlp", "inverse", False),
    ("mlp", "restarts", False), ("cnn", "constant", True), ("lstm", "constant", False),
    ("several", "constant", True), ("several", "constant", False),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "schedule", "weighted"), CASES)
def test_the_weights_are_those_of_fit(kind, schedule, weighted):
    """Weights, optimizer, seeds and history of both loops are equal, bit for bit."""
    optimizer = _optimizers()[schedule]
    made = [
        trained(loop, model(kind, optimizer, weighted=weighted), weighted=weighted)
        for loop in ("epoch", "batch")
    ]
    assert same(*made)
    assert made[0].history.history == made[1].history.history


@pytest.mark.parametrize(
    ("batch", "steps", "course"),
    [(100, None, Course(3)), (16, 3, Course(4, initial_epoch=2, validation_freq=2))],
)
def test_parts_of_epochs_and_of_the_course(batch, steps, course):
    """All examples in a batch; the first steps only, a later first epoch, a rarer validation."""
    optimizer = _optimizers()["constant"]
    made = [
        trained(loop, model("mlp", optimizer), batch=batch, steps=steps, course=course)
        for loop in ("epoch", "batch")
    ]
    assert same(*made)
    assert made[0].history.history == made[1].history.history
    epochs = course.epochs - course.initial_epoch
    assert len(made[0].history.history["loss"]) == epochs
    assert len(made[0].history.history["val_loss"]) == epochs // course.validation_freq


def test_pieces_of_an_epoch_change_nothing():
    """Calls that end at every third step give the same, and the watch is told of each."""
    optimizer = _optimizers()["constant"]
    watch = Silent()
    pieces = trained("epoch", model("mlp", optimizer), course=Course(2, every_steps=3), watch=watch)
    assert same(pieces, trained("epoch", model("mlp", optimizer)))
    assert {("stepped", 1, 3), ("stepped", 1, 6), ("ended", 1)} <= set(watch.seen)
    assert ("stepped", 1, 7) not in watch.seen


def test_callbacks_are_called_as_fit_calls_them():
    """The same hooks with the same logs in the same order, and a callback can end it."""
    import keras

    def noting(seen: list) -> object:
        class Noting(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                seen.append(("train begin", self.model.stop_training))

            def on_train_end(self, logs=None):
                seen.append(("train end", logs))

            def on_epoch_begin(self, epoch, logs=None):
                seen.append(("epoch begin", epoch, self.params["steps"], self.params["epochs"]))

            def on_epoch_end(self, epoch, logs=None):
                seen.append(("epoch end", epoch, logs))
                self.model.stop_training = epoch == 1

            def on_test_begin(self, logs=None):
                seen.append("test begin")

            def on_test_end(self, logs=None):
                seen.append(("test end", logs))

        return Noting()

    heard: list[list] = [[], []]
    for loop, seen in zip(("epoch", "batch"), heard, strict=True):
        trained(
            loop,
            model("mlp", _optimizers()["constant"]),
            callbacks=[noting(seen)],
            course=Course(5),
        )
    assert heard[0] == heard[1]
    assert [h[0] for h in heard[0] if h[0] == "epoch end"] == ["epoch end"] * 2


def test_a_training_goes_on_within_an_epoch():
    """The first steps of the first epoch are left to who has done them: both loops skip them."""
    optimizer = _optimizers()["constant"]
    course = Course(1, first_step=4)
    made = [trained(loop, model("cnn", optimizer), course=course) for loop in ("epoch", "batch")]
    assert same(*made)
    assert int(made[0].optimizer.iterations) == 3
    np.testing.assert_allclose(
        made[0].history.history["loss"], made[1].history.history["loss"], rtol=1e-6
    )


JAX = """
import keras, numpy as np
from tests.train.loop.small import model, same, trained
from specc.train.loop.course import Course
assert keras.backend.backend() == "jax"
adam = lambda: keras.optimizers.Adam(0.01)
for kind, course in (("cnn", Course(2)), ("several", Course(2, every_steps=3))):
    a, b = (trained(loop, model(kind, adam), course=course) for loop in ("epoch", "batch"))
    for x, y in zip(a.variables, b.variables, strict=True):
        np.testing.assert_allclose(np.array(x), np.array(y), atol=1e-6)
    for name, values in a.history.history.items():
        np.testing.assert_allclose(values, b.history.history[name], atol=1e-5)
a, b = (trained(loop, model("mlp", adam), course=Course(1, first_step=4)) for loop in ("epoch", "batch"))
for x, y in zip(a.variables, b.variables, strict=True):
    np.testing.assert_allclose(np.array(x), np.array(y), atol=1e-6)
assert int(a.optimizer.iterations) == 3
print("as they should be")
"""


def test_jax_does_the_same():
    """On JAX both loops agree: whole batches, the smaller last one, several outputs, a late start."""
    environment = {**os.environ, "KERAS_BACKEND": "jax"}
    done = subprocess.run(
        [sys.executable, "-c", JAX],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "as they should be" in done.stdout, done.stderr[-3000:]
