"""The paths and shapes of weights are Keras's own, whatever else the process has made."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.train.weight_paths import weights_of

SPECS = Path(__file__).parents[2] / "specs"

LSTM = {"LSTM": {"units": 4}}
CELLS = [{"LSTMCell": {"units": 4}}, {"GRUCell": {"units": 3}}, {"LSTMCell": {"units": 2}}]
CONVOLUTION = {"filters": 2, "kernel_size": 2}
DENSE = {"Dense": {"units": 3}}

LAYERS: list[tuple[Any, list[int]]] = [
    *(({cls: {"units": 4}}, [5, 3]) for cls in ("LSTM", "GRU", "SimpleRNN", "Dense")),
    ({"ConvLSTM1D": CONVOLUTION}, [3, 8, 2]),
    ({"ConvLSTM2D": CONVOLUTION}, [3, 6, 6, 2]),
    ({"ConvLSTM3D": CONVOLUTION}, [2, 4, 4, 4, 2]),
    ({"SeparableConv2D": CONVOLUTION}, [8, 8, 3]),
    ({"Bidirectional": {"layer": LSTM}}, [5, 3]),
    (
        {
            "Bidirectional": {
                "layer": LSTM,
                "backward_layer": {"LSTM": {"units": 4, "go_backwards": True}},
            }
        },
        [5, 3],
    ),
    ({"Bidirectional": {"layer": {"ConvLSTM1D": CONVOLUTION}}}, [3, 8, 2]),
    ({"Bidirectional": {"layer": {"RNN": {"cell": CELLS}}}}, [5, 3]),
    ({"TimeDistributed": {"layer": DENSE}}, [5, 3]),
    ({"TimeDistributed": {"layer": {"Bidirectional": {"layer": LSTM}}}}, [6, 5, 3]),
    ({"SpectralNormalization": {"layer": DENSE}}, [3]),
    ({"RNN": {"cell": CELLS[0]}}, [5, 3]),
    ({"RNN": {"cell": CELLS}}, [5, 3]),
    ({"RNN": {"cell": {"StackedRNNCells": {"cells": CELLS}}}}, [5, 3]),
    ({"Pipeline": {"layers": [DENSE, "BatchNormalization", DENSE]}}, [3]),
]


def program(layer: Any, shape: list[int]) -> specc.Program:
    """A chain of one layer."""
    graph = {"y": {"from": "x", "layers": [layer]}}
    return specc.compile(
        {"specc": 1, "inputs": {"x": {"shape": shape}}, "graph": graph, "outputs": ["y"]}
    )


SHARED = {
    "specc": 1,
    "inputs": {"x": {"shape": [5, 3]}, "z": {"shape": [3]}},
    "shared": {"once": DENSE, "word": DENSE, "reader": LSTM},
    "models": {
        "small": {
            "inputs": {"a": {"shape": [3]}},
            "graph": {"b": {"from": "a", "layers": [DENSE]}},
            "outputs": ["b"],
        }
    },
    "variables": {"place": {"shape": [2, 3]}},
    "graph": {
        "first": {"from": "z", "layers": [{"use": "once"}]},
        "second": {"from": "first", "layers": [{"use": "once"}]},
        "words": {"from": "x", "layers": [{"TimeDistributed": {"layer": {"use": "word"}}}]},
        "both": {"from": "words", "layers": [{"Bidirectional": {"layer": {"use": "reader"}}}]},
        "each": {"from": "x", "layers": [{"TimeDistributed": {"layer": {"use": "small"}}}]},
        "moved": {"from": "place", "layers": [{"ops.sum": {"axis": 1}}]},
    },
    "outputs": ["second", "both", "each", "moved"],
}


def compared(made: specc.Program) -> None:
    """Nothing lacks and nothing is too much."""
    from specc.lower.keras import lowered

    variables = {id(v): v for o in lowered(made).objects.values() for v in o.variables}
    found = weights_of(made)
    paths = Counter(
        (v.path, tuple(v.shape)) for v in variables.values() if "seed_generator" not in v.path
    )
    known = Counter(found.shapes)
    assert not known - paths
    assert not found.all_known or not paths - known


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore:`build:UserWarning")  # a Pipeline's, and its weights are there
def test_paths_of_layers_and_of_what_is_inside_them() -> None:
    """Twice in one process, where Keras would count on."""
    for layer, shape in [*LAYERS, *LAYERS]:
        made = program(layer, shape)
        assert weights_of(made).all_known
        compared(made)


@pytest.mark.keras
def test_paths_of_what_is_shared_nested_and_a_variable() -> None:
    """A shared layer's weights are where it is called; of a Bidirectional, in its two copies."""
    made = specc.compile(SHARED)
    assert weights_of(made).all_known
    compared(made)


def from_outside(made: specc.Program) -> bool:
    """Whether a model in it, however deep, is an application's or a file's."""
    return made.outside is not None or any(from_outside(m) for m in made.models)


@pytest.mark.keras
def test_paths_of_the_gallery() -> None:
    """Every spec whose model is made without the network; only models from outside lack."""
    compiled = [specc.compile(p) for p in sorted(SPECS.glob("*.yaml"))]
    known = [made for made in compiled if weights_of(made).all_known]
    assert all(from_outside(made) for made in compiled if made not in known)
    assert len(known) > 20
    for made in known:
        compared(made)
