"""An initializer that cannot draw a layer's weights is refused before Keras fails over it."""

from __future__ import annotations

from typing import Any

import pytest
from ruling import ruling

from specc.catalogue.define import case
from specc.catalogue.layers import LAYERS
from specc.catalogue.mismatch import BadArgument, Refused


@pytest.mark.parametrize(
    ("name", "inputs", "arguments", "blamed"),
    [
        ("Dense", 4, {"units": 3, "bias_initializer": "orthogonal"}, "bias_initializer"),
        ("Conv2D", (8, 8, 3), {"filters": 2, "kernel_size": 3, "kernel_initializer": "identity"},
         "kernel_initializer"),
        ("Conv1D", (8, 3), {"filters": 2, "kernel_size": 3, "kernel_initializer": "stft"},
         "kernel_initializer"),
        ("SeparableConv1D", (8, 3),
         {"filters": 2, "kernel_size": 3, "depthwise_initializer": {"Identity": {}}},
         "depthwise_initializer"),
        ("GRU", (8, 3), {"units": 2, "dtype": "bfloat16"}, "recurrent_initializer"),
        ("TimeDistributed", (8, 3),
         {"layer": {"Dense": {"units": 2, "bias_initializer": "identity"}}}, "layer"),
        ("RNN", (8, 3),
         {"cell": {"GRUCell": {"units": 2, "kernel_initializer": "stft"}}}, "cell"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(
    name: str, inputs: Any, arguments: dict[str, Any], blamed: str
) -> None:
    """At its argument."""
    with pytest.raises(BadArgument) as caught:
        ruling(LAYERS[name], case(inputs, **arguments))
    path = caught.value.argument or ()
    assert blamed in path or blamed == path[0]


@pytest.mark.parametrize(
    ("name", "inputs", "arguments"),
    [
        ("Dense", 4, {"units": 3, "kernel_initializer": "identity"}),
        ("Conv1D", (8, 1), {"filters": 2, "kernel_size": 3, "kernel_initializer": "stft"}),
        ("GRU", (8, 3), {"units": 2, "dtype": "mixed_bfloat16"}),
        ("GRU", (8, 3),
         {"units": 2, "dtype": "bfloat16", "recurrent_initializer": "glorot_uniform"}),
        ("RNN", (8, 3), {"cell": {"GRUCell": {"units": 2}}, "dtype": "bfloat16"}),
    ],
)  # fmt: skip
def test_what_can_be_drawn_is_taken(name: str, inputs: Any, arguments: dict[str, Any]) -> None:
    """The dtype of a wrapper is not that of the weights inside."""
    ruling(LAYERS[name], case(inputs, **arguments))


def test_an_activation_that_halves_an_axis_is_none() -> None:
    """`glu` is an op; as an activation it would make every shape after it wrong."""
    with pytest.raises(Refused, match="halves"):
        ruling(LAYERS["Dense"], case(4, units=4, activation="glu"))
