"""The style transfer that the bench writes by hand loses, step by step, what the spec's does."""

import sys
from pathlib import Path

import numpy as np
import pytest

import specc

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tools" / "bench"))

pytestmark = pytest.mark.keras


def test_from_one_canvas_both_painters_lose_the_same(tmp_path: Path) -> None:
    """To rounding: the same optimizer, pictures, constraints and places of measuring."""
    import keras
    from by_hand.style_transfer_small import Painter, blank, photographs

    program = specc.compile(ROOT / "specs" / "style_transfer_small.yaml", sets=["train.seed=2"])
    ours = specc.train(program, runs=tmp_path, epochs=4, progress="none").history
    painter = Painter(blank(2))
    painter.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.03, 300)))
    found = painter.fit(*photographs(), batch_size=1, epochs=4, verbose=0).history
    style = np.sum([ours[n] for n in ("first", "second", "third", "fourth")], axis=0)
    np.testing.assert_allclose(found["style"], style, rtol=1e-4)
    for name in ("content", "colours"):
        np.testing.assert_allclose(found[name], ours[name], rtol=1e-4)
