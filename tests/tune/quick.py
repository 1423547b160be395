"""A small spec with a space, and an engine that searches it in no time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from specc.infer.program import Program
from specc.pipeline import Settings, passes
from specc.tune.engine import Result, Source, Trial

SPEC: dict[str, Any] = {
    "specc": 1,
    "name": "small",
    "params": {"units": 8},
    "inputs": {"x": {"shape": [4]}},
    "graph": {
        "y": {
            "from": "x",
            "layers": [
                {"Dense": {"units": "$units", "activation": "relu"}},
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
    "train": {"optimizer": "adam", "epochs": 3},
}
SPACE = {
    "params.units": {"int": [4, 32]},
    "train.optimizer": {"choice": ["adam", {"SGD": {"momentum": 0.9}}]},
    "train.optimizer.*.learning_rate": {"log_uniform": [0.001, 0.1]},
    "train.optimizer.SGD.nesterov": {"choice": [True, False]},
}


class Quick:
    """An engine that trains nothing: the loss is 1 over units, and falls with the epochs."""

    name = "quick"

    def __init__(
        self, dies_after: int | None = None, refuses: int | None = None, ahead: bool = True
    ) -> None:
        self.ahead = ahead
        self.trained: list[tuple[int, int, Mapping[str, Any]]] = []
        self.dies_after = dies_after
        self.refuses = refuses

    def why_not(self, trial: Trial) -> str | None:
        return None

    def group_key(self, trial: Trial) -> str:
        return str(trial.values.get("train.optimizer"))

    def run(self, source: Source) -> None:
        group = None
        while (trial := source.next(group) or source.next()) is not None:
            group = self.group_key(trial) if self.ahead else None
            if self.dies_after == len(self.trained):
                raise KeyboardInterrupt
            self.trained.append((trial.number, trial.seed, trial.values))
            units = trial.values.get("params.units", 8)
            if trial.number == self.refuses:
                source.failed(trial.id, "the loss became nan")
                continue
            value = 1 / units + trial.seed / 1000
            for epoch in range(1, trial.epochs + 1):
                if not source.report(trial.id, epoch, {"val_loss": value + 1 / epoch}):
                    break
            else:
                source.done(trial.id, Result({"val_loss": value}, _write(trial), 0.1))


def _write(trial: Trial) -> Any:
    def write(path: Path) -> None:
        path.write_text(str(trial.number))

    return write


def program(space: Mapping[str, Any] = SPACE, **tune: Any) -> Program:
    spec = {**SPEC, "tune": {"objective": "val_loss", "space": space, **tune}}
    return passes(spec, settings=Settings()).proven
