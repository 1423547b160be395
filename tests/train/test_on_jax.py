"""What JAX cannot train is told by check; tokens that the data makes are trained on JAX."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import specc
from specc.tune.choice import chosen
from specc.tune.process import Process

ROOT = Path(__file__).parents[2]

READ: list[Any] = [
    {"Embedding": {"input_dim": 50, "output_dim": 4}},
    "GlobalAveragePooling1D",
    {"Dense": {"units": 1, "activation": "sigmoid"}},
]
SPEC: dict[str, Any] = {
    "specc": 1,
    "name": "said",
    "inputs": {"words": {"shape": [], "dtype": "string"}},
    "graph": {
        "good": {
            "from": "words",
            "layers": [
                {"TextVectorization": {"max_tokens": 50, "output_sequence_length": 6}},
                *READ,
            ],
        }
    },
    "outputs": {"good": {"loss": "binary_crossentropy", "metrics": ["accuracy"]}},
    "data": {
        "source": {"csv": {"path": "said.csv"}},
        "inputs": {"words": {"field": "text"}},
        "targets": {"good": {"field": "good"}},
        "split": {"validation": 0.25},
    },
    "train": {"epochs": 30, "optimizer": {"Adam": {"learning_rate": 0.05}}, "batch_size": 16},
}


def said(folder: Path, spec: dict[str, Any]) -> Path:
    """The spec in a folder, beside 80 short texts, each good or not."""
    adjectives = ("good", "fine", "bad", "poor")
    rows = [f"{adjectives[i % 4]} film number {i},{int(i % 4 < 2)}" for i in range(80)]
    (folder / "said.csv").write_text("\n".join(["text,good", *rows]) + "\n")
    path = folder / "said.yaml"
    path.write_text(yaml.safe_dump(spec))
    return path


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_a_layer_that_reads_text_is_refused_on_jax_alone(tmp_path: Path, backend: str) -> None:
    """Also where `--backend` says it."""
    report = specc.check(said(tmp_path, SPEC), sets=[f"train.backend={backend}"])
    assert [d.code for d in report.errors] == (["S833"] if backend == "jax" else [])


def test_a_search_takes_another_engine_than_jaxs(tmp_path: Path) -> None:
    """However many trials there are: a lookup of numbers has no text, and is TensorFlow's too."""
    tune = {"objective": "val_loss", "space": {"train.batch_size": {"choice": [8, 16]}}}
    layers = [{"IntegerLookup": {"vocabulary": [1, 2]}}, *READ]
    numbers = {"words": {"shape": [4], "dtype": "int32"}}
    graph = {"good": {"from": "words", "layers": layers}}
    data = {
        "source": "iris",
        "inputs": {"words": {"field": "features", "transform": [{"cast": "int32"}]}},
        "targets": {"good": {"field": "label", "transform": [{"cast": "float32"}]}},
        "split": {"validation": 0.25},
    }
    program = specc.compile({**SPEC, "inputs": numbers, "graph": graph, "data": data, "tune": tune})
    found = chosen("auto", program, Process(tmp_path), 1000)
    assert found.backend == "tensorflow"
    assert "IntegerLookup is computed by TensorFlow" in found.why


@pytest.mark.keras
def test_tokens_that_the_data_makes_are_trained_on_jax(tmp_path: Path) -> None:
    """As the help of S833 says, and it learns."""
    tokens = [{"tokenize": {"max_tokens": 50}}, {"pad": 6}]
    spec: dict[str, Any] = {
        **SPEC,
        "inputs": {"words": {"shape": [6], "dtype": "int32"}},
        "graph": {"good": {"from": "words", "layers": READ}},
        "data": {
            **SPEC["data"],
            "inputs": {"words": {"field": "text", "transform": tokens}},
        },
        "train": {**SPEC["train"], "backend": "jax"},
    }
    words = ["train", str(said(tmp_path, spec)), "--runs", str(tmp_path / "runs"), "-q"]
    done = subprocess.run(
        [sys.executable, "-c", "from specc.cli import main; main()", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    run = specc.open_run(done.stdout.strip())
    assert run.lock["backend"] == "jax"
    assert run.metrics["validation"]["accuracy"] > 0.9
