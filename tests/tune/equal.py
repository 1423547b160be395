"""Trials in an engine beside the same trials in `specc train`: run in a process of its own.

`python -m tests.tune.equal ENGINE FOLDER` prints a line of JSON for each case.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .trials import LEARNED, SOFTMAX, Given, spec, trial

Case = tuple[str, list[dict[str, Any]]]


def cases() -> Iterator[Case]:
    """Pairs of specs of one group, whose numbers and seeds differ."""
    yield "mlp", [_mlp(0.3, 1e-3, 0.01, 7), _mlp(0.5, 1e-2, 0.003, 8), _mlp(0.1, 1e-4, 0.02, 9)]
    yield "steps", [_steps(2, 1), _steps(2, 2)]
    yield "cnn", [_cnn(0.003, 1), _cnn(0.002, 2)]
    yield "cnn without a bias", [_cnn(0.01, 1, bias=False), _cnn(0.02, 2, bias=False)]
    yield "lstm", [_lstm(0.2, 0.3, 3), _lstm(0.4, 0.1, 4)]
    yield "two inputs", [_two_inputs(0.2, 5), _two_inputs(0.1, 6)]
    yield "three outputs", [_three_outputs(0.5, 0.02, 5), _three_outputs(2.0, 0.01, 6)]
    yield "noise", [_noise(0.1, 0.2, 5), _noise(0.3, 0.4, 6)]
    for name, first, second in _OPTIMIZERS:
        dense = [
            {"Dense": {"units": 5, "activation": "tanh"}}
        ]  # and whole batches: half to compile
        yield (
            name,
            [
                _whole(spec(dense, optimizer={name: first}, seed=1)),
                _whole(spec(dense, optimizer={name: second}, seed=2)),
            ],
        )
    for name, first, second in _SCHEDULES:
        yield (
            name,
            [
                _whole(spec([], optimizer={"SGD": {"learning_rate": {name: a}}}, seed=s))
                for s, a in ((1, first), (2, second))
            ],
        )


_RATE = "learning_rate"
_OPTIMIZERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("Adadelta", {_RATE: 0.5, "rho": 0.9}, {_RATE: 0.8, "rho": 0.95, "epsilon": 1e-6}),
    ("Adafactor", {_RATE: 0.01, "weight_decay": 0.01}, {_RATE: 0.02, "weight_decay": 0.02}),
    ("Adagrad", {_RATE: 0.1, "clipnorm": 0.5}, {_RATE: 0.2, "clipnorm": 0.3}),
    ("Adam", {_RATE: 0.02, "beta_1": 0.8}, {_RATE: 0.01, "beta_2": 0.99}),
    ("AdamW", {_RATE: 0.02}, {_RATE: 0.01, "weight_decay": 0.1}),
    ("Adamax", {_RATE: 0.02}, {_RATE: 0.01, "beta_1": 0.7}),
    (
        "Ftrl",
        {_RATE: 0.1, "l2_regularization_strength": 0.01},
        {_RATE: 0.2, "l2_regularization_strength": 0.02},
    ),
    ("Lamb", {_RATE: 0.02}, {_RATE: 0.01, "beta_2": 0.9}),
    ("Lion", {_RATE: 0.002}, {_RATE: 0.001, "beta_1": 0.8}),
    ("Muon", {_RATE: 0.02}, {_RATE: 0.01, "momentum": 0.9}),
    ("Nadam", {_RATE: 0.02}, {_RATE: 0.01, "beta_1": 0.8}),
    ("RMSprop", {_RATE: 0.02, "momentum": 0.5}, {_RATE: 0.01, "momentum": 0.8, "rho": 0.8}),
    ("SGD", {_RATE: 0.1, "momentum": 0.9}, {_RATE: 0.05, "momentum": 0.5}),
    ("ScheduleFreeAdamW", {_RATE: 0.02}, {_RATE: 0.01, "beta_2": 0.99}),
]
_FROM = "initial_learning_rate"
_SCHEDULES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "ExponentialDecay",
        {_FROM: 0.1, "decay_steps": 3, "decay_rate": 0.5},
        {_FROM: 0.2, "decay_steps": 3, "decay_rate": 0.7},
    ),
    (
        "CosineDecay",
        {_FROM: 0.1, "decay_steps": 5, "alpha": 0.1},
        {_FROM: 0.2, "decay_steps": 5, "alpha": 0.2},
    ),
    (
        "PiecewiseConstantDecay",
        {"boundaries": [2.0, 5.0], "values": [0.1, 0.05, 0.01]},
        {"boundaries": [3.0, 6.0], "values": [0.2, 0.04, 0.02]},
    ),
]


def _whole(made: dict[str, Any]) -> dict[str, Any]:
    """The spec in batches of one size, without a validation."""
    made["data"]["split"] = {}
    made["train"]["batch_size"] = 50
    return made


def _mlp(rate: float, l2: float, learning_rate: float, seed: int) -> dict[str, Any]:
    layers = [
        {
            "Dense": {
                "units": 8,
                "activation": "relu",
                "kernel_regularizer": {"L2": {"l2": l2}},
                "bias_regularizer": {"L1": {"l1": l2 / 2}},
            }
        },
        {"Dropout": {"rate": rate}},
    ]
    return spec(layers, seed=seed, optimizer={"Adam": {"learning_rate": learning_rate}})


def _steps(count: int, seed: int) -> dict[str, Any]:
    """A part of the examples in each epoch."""
    made = spec([], seed=seed)
    made["train"]["steps_per_epoch"] = count
    return made


def _cnn(learning_rate: float, seed: int, *, bias: bool = True) -> dict[str, Any]:
    convolution: dict[str, Any] = {"filters": 4, "kernel_size": 2, "padding": "same"}
    layers = [
        {"Reshape": {"target_shape": [2, 2, 1]}},
        {"Conv2D": convolution if bias else {**convolution, "use_bias": False}},
        "BatchNormalization",
        "ReLU",
        {"SpatialDropout2D": {"rate": 0.2 + learning_rate}},
        "Flatten",
    ]
    return spec(layers, seed=seed, optimizer={"Adam": {"learning_rate": learning_rate}})


def _lstm(dropout: float, recurrent: float, seed: int) -> dict[str, Any]:
    inner = {"LSTM": {"units": 3, "dropout": dropout, "recurrent_dropout": recurrent}}
    layers = [
        {"Reshape": {"target_shape": [4, 1]}},
        {"Bidirectional": {"layer": inner}},
    ]
    return spec(layers, seed=seed, optimizer={"Adam": {"learning_rate": 0.01}})


def _noise(stddev: float, rate: float, seed: int) -> dict[str, Any]:
    layers = [
        {"GaussianNoise": {"stddev": stddev}},
        {"Dense": {"units": 6, "activation": "selu", "kernel_initializer": "lecun_normal"}},
        {"AlphaDropout": {"rate": rate}},
    ]
    return spec(layers, seed=seed)


def _two_inputs(rate: float, seed: int) -> dict[str, Any]:
    made = spec([], seed=seed)
    made["inputs"]["again"] = {"shape": [4]}
    made["graph"] = {
        "left": {
            "from": "measures",
            "layers": [{"Dense": {"units": 4}}, {"Dropout": {"rate": rate}}],
        },
        "right": {"from": "again", "layers": [{"Dense": {"units": 4, "activation": "relu"}}]},
        "kind": {"from": ["left", "right"], "layers": ["Concatenate", SOFTMAX]},
    }
    made["data"]["inputs"]["again"] = {"field": "features", "transform": [{"scale": 0.1}]}
    return made


def _three_outputs(weight: float, learning_rate: float, seed: int) -> dict[str, Any]:
    made = spec([], seed=seed, optimizer={"SGD": {"learning_rate": learning_rate}})
    made["graph"] = {
        "shared": {"from": "measures", "layers": [{"Dense": {"units": 4, "activation": "relu"}}]},
        **{n: {"from": "shared", "layers": [SOFTMAX]} for n in ("a", "b", "c")},
    }
    made["outputs"] = {n: LEARNED | {"weight": weight} for n in ("a", "b")} | {"c": LEARNED}
    made["data"]["targets"] = {n: {"field": "label"} for n in ("a", "b", "c")}
    return made


def main(name: str, folder: Path) -> None:
    """Prints how far the engine's weights and logs are from those of `specc train`."""
    os.environ["KERAS_BACKEND"] = "jax" if name == "slots" else "tensorflow"
    import keras
    import numpy as np

    from specc.train.train import train
    from specc.tune.epoch import Epoch
    from specc.tune.slots import Slots

    wanted = sys.argv[3:]
    for case, specs in cases():
        if wanted and case not in wanted:
            continue
        engine: Any = Slots(width=2, cache=folder / "cache") if name == "slots" else Epoch()
        trials = [trial(i, s) for i, s in enumerate(specs)]
        source = Given(trials, folder, engine.group_key)
        found: dict[str, Any] = {
            "case": case,
            "groups": len({engine.group_key(t) for t in trials}),
            "refused": [r for t in trials if (r := engine.why_not(t))],
        }
        engine.run(source)
        found["failures"] = list(source.failures.values())
        weights = logs = 0.0
        for one in trials if not source.failures else ():
            settings = {**one.spec["train"], "loop": "batch", "backend": keras.backend.backend()}
            by_batch = trial(one.id, {**one.spec, "train": settings})
            run = train(by_batch.program, runs=folder / "runs", progress="none")
            ours = keras.saving.load_model(source.model(one.id), compile=False)
            for a, b in zip(ours.get_weights(), run.model.get_weights(), strict=True):
                weights = max(weights, float(np.abs(a.astype("float64") - b).max()))
            names = [n for n in run.history if n not in ("epoch", "learning_rate")]
            for n in names:
                mine = [r[n] for r in source.reports[one.id]]
                logs = max(logs, float(np.abs(np.subtract(mine, run.history[n])).max()))
        print(json.dumps({**found, "weights": weights, "logs": logs}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
