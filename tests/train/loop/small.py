"""Small models on noise, trained by one loop or the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from specc.train.loop.batch import fit_by_batch
from specc.train.loop.calls import calls
from specc.train.loop.course import Course
from specc.train.loop.epoch import fit_by_epoch
from specc.train.loop.examples import examples
from specc.train.loop.supply import supply

COUNT = 100
GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(COUNT, 6, 6, 1)).astype("float32")
LABELS = GENERATOR.integers(0, 10, COUNT)
WEIGHTS = GENERATOR.uniform(0.5, 2, COUNT).astype("float32")


class Silent:
    """A watch that notes where it was."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []

    def begun(self) -> None:
        self.seen.append(("begun",))

    def entered(self, epoch: int) -> None:
        self.seen.append(("entered", epoch))

    def stepped(self, epoch: int, step: int) -> None:
        self.seen.append(("stepped", epoch, step))

    def ended(self, epoch: int) -> None:
        self.seen.append(("ended", epoch))


def model(kind: str, optimizer: Callable[[], Any], *, weighted: bool = False) -> Any:
    """A compiled model: `mlp`, `cnn`, `lstm`, or `several` outputs."""
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(1)
    entry = x = keras.Input((6, 6, 1))
    if kind in ("mlp", "several"):
        x = layers.Flatten()(x)
        decay = keras.regularizers.L1L2(1e-4, 1e-3)
        x = layers.Dense(16, activation="relu", kernel_regularizer=decay)(x)
        x = layers.Dropout(0.3)(x)
    elif kind == "cnn":
        x = layers.Conv2D(4, 3, use_bias=False)(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D()(layers.ReLU()(x))
        x = layers.Dropout(0.2)(layers.Flatten()(x))
    else:
        x = layers.LSTM(6, dropout=0.1)(layers.Reshape((6, 6))(x))
    out: Any = layers.Dense(10, activation="softmax", name="kind")(x)
    loss: Any = "sparse_categorical_crossentropy"
    metrics: Any = ["accuracy"]
    if kind == "several":
        out = {"kind": out, "size": layers.Dense(1, name="size")(x)}
        loss, metrics = {"kind": loss, "size": "mse"}, {"kind": metrics, "size": ["mae"]}
    made = keras.Model(entry, out)
    made.compile(
        optimizer(),
        loss=loss,
        metrics=metrics,
        weighted_metrics=["accuracy"] if weighted and kind != "several" else None,
        loss_weights={"kind": 1.0, "size": 0.3} if kind == "several" else None,
    )
    return made


def trained(
    loop: str,
    fitted: Any,
    *,
    weighted: bool = False,
    course: Course | None = None,
    batch: int = 16,
    steps: int | None = None,
    callbacks: Sequence[Any] = (),
    watch: Any = None,
) -> Any:
    """The model after its epochs, the first 30 examples being the validation too."""
    several = isinstance(fitted.output, dict)
    y: Any = {"kind": LABELS, "size": X[:, 0, 0]} if several else LABELS
    weights: Any = dict.fromkeys(y, WEIGHTS) if several else WEIGHTS
    weights = weights if weighted else None

    def cut(arrays: Any) -> Any:
        if isinstance(arrays, dict):
            return {n: a[:30] for n, a in arrays.items()}
        return None if arrays is None else arrays[:30]

    train = examples(X, y, weights, count=COUNT, batch=batch, steps=steps, seed=3)
    validation = examples(X[:30], cut(y), cut(weights), count=30, batch=batch)
    course = course or Course(2)
    told = calls(
        callbacks, fitted, watch or Silent(), epochs=course.epochs, steps=train.steps,
        skip=course.first_step,
    )  # fmt: skip
    if loop == "epoch":
        fit_by_epoch(fitted, train, validation, course, told)
    else:
        fit_by_batch(fitted, supply(train), supply(validation), course, told)
    return fitted


def state(fitted: Any) -> list[Any]:
    """Every number of a model and its optimizer."""
    return [np.array(v) for v in (*fitted.variables, *fitted.optimizer.variables)]


def same(a: Any, b: Any) -> bool:
    """Whether two models hold the same numbers, bit for bit."""
    return all(np.array_equal(x, y) for x, y in zip(state(a), state(b), strict=True))
