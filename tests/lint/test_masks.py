"""Masks that are lost, also by a plug-in's layer, which says for itself what it does with one."""

from __future__ import annotations

from typing import Any

import pytest

import specc
from specc.catalogue.define import Masks
from specc.plugin import Plugin, Result, TensorType, layer


def _found(mask: Masks, after: Any) -> list[str]:
    @layer(keras=lambda: None, mask=mask)
    def Same(inputs: TensorType) -> Result:
        """What comes in. Any shape"""
        return Result(inputs)

    embedding = {"Embedding": {"input_dim": 9, "output_dim": 4, "mask_zero": mask != "makes"}}
    steps = [embedding, "own.Same", after, {"Dense": {"units": 1}}]
    spec = {
        "specc": 1,
        "inputs": {"x": {"shape": [6], "dtype": "int32"}},
        "graph": {"y": {"from": "x", "layers": steps}},
        "outputs": ["y"],
    }
    report = specc.check(spec, plugins=[Plugin("own", layers=[Same])])
    assert report.ok
    return [d.message.split()[0] for d in report if d.code == "W128"]


LSTM = {"LSTM": {"units": 3}}


@pytest.mark.parametrize(
    ("mask", "after", "dropping"),
    [
        ("drops", LSTM, ["own.Same"]),
        ("passes", LSTM, []),
        ("passes", "Flatten", ["Flatten"]),
        ("makes", "Flatten", ["Flatten"]),
        ("ends", "Flatten", []),
    ],
)
def test_a_plug_in_says_what_it_does_with_a_mask(
    mask: Masks, after: Any, dropping: list[str]
) -> None:
    """What drops it is warned of, and what comes after one that passes it is looked at."""
    assert _found(mask, after) == dropping
