"""A dataset that a program gives is not divided, so that its parts have to be given too."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.data.failure import BadData
from specc.train.train import train

from .small import program


@pytest.mark.keras
@pytest.mark.parametrize(
    ("split", "what"),
    [
        ({"validation": 0.2}, "a part for validation"),
        ({"test": 0.2}, "a part for test"),
        ({"folds": 2}, "folds"),
    ],
)
def test_what_the_split_asks_of_a_dataset_is_told(
    tmp_path: Path, split: dict[str, Any], what: str
) -> None:
    """None is left out without a word."""
    tf: Any = import_module("tensorflow")
    given = tf.data.Dataset.from_tensor_slices((np.ones((9, 4)), np.arange(9) % 3))
    with pytest.raises(BadData, match=f"has {what}, and a dataset is not divided"):
        train(program(data__split=split), data=given, runs=tmp_path, progress="none")


@pytest.mark.keras
def test_a_test_part_that_is_given_is_measured(tmp_path: Path) -> None:
    """In place of that of the split."""
    tf: Any = import_module("tensorflow")
    arrays = np.ones((9, 4)), np.arange(9) % 3
    given = tf.data.Dataset.from_tensor_slices(arrays)
    made = program(data__split={"test": 0.2})
    run = train(made, data=given, test=arrays, epochs=1, runs=tmp_path, progress="none")
    assert set(run.metrics) >= {"test", "finished"}
