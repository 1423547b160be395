"""Costs: parameters, memory and operations, before anything is built."""

from __future__ import annotations

import specc

TEXT = """
specc: 1
inputs: {a: {shape: [4]}, b: {shape: [4]}}
models:
  half:
    inputs: {x: {shape: [4]}}
    graph: {h: {from: x, layers: [{Dense: {units: 8}}]}}
    outputs: [h]
graph:
  left: {from: a, layers: [{use: half}]}
  right: {from: b, layers: [{use: half}]}
  both: {from: [left, right], layers: [Concatenate]}
outputs: [both]
"""


def test_a_model_costs_its_weights_once_and_its_work_at_each_use() -> None:
    """Weights are shared; memory and operations are spent at every call."""
    cost = specc.compile(text=TEXT).cost
    assert cost.parameters == cost.trainable_parameters == 4 * 8 + 8
    assert cost.memory == 4 * (4 + 4 + 8 + 8 + 16)
    assert cost.flops == 2 * (2 * 4 * 8 + 8)


def test_what_depends_on_the_data_is_not_guessed() -> None:
    """Of a length that only the data has, neither memory nor operations are known."""
    text = TEXT.replace("[4]", "[time, 4]")
    cost = specc.compile(text=text).cost
    assert cost.parameters == 4 * 8 + 8
    assert cost.memory is None
    assert cost.flops is None


def test_the_dtype_counts() -> None:
    """A tensor of half the width takes half the memory."""
    text = TEXT + "train: {precision: mixed_float16}\n"
    cost = specc.compile(text=text).cost
    assert cost.memory == 4 * (4 + 4) + 2 * (8 + 8 + 16)
