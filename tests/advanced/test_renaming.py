"""The four advanced specs are trained as any other: nothing goes by the names in them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import specc

from .renaming import ENDING, renamed

pytestmark = pytest.mark.keras

SPECS = Path(__file__).parent.parent.parent / "specs"
CASES = {
    "text_lstm": ("params.units=16", "train.steps_per_epoch=20"),
    "vae": (),
    "gan": (),
    "style_transfer_small": ("params.height=32", "params.width=48", "train.phases.0.repeat=1"),
}


@pytest.mark.parametrize("name", CASES)
def test_other_names_give_the_same_numbers(name, tmp_path, monkeypatch):
    """Names decide on first weights, and on nothing else: with those alike all losses are."""
    from specc.lower import keras as lowering

    drawn = lowering.seeded

    def by_the_old_name(seed: int, name: str) -> AbstractContextManager[None]:
        return drawn(seed, name.replace(ENDING, ""))

    monkeypatch.setattr(lowering, "seeded", by_the_old_name)
    program = specc.compile(SPECS / f"{name}.yaml", sets=CASES[name])
    assert program.origin is not None
    written: dict[str, Any] = renamed(program.origin.plain(program.name))
    monkeypatch.chdir(SPECS)  # where the paths in a mapping begin
    other = specc.compile(written)
    before, after = (
        specc.train(p, runs=tmp_path, epochs=2, progress="none").history for p in (program, other)
    )
    assert len(before) > 2
    for column, values in before.items():
        found = after.get(column, after.get(_column(column)))
        np.testing.assert_allclose(found, values, rtol=1e-3, err_msg=column)


def _column(column: str) -> str:
    """A loss's column under its new name."""
    return column + ENDING
