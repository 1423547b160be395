"""Recurrent layers and cells over which specc and Keras differ: see `disagreements`."""

from __future__ import annotations

import keras
import numpy as np
from disagreement import Disagreement

from specc.catalogue.define import case, tensor

RECURRENT = "*LSTM* *GRU* *RNN* Bidirectional"


def _extra_state_ignored() -> bool:
    x, h = np.ones((2, 8), "float32"), np.ones((2, 5), "float32")
    output, _ = keras.layers.GRUCell(5)(x, states=[h, h])
    return tuple(output.shape) == (2, 5)


def _state_stretched() -> bool:
    x, h, c = (np.ones((2, n), "float32") for n in (8, 5, 1))
    output, _ = keras.layers.LSTMCell(5)(x, states=[h, c])
    return tuple(output.shape) == (2, 5)


def _cell_left_out() -> bool:
    cells = [keras.layers.GRUCell(5), keras.layers.SimpleRNNCell(4)]
    layer = keras.layers.StackedRNNCells(cells)
    output, _ = layer(np.ones((2, 8), "float32"), states=[np.ones((2, 5), "float32")])
    return tuple(output.shape) == (2, 5)


def _takes_whole_state() -> bool:
    state = np.ones((2, 5), "int32")
    output, _ = keras.layers.SimpleRNNCell(5)(np.ones((2, 8), "float32"), states=[state])
    return tuple(output.shape) == (2, 5)


RECURRENT_LAYERS: tuple[Disagreement, ...] = (
    Disagreement(
        "late",
        RECURRENT,
        "has a state of shape|of initial state|as many states backward",
        "the states' shapes and number are not checked",
        ("LSTM", case((10, 8), [5, 4], units=5)),
    ),
    Disagreement(
        "silent",
        "*Cell StackedRNNCells",
        "has a state of shape|takes 2 dimensions",
        "a state of length 1, or of another rank, is stretched; so is an input",
        ("LSTMCell", case(8, [5, 1], units=5)),
        proof=_state_stretched,
    ),
    Disagreement(
        "silent",
        "*Cell",
        "of initial state",
        "more states than the cell has are ignored",
        ("GRUCell", case(8, [5, 5], units=5)),
        proof=_extra_state_ignored,
    ),
    Disagreement(
        "silent",
        "StackedRNNCells",
        "of initial state",
        "a cell without a state is left out",
        (
            "StackedRNNCells",
            case(8, [5], cells=[{"GRUCell": {"units": 5}}, {"SimpleRNNCell": {"units": 4}}]),
        ),
        proof=_cell_left_out,
    ),
    Disagreement(
        "late",
        "RNN StackedRNNCells",
        "takes [23] dimensions",
        "the number of dimensions is not checked",
        ("RNN", case((4, 10, 8), cell={"GRUCell": {"units": 5}})),
    ),
    Disagreement(
        "late",
        "LSTM GRU SimpleRNN RNN",
        "can be unrolled only over",
        "fails where the number of steps is really not known",
        ("GRU", case((None, 8), units=5, unroll=True)),
    ),
    Disagreement(
        "late",
        f"{RECURRENT} Softmax Attention AdditiveAttention MultiHeadAttention GroupQueryAttention",
        "takes a mask of|takes an attention_mask of|takes a mask that broadcasts",
        "the shapes of masks are not checked",
        ("Softmax", case((10, 8), tensor(9, 8, dtype="bool"))),
    ),
    Disagreement(
        "silent",
        "*Cell StackedRNNCells",
        "takes floats, not",
        "whole numbers are taken by some cells, and by others not",
        ("SimpleRNNCell", case(8, [tensor(5, dtype="int32")], units=5)),
        proof=_takes_whole_state,
    ),
    Disagreement(
        "late",
        "Bidirectional",
        "cannot merge",
        "the two layers' results are not compared",
        (
            "Bidirectional",
            case(
                (10, 8),
                layer={"LSTM": {"units": 5}},
                backward_layer={"LSTM": {"units": 4, "go_backwards": True}},
                merge_mode="sum",
            ),
        ),
    ),
    Disagreement(
        "silent",
        "LSTM GRU SimpleRNN RNN ConvLSTM*",
        "of initial state",
        "more states than the layer has are ignored",
        ("LSTM", case((10, 8), [5, 5, 5], units=5, unroll=True)),
    ),
)
