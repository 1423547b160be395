"""A layout is compared with the weights' paths before there is a model."""

from __future__ import annotations

import pytest

import specc
from specc.train.layout import layout_faults
from specc.train.weight_paths import weights_of


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


def test_a_key_inside_a_wrapper_is_told_at_its_line() -> None:
    """By `specc check`: the weights of the layer inside, of a variable and of a nested model."""
    layers = [{"Bidirectional": {"layer": {"LSTM": {"units": 4}}}}, {"Dense": {"units": 2}}]
    spec = {
        "specc": 1,
        "inputs": {"x": {"shape": [5, 3]}},
        "graph": {"y": {"from": "x", "layers": layers}},
        "outputs": {"y": {"loss": "mse"}},
        "train": {"backend": "jax"},
    }

    def told(pattern: str) -> list[str]:
        layout = {pattern: [None, "model"]}
        spread = {"model_parallel": {"mesh": {"batch": 2, "model": 2}, "layout": layout}}
        train = {"backend": "jax", "distribute": spread}
        report = specc.check({**spec, "train": train})
        return [d.message for d in report.errors if d.code == "S811"]

    assert told(".*/forward_lstm/lstm_cell/kernel") == []
    assert told(".*/forward_lstm/kernel") == ["`.*/forward_lstm/kernel` is the path of no weight"]
