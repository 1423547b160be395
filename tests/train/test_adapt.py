"""Layers that learn from data before training learn from the training part, in their order."""

from __future__ import annotations

import numpy as np
import pytest

from specc.pipeline import Settings, open_run, passes
from specc.train.adapt import adapt, adapting

from .small import program

pytestmark = pytest.mark.keras

ENCODER = {
    "inputs": {"x": {"shape": [3]}},
    "graph": {"y": {"from": "x", "layers": [{"Rescaling": {"scale": 2.0}}, "Normalization"]}},
    "outputs": ["y"],
}
SPEC = {
    "specc": 1,
    "inputs": {
        "a": {"shape": [3]},
        "b": {"shape": [3]},
        "words": {"shape": [], "dtype": "string"},
    },
    "models": {"encoder": ENCODER},
    "graph": {
        "p": {"from": "a", "layers": ["Normalization", {"use": "encoder"}]},
        "q": {"from": "b", "layers": [{"use": "encoder"}]},
        "bins": {"from": "p", "layers": [{"Discretization": {"num_bins": 4}}]},
        "told": {"from": "a", "layers": [{"Normalization": {"mean": 0.0, "variance": 4.0}}]},
        "tokens": {
            "from": "words",
            "layers": [{"TextVectorization": {"max_tokens": 9, "output_sequence_length": 3}}],
        },
        "place": {"from": "words", "layers": [{"StringLookup": {"max_tokens": 9}}]},
    },
    "outputs": ["p", "q", "bins", "told", "tokens", "place"],
}


def test_each_sees_what_comes_before_it():
    """One after another, inside a model that is used twice, numbers and text; one is told."""
    from specc.lower.keras import lowered

    outcome = passes(SPEC, settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    made = outcome.program
    rng = np.random.default_rng(0)
    x = {
        "a": rng.normal(5, 3, (40, 3)).astype("float32"),
        "b": rng.normal(-1, 1, (40, 3)).astype("float32"),
        "words": np.array(["red cat", "blue dog"] * 20),
    }
    low = lowered(made)
    adapt(made, low, x, 16)
    first, inner, bins, words, index = (low.objects[layer] for layer, _ in adapting(made))
    np.testing.assert_allclose(np.ravel(first.mean), x["a"].mean(axis=0), rtol=1e-5)
    scaled = (x["a"] - x["a"].mean(axis=0)) / x["a"].std(axis=0)
    both = np.concatenate([scaled, x["b"]]) * 2
    np.testing.assert_allclose(np.ravel(inner.mean), both.mean(axis=0), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.ravel(inner.variance), both.var(axis=0), rtol=1e-4)
    assert len(bins.bin_boundaries) == 3
    assert set(words.get_vocabulary()[2:]) == {"red", "cat", "blue", "dog"}
    assert set(index.get_vocabulary()[1:]) == {"red cat", "blue dog"}


def test_a_run_keeps_what_was_learned_from_the_training_part(tmp_path):
    from specc.data.registry import DATASETS
    from specc.data.split import parts
    from specc.train.train import train

    layers = ["Normalization", {"Dense": {"units": 3, "activation": "softmax"}}]
    made = program(
        graph={"kind": {"from": "measures", "layers": layers}},
        data__inputs={"measures": {"field": "features"}},
    )
    run = train(made, runs=tmp_path, progress="none")
    arrays = DATASETS["iris"].load()
    index = parts(150, made.data.split, arrays["label"]).train
    expected = arrays["features"][index].mean(axis=0)
    layer = next(x for x in open_run(run.path).model.layers if type(x).__name__ == "Normalization")
    np.testing.assert_allclose(np.ravel(layer.mean), expected, rtol=1e-5)
    assert open_run(run.path).evaluate() == run.metrics["test"]
