"""Model files as Keras writes them, and as it never would."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

SPEC = """specc: 1
inputs:
  x: {{shape: [4]}}
models:
  taught:
    file: {file}
graph:
  y: {{from: x, layers: [{{use: taught}}]}}
outputs: [y]
"""
LINE = 6
"""The line of SPEC that names the file."""


def layer(cls: str, config: dict[str, Any], after: str | None, **rest: Any) -> dict[str, Any]:
    """A layer of a Functional model, called on the only tensor of another."""
    nodes = [] if after is None else [{"args": [tensor(after)], "kwargs": {}}]
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": config,
        "registered_name": None,
        "name": config["name"],
        "inbound_nodes": nodes,
    } | rest


def tensor(name: str, call: int = 0, index: int = 0) -> dict[str, Any]:
    """A tensor among the arguments of a call."""
    return {
        "class_name": "__keras_tensor__",
        "config": {"shape": [None, 4], "dtype": "float32", "keras_history": [name, call, index]},
    }


def entry() -> dict[str, Any]:
    """The input of four numbers."""
    return layer("InputLayer", {"name": "x", "batch_shape": [None, 4], "dtype": "float32"}, None)


def model(*layers: dict[str, Any], output: str | None = None) -> dict[str, Any]:
    """A Functional model of an input `x` and these layers."""
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "registered_name": "Functional",
        "config": {
            "name": "taught",
            "trainable": True,
            "layers": [entry(), *layers],
            "input_layers": ["x", 0, 0],
            "output_layers": [output or layers[-1]["name"], 0, 0],
        },
    }


def dense(name: str = "dense", after: str = "x", **config: Any) -> dict[str, Any]:
    """A Dense layer of two units."""
    return layer("Dense", {"name": name, "units": 2} | config, after)


def write(path: Path, config: Any, weights: bytes = b"\0" * 4096, **members: bytes) -> Path:
    """A `.keras` file with a configuration; `members` are further ones by name."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        archive.writestr("model.weights.h5", weights)
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def spec(folder: Path, file: str) -> Path:
    """A specification that uses a file."""
    path = folder / "spec.yaml"
    path.write_text(SPEC.format(file=file))
    return path
