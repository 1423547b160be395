"""Small trials, a source that gives them, and what `specc train` makes of each."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from specc.pipeline import Settings, passes
from specc.tune.engine import Result, Slot, Trial

SOFTMAX = {"Dense": {"units": 3, "activation": "softmax"}}
LEARNED = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}


def spec(layers: list[Any], **train: Any) -> dict[str, Any]:
    """Iris through these layers."""
    return {
        "specc": 1,
        "name": "flowers",
        "inputs": {"measures": {"shape": [4]}},
        "graph": {"kind": {"from": "measures", "layers": [*layers, SOFTMAX]}},
        "outputs": {"kind": dict(LEARNED)},
        "data": {
            "source": "iris",
            "inputs": {"measures": {"field": "features", "transform": ["standardize"]}},
            "targets": {"kind": {"field": "label"}},
            "split": {"validation": 0.2, "stratify": "label"},
        },
        "train": {"optimizer": "adam", "batch_size": 32, "epochs": 2, **train},
    }


def trial(number: int, written: Mapping[str, Any]) -> Trial:
    """A trial of a whole spec."""
    outcome = passes(copy.deepcopy(dict(written)), settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    settings = outcome.program.train
    assert settings is not None
    return Trial(
        number, number, Slot(), settings.seed, settings.epochs, outcome.program, written, {}
    )


class Given:
    """A source of these trials, which keeps what it is told and every model that it may have."""

    def __init__(
        self,
        trials: list[Trial],
        folder: Path,
        key: Callable[[Trial], str],
        on: Callable[[int, int], bool] = lambda _trial, _epoch: True,
    ) -> None:
        self.waiting = list(trials)
        self.folder = folder
        self.key = key
        self.on = on
        self.reports: dict[int, list[dict[str, float]]] = {t.id: [] for t in trials}
        self.results: dict[int, Result] = {}
        self.failures: dict[int, str] = {}

    def next(self, group: str | None = None) -> Trial | None:
        for found in self.waiting:
            if group is None or self.key(found) == group:
                self.waiting.remove(found)
                return found
        return None

    def report(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        self.reports[trial].append(dict(logs))
        assert len(self.reports[trial]) == epoch
        return self.on(trial, epoch)

    def done(self, trial: int, result: Result) -> None:
        assert result.write is not None
        result.write(self.model(trial))
        self.results[trial] = result

    def failed(self, trial: int, reason: str) -> None:
        self.failures[trial] = reason

    def unable(self, trial: int, reason: str) -> None:
        self.failures[trial] = f"unable: {reason}"

    def model(self, trial: int) -> Path:
        return self.folder / f"{trial}.keras"
