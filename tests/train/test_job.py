"""What the data alone shows to be impossible is said before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.data.failure import BadData

from .small import program


@pytest.mark.keras
def test_more_steps_than_there_are_batches_leave_no_run(tmp_path: Path) -> None:
    """Ninety examples are six batches of sixteen."""
    from specc.train.train import train

    with pytest.raises(BadData, match="is 7, and 90 examples make 6 steps"):
        train(program(train__steps_per_epoch=7), runs=tmp_path, progress="none")
    assert not [*tmp_path.iterdir()]
