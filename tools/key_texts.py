"""What each key of a spec means, for the editor: from the tables of `docs/language.md`.

Keys that the page explains in running text have their line here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "language.md"

_TABLES = {
    "Spec": ("A whole spec", 0),
    "Variable": ("Variables", 0),
    "Output": ("Outputs", 0),
    "Data": ("Data", 0),
    "Train": ("Training", 0),
    "Phase": ("Training", 1),
    "Tune": ("Tuning", 0),
    "Space": ("Tuning", 1),
    "Step": ("Steps", 1),
}
"""For each model the heading and the how manieth table under it."""

_TEXTS: dict[str, dict[str, str]] = {
    "Input": {
        "shape": "The dimensions, the batch left out: numbers, names, or `null` for any length.",
        "dtype": "`float32` unless said.",
        "sample": "Makes the input noise, drawn anew for each batch.",
    },
    "Normal": {"mean": "The mean; 0 unless said.", "stddev": "The deviation; 1 unless said."},
    "Uniform": {"low": "From here; 0 unless said.", "high": "Up to here; 1 unless said."},
    "Integers": {"low": "From here; 0 unless said.", "high": "Up to here, itself left out."},
    "Sample": {
        "normal": "From a normal distribution.",
        "uniform": "From between two bounds.",
        "integers": "Whole numbers.",
    },
    "Step": {
        "use": "The shared layer, model or block of that name.",
        "layers": "The steps that are repeated.",
        "mark": "Gives the tensor that is here a name.",
    },
    "Chain": {
        "from": "The tensor, the list of tensors, or the tensors by argument that go in.",
        "layers": "The steps, in order.",
        "as": "Names for the tensors that the last step returns.",
    },
    "Block": {
        "params": "The block's params with their defaults.",
        "inputs": "The names of the tensors that go in.",
        "output": "The chain that comes out.",
        "outputs": "The chains that come out, as parts.",
    },
    "Model": {
        "inputs": "The tensors that the model is given.",
        "outputs": "The chains, or inner layers, that come out.",
        "application": "A model that comes with Keras.",
        "file": "A saved model, a `.keras` file.",
        "trainable": "`false` freezes it, and makes it run as at prediction; `true` unless said.",
    },
    "LossTerm": {"weight": "The term is multiplied by it; 1 unless said."},
    "Binding": {
        "field": "The field of the data.",
        "transform": "What is done to it, in order.",
    },
    "Split": {
        "validation": "The fraction that is kept for validation.",
        "test": "The fraction that is kept for the test.",
        "stratify": "The field whose classes have the same share in every part.",
        "seed": "Decides which example goes where.",
        "folds": "Cross-validation with that many folds, in place of `validation`.",
    },
    "Phase": {
        "name": "What the phase is called.",
        "minimize": "The outputs and losses whose sum is minimised.",
        "over": "The models, shared layers, variables or chains whose weights learn.",
        "optimizer": "A name, or the class as the key.",
    },
    "Checkpoint": {"every_steps": "After how many steps within an epoch."},
    "ModelParallel": {"model_parallel": "The layout: patterns of names and axes."},
    "Objective": {"metric": "A logged metric.", "direction": "Whether less or more is better."},
    "Bound": {"min": "At least.", "max": "At most."},
    "Resources": {
        "cpus": "Processor cores for a task; 1 unless said.",
        "gpus": "GPUs for a task, or parts of one; none unless said.",
    },
    "Require": {
        "parameters": "How many parameters the model may have.",
        "memory": "How many bytes one example may take.",
        "flops": "How many operations one example may take.",
    },
}


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """By model, then key: what the key means. A block's and a model's sections are the spec's."""
    page = PAGE.read_text(encoding="utf-8")
    found = {model: _rows(_table(page, *where)) for model, where in _TABLES.items()}
    for model, known in _TEXTS.items():
        found[model] = found.get(model, {}) | known
    for step in ("LayerStep", "UseStep", "GroupStep", "MarkStep"):
        found[step] = found["Step"]
    for body in ("Block", "Model"):
        found[body] = found["Spec"] | found[body]
    return found


def _table(page: str, heading: str, index: int) -> str:
    """The how manieth table in the section under a heading."""
    section = re.split(rf"^#+ {heading}$", page, maxsplit=1, flags=re.M)[1]
    section = re.split(r"^#+ ", section, maxsplit=1, flags=re.M)[0]
    return re.findall(r"(?:^\|.*\|$\n?)+", section, re.M)[index]


def _rows(table: str) -> dict[str, str]:
    """The keys in the first column with what the second says, and the default in the third."""
    found: dict[str, str] = {}
    for row in table.strip().split("\n")[2:]:
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", row)[1:-1]]
        more = f"; {cells[2]} unless said" if len(cells) > 2 and cells[2] else ""
        for key in re.findall(r"`\{?(\w+)[^`]*`", cells[0]):
            text = f"{cells[1]}{more}".rstrip(".")
            found[key] = f"{text[:1].upper()}{text[1:]}."
    return found
