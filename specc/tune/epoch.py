"""The engine `epoch`: one TensorFlow function for an epoch, which all trials of a group use.

One trial trains at a time, in the group's one model: its weights are put there, and its numbers
into the vector that the function reads. So its weights are those of `specc train`, bit for bit.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from specc.infer.program import Program
from specc.lower.instances import keras
from specc.plugin.known import known
from specc.train.loop.epoch_tensorflow import CompiledByTensorFlow
from specc.train.quiet import load_keras
from specc.tune.engine import Result, Source, Trial
from specc.tune.expressible import obstacle
from specc.tune.group import grouped, sharing
from specc.tune.material import Material, material
from specc.tune.saving import write_model
from specc.tune.stopping import Course, Held
from specc.tune.template import Template, packed


class Epoch:
    """Trains one trial after the other in shared functions. Wants Keras on TensorFlow."""

    name = "epoch"

    def __init__(self) -> None:
        self._groups: dict[str, _Shared] = {}

    def why_not(self, trial: Trial) -> str | None:
        return obstacle(trial)

    def group_key(self, trial: Trial) -> str:
        return sharing(trial)

    def run(self, source: Source) -> None:
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        if load_keras().backend.backend() != "tensorflow":
            raise RuntimeError("the engine `epoch` wants a process whose Keras is on TensorFlow")
        trial = source.next()
        while trial is not None:
            key = self.group_key(trial)
            try:
                shared = self._groups.get(key)
                if shared is None:
                    shared = self._groups[key] = _Shared(trial.program, trial.slot.fold)
                _train(shared, trial, source)
            except Exception as error:  # whatever Keras says of this program
                source.unable(trial.id, f"{type(error).__name__}: {_first_line(error)}")
            trial = source.next(key) or source.next()


class _Shared(Held):
    """A group's model and its functions."""

    def __init__(self, program: Program, fold: int | None) -> None:
        import tensorflow

        tf: Any = tensorflow
        catalogue = known(program.plugins).catalogue
        self.template = Template(program, catalogue)
        self.material: Material = material(program, self.template.model, catalogue, fold)
        self.template.build(packed(self.material.train.first))
        self.fitted = self.template.fitted
        self._vector = tf.Variable(tf.zeros((self.template.row.width,)))
        with self.template.row.bound(self._vector):
            self._compiled = CompiledByTensorFlow(
                self.fitted, self.material.train, self.material.validation
            )
        self.template.check()

    def begin(self, seed: int, numbers: Sequence[float]) -> None:
        """Puts a trial's first state and numbers in their places."""
        first = self.template.first
        values = first.values(first.seeds(seed))
        by_id = {id(v): a for v, a in zip(first.variables, values, strict=True)}
        for variable, value in zip(first.variables, values, strict=True):
            variable.assign(value)
        learning = [by_id[id(v)] for v in self.fitted.trainable_variables]
        started = self.template.optimizer.values(learning, numbers)
        for variable, value in zip(self.fitted.optimizer.variables, started, strict=True):
            variable.assign(value)
        self._vector.assign(self.template.row.values(numbers))

    def epoch(self, seed: int, epoch: int) -> dict[str, float]:
        """An epoch of the trial that has begun, from 0, and its logs."""
        train = self.material.train
        with self.template.row.bound(self._vector):
            logs = self._compiled.train(self.material.places(seed, epoch), 0, train.steps)
            if self.material.validation is not None:
                logs |= {f"val_{n}": v for n, v in self._compiled.test().items()}
        return {n: float(v) for n, v in logs.items()}

    def weights(self) -> Any:
        k: Any = keras()
        return [k.ops.convert_to_numpy(v).copy() for v in self.template.first.variables]

    def rate(self) -> float:
        return float(keras().ops.convert_to_numpy(self.fitted.optimizer.learning_rate))

    def set_rate(self, rate: float) -> None:
        self.fitted.optimizer.learning_rate = rate


def _train(shared: _Shared, trial: Trial, source: Source) -> None:
    """Trains a trial and reports it."""
    began = time.perf_counter()
    shared.begin(trial.seed, grouped(trial.program).numbers)
    course = Course(trial.program, shared, shared.fitted.metrics)
    for epoch in range(trial.epochs):
        logs = shared.epoch(trial.seed, epoch)
        for name in ("loss", "val_loss"):
            if not math.isfinite(logs.get(name, 0.0)):
                source.failed(trial.id, f"`{name}` became {logs[name]} in epoch {epoch + 1}")
                return
        wanted = course.ended(epoch, logs)
        if not source.report(trial.id, epoch + 1, logs):
            return
        if not wanted:
            break
    logs = course.over()
    weights = course.kept or shared.weights()
    write = partial(_write, trial.program, weights)
    source.done(trial.id, Result(logs, write, time.perf_counter() - began))


def _write(program: Program, weights: list[Any], path: Path) -> None:
    write_model(program, weights, path)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
