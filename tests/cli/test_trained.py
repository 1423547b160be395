"""The end of `specc train` is a small table."""

from __future__ import annotations

import json
from pathlib import Path

from specc.cli.trained import trained
from specc.train.run import Run


def test_there_is_a_row_a_metric_and_a_column_a_part(tmp_path: Path) -> None:
    """The loss first."""
    metrics = {
        "validation": {"accuracy": 0.5, "loss": 1.25}, "test": {"accuracy": 0.75, "loss": 10},
        "epochs": 3, "seconds": 2.04, "stopped": "stopped after epoch 3 of 9", "finished": True,
    }  # fmt: skip
    (tmp_path / "metrics.json").write_text(json.dumps(metrics))
    assert list(trained(Run(tmp_path))) == [
        f"{tmp_path}  3 epochs in 2.0 s",
        "          validation     test",
        "loss          1.2500  10.0000",
        "accuracy      0.5000   0.7500",
    ]


def test_nothing_may_have_been_measured(tmp_path: Path) -> None:
    """Then there is no table."""
    (tmp_path / "metrics.json").write_text(json.dumps({"epochs": 1, "seconds": 1}))
    assert list(trained(Run(tmp_path))) == [f"{tmp_path}  1 epoch in 1.0 s"]
