"""A layer that is declared once is used where Keras can keep it, and elsewhere is told."""

from __future__ import annotations

import specc


def test_a_layer_in_a_wrapper_and_then_by_itself_is_told() -> None:
    """Its weights are the wrapper's, so that there is nothing to compare with them."""
    report = specc.check(
        {
            "specc": 1,
            "inputs": {"x": {"shape": [5, 3]}},
            "shared": {"reader": {"LSTM": {"units": 4}}},
            "graph": {
                "both": {"from": "x", "layers": [{"Bidirectional": {"layer": {"use": "reader"}}}]},
                "one": {"from": "x", "layers": [{"use": "reader"}]},
            },
            "outputs": ["both", "one"],
        }
    )
    assert [d.code for d in report.errors] == ["S407"]
