"""The table of masks agrees with Keras."""

from __future__ import annotations

import pytest

from specc.catalogue.catalogue import builtin
from specc.catalogue.layers import LAYERS
from specc.catalogue.masking import PASSES, makes, uses_up
from specc.lower.instances import realised

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"GaussianSample"}))
def test_who_knows_masks(name: str) -> None:
    """A layer is in the table exactly if Keras says that it supports masking."""
    import keras

    definition = LAYERS[name]
    at_call = {a.name for a in definition.arguments if a.at_call}
    given = {k: v for k, v in definition.cases[0].arguments.items() if k not in at_call}
    checked = builtin().check("layer", name, given).constructor
    made = getattr(keras.layers, name)(**{k: realised(v) for k, v in checked.items()})
    assert made.supports_masking == (name in PASSES)


def test_who_makes_one_and_who_uses_it_up() -> None:
    """Real masks: an embedding makes one, an LSTM passes it on or uses it up."""
    import keras
    import numpy as np

    words = np.array([[1, 2, 0]])
    embedded = keras.layers.Embedding(5, 4, mask_zero=True)(words)
    assert makes("Embedding", {"mask_zero": True})
    assert keras.src.backend.get_keras_mask(embedded) is not None
    for sequences in (True, False):
        out = keras.layers.LSTM(3, return_sequences=sequences)(embedded)
        kept = keras.src.backend.get_keras_mask(out) is not None
        assert kept == (not uses_up("LSTM", {"return_sequences": sequences}))
    pooled = keras.layers.GlobalAveragePooling1D()(embedded)
    assert uses_up("GlobalAveragePooling1D", {})
    assert keras.src.backend.get_keras_mask(pooled) is None
