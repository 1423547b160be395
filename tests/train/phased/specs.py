"""Specs of phases for the tests: three phases without chance, and a GAN with noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from specc.infer.program import Program
from specc.pipeline import Settings, passes

DENSE = {"Dense": {"units": 6, "activation": "tanh"}}


def compiled(spec: dict[str, Any]) -> Program:
    """The program; its warnings are not looked at."""
    outcome = passes(spec, settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    return outcome.program


def three(**train: Any) -> Program:
    """An autoencoder and a classifier of its code: every, repeat, epochs, BatchNormalization."""
    return compiled(
        {
            "specc": 1,
            "inputs": {"x": {"shape": [5]}},
            "models": {
                "encoder": {
                    "inputs": {"x": {"shape": [5]}},
                    "graph": {"code": {"from": "x", "layers": [DENSE, "BatchNormalization"]}},
                    "outputs": ["code"],
                }
            },
            "graph": {
                "code": {"from": "x", "layers": [{"use": "encoder"}]},
                "back": {
                    "from": "code",
                    "layers": [{"Dense": {"units": 5, "kernel_regularizer": {"L2": {"l2": 0.01}}}}],
                },
                "kind": {
                    "from": "code",
                    "layers": [{"Dense": {"units": 3, "activation": "softmax"}}],
                },
            },
            "outputs": {
                "back": {"loss": "mse", "target": "x"},
                "kind": {
                    "loss": "sparse_categorical_crossentropy",
                    "metrics": ["accuracy"],
                    "weight": 0.5,
                },
            },
            "losses": {
                "small": {"MeanSquaredError": {}, "y_true": 0, "y_pred": "code", "weight": 0.1}
            },
            "train": {
                "batch_size": 8,
                "epochs": 3,
                "phases": [
                    {
                        "name": "copy",
                        "minimize": ["back", "small"],
                        "over": ["encoder.code", "back"],
                        "repeat": 2,
                        "optimizer": {"Adam": {"learning_rate": 0.01}},
                    },
                    {
                        "name": "sort",
                        "minimize": ["kind"],
                        "over": ["kind"],
                        "every": 2,
                        "optimizer": {"SGD": {"learning_rate": 0.1, "momentum": 0.9}},
                    },
                    {
                        "name": "tune",
                        "minimize": ["kind"],
                        "epochs": [1, 2],
                        "optimizer": {"RMSprop": {"learning_rate": 0.001}},
                    },
                ],
                **train,
            },
        }
    )


def examples() -> tuple[Any, dict[str, Any]]:
    """Inputs (32, 5) and targets by name: four batches of eight."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(32, 5)).astype("float32")
    return x, {"back": x, "kind": (x.sum(axis=1) > 0).astype("int32")}


def gan() -> dict[str, Any]:
    """The GAN of the language page, on the digits, with BatchNormalization in both models."""
    dense = {"Dense": {"units": 12, "activation": "relu"}}
    sigmoid = {"activation": "sigmoid"}
    pixels = [dense, "BatchNormalization", {"Dense": {"units": 64, **sigmoid}}]
    score = [dense, "BatchNormalization", {"Dense": {"units": 1, **sigmoid}}]
    sgd = {"SGD": {"learning_rate": 0.05, "momentum": 0.5}}
    crossentropy = {"BinaryCrossentropy": {}}
    return {
        "specc": 1,
        "name": "gan",
        "inputs": {"real": {"shape": [64]}, "noise": {"shape": [4], "sample": "normal"}},
        "models": {
            "generator": {
                "inputs": {"noise": {"shape": [4]}},
                "graph": {"pixels": {"from": "noise", "layers": pixels}},
                "outputs": ["pixels"],
            },
            "critic": {
                "inputs": {"pixels": {"shape": [64]}},
                "graph": {"score": {"from": "pixels", "layers": score}},
                "outputs": ["score"],
            },
        },
        "graph": {
            "fake": {"from": "noise", "layers": [{"use": "generator"}]},
            "real_score": {"from": "real", "layers": [{"use": "critic"}]},
            "fake_score": {"from": "fake", "layers": [{"use": "critic"}]},
        },
        "outputs": ["fake"],
        "losses": {
            "genuine": {**crossentropy, "y_true": 1, "y_pred": "real_score"},
            "forged": {**crossentropy, "y_true": 0, "y_pred": "fake_score"},
            "fooled": {**crossentropy, "y_true": 1, "y_pred": "fake_score"},
        },
        "data": {
            "source": "digits",
            "inputs": {"real": {"field": "image", "transform": ["flatten", {"scale": 0.0625}]}},
            "split": {"validation": 0.2, "test": 0.2},
        },
        "train": {
            "epochs": 2,
            "batch_size": 256,
            "seed": 5,
            "phases": [
                {
                    "name": "judge",
                    "minimize": ["genuine", "forged"],
                    "over": ["critic"],
                    "optimizer": sgd,
                },
                {"name": "forge", "minimize": ["fooled"], "over": ["generator"], "optimizer": sgd},
            ],
        },
    }
