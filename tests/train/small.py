"""A small spec for the tests of training: iris, one hidden layer, a few epochs."""

from __future__ import annotations

import copy
from typing import Any

from specc.infer.program import Program
from specc.pipeline import Settings, passes

SPEC: dict[str, Any] = {
    "specc": 1,
    "name": "flowers",
    "inputs": {"measures": {"shape": [4]}},
    "graph": {
        "kind": {
            "from": "measures",
            "layers": [
                {"Dense": {"units": 8, "activation": "relu"}},
                {"Dense": {"units": 3, "activation": "softmax"}},
            ],
        }
    },
    "outputs": {"kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
    "data": {
        "source": "iris",
        "inputs": {"measures": {"field": "features", "transform": ["standardize"]}},
        "targets": {"kind": {"field": "label"}},
        "split": {"validation": 0.2, "test": 0.2, "stratify": "label"},
    },
    "train": {"optimizer": {"Adam": {"learning_rate": 0.02}}, "batch_size": 16, "epochs": 3},
}


def spec(**changes: Any) -> dict[str, Any]:
    """The spec with whole sections replaced; `train__epochs=5` reaches into one."""
    made = copy.deepcopy(SPEC)
    for key, value in changes.items():
        at = made
        *path, last = key.split("__")
        for step in path:
            at = at.setdefault(step, {})
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value
    return made


def program(**changes: Any) -> Program:
    """The program of the changed spec."""
    outcome = passes(spec(**changes), settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    return outcome.program
