"""A layout is compared with the weights' paths, as Keras has them, before there is a model."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.train.layout import layout_faults, weights_of

SPECS = Path(__file__).parents[2] / "specs"


def program(layer: object, shape: list[int]) -> specc.Program:
    """A chain of one layer."""
    graph = {"y": {"from": "x", "layers": [layer]}}
    return specc.compile(
        {"specc": 1, "inputs": {"x": {"shape": shape}}, "graph": graph, "outputs": ["y"]}
    )


DENSE = program({"Dense": {"units": 10}}, [6])


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ({"y.dense/kernel": [None, "model"]}, None),
        ({".*kernel": [None, "model"], ".*bias": ["model"]}, None),
        ({"dense": [None, "model"]}, "is the path of no weight"),
        ({".*kernel": ["batch", None]}, "6 of `y.dense/kernel`, (6, 10), does not divide"),
        ({".*bias": [None, "model"]}, "has 1 dimensions, and here are 2 axes"),
        ({".*kernel": [None], ".*dense/.*": [None]}, "`.*kernel` is of `y.dense/kernel` too"),
    ],
)
def test_a_pattern_is_of_whole_paths_and_divides(
    layout: dict[str, list[str | None]], message: str | None
) -> None:
    """As `re.fullmatch` finds it; what is nearly meant is shown."""
    found = [*layout_faults(layout, {"batch": 4, "model": 5}, weights_of(DENSE))]
    assert (not found) if message is None else (message in found[0][1]), found
    if "dense" in layout:
        assert "`.*dense.*`" in found[0][2]


def test_what_is_not_known_is_not_judged() -> None:
    """The weights inside a wrapper have paths that Keras alone knows."""
    one = weights_of(program({"Bidirectional": {"layer": {"LSTM": {"units": 4}}}}, [5, 3]))
    assert not one.all_known
    assert not [*layout_faults({"anything": ["model"]}, {"model": 2}, one)]


@pytest.mark.keras
def test_paths_and_shapes_are_kerass_own() -> None:
    """Of single layers and of specs with shared layers and nested models."""
    from specc.lower.keras import to_keras

    layers: list[tuple[object, list[int]]] = [
        ({c: {"units": 4}}, [5, 3]) for c in ("LSTM", "GRU", "SimpleRNN", "Dense")
    ]
    convolutions = {"filters": 2, "kernel_size": 2}
    layers += [
        ({"ConvLSTM1D": convolutions}, [3, 8, 2]),
        ({"ConvLSTM2D": convolutions}, [3, 6, 6, 2]),
        ({"ConvLSTM3D": convolutions}, [2, 4, 4, 4, 2]),
        ({"SeparableConv2D": convolutions}, [8, 8, 3]),
    ]
    programs = [program(*one) for one in layers]
    programs += [
        specc.compile(SPECS / f"{n}.yaml")
        for n in ("transformer_encoder", "row_reader", "siamese", "digits_cnn", "seq2seq")
    ]
    for made in programs:
        found = weights_of(made)
        paths = {v.path: tuple(v.shape) for v in to_keras(made).variables}
        assert found.shapes.items() <= paths.items()
        missing = {p for p in paths.keys() - found.shapes.keys() if "seed_generator" not in p}
        assert found.all_known == (not missing), missing
