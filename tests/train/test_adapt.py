"""Layers that learn from data before training learn from the training part, in their order."""

from __future__ import annotations

import numpy as np
import pytest

from specc.data.feed import Part
from specc.pipeline import Settings, open_run, passes
from specc.train.adapt import adapt, adapting
from specc.train.plan import Plan

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
    adapt(made, low, Plan.of(made), Part(x, {}, None))
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


def _state(layers):
    """What each layer has learned, whatever it is."""
    return [
        np.ravel(made.mean).tolist() + np.ravel(made.variance).tolist()
        if hasattr(made, "variance")
        else list(made.bin_boundaries if hasattr(made, "bin_boundaries") else made.get_vocabulary())
        for made in layers
    ]


def test_a_stream_teaches_what_the_whole_does(monkeypatch):
    """Piece by piece, every class that adapts; the stream is read in the file's order."""
    from specc.data.stream import Stream
    from specc.lower.keras import lowered
    from specc.train.adapt import _STATE

    whole_numbers = {"n": {"shape": [1], "dtype": "int64"}}
    further = {"number": {"from": "n", "layers": [{"IntegerLookup": {"max_tokens": 5}}]}}
    spec = {
        **SPEC,
        "inputs": {**SPEC["inputs"], **whole_numbers},
        "graph": {**SPEC["graph"], **further},
        "outputs": [*SPEC["outputs"], "number"],
    }
    outcome = passes(spec, settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    made = outcome.program
    rng = np.random.default_rng(1)
    x = {
        "a": rng.normal(5, 3, (50, 3)).astype("float32"),
        "b": rng.normal(-1, 1, (50, 3)).astype("float32"),
        "words": rng.choice(["red cat", "blue dog", "cow"], 50),
        "n": rng.choice([3, 7, 11], (50, 1)),
    }

    class Cut(Stream):
        count = 50

        def batches(self, size, *, seed, epoch, skip=0):
            assert seed is None
            for i in range(0, 50, 16):
                yield Part({n: v[i : i + 16] for n, v in x.items()}, {}, None)

    found = []
    for part in (Part(x, {}, None), Cut()):
        low = lowered(made)
        adapt(made, low, Plan.of(made), part)
        layers = [low.objects[layer] for layer, _ in adapting(made)]
        assert {type(made).__name__ for made in layers} == set(_STATE)
        found.append(_state(layers))
    for here, there in zip(*found, strict=True):
        if isinstance(here[0], float):
            # Quantiles of pieces are within the layer's own epsilon.
            np.testing.assert_allclose(here, there, rtol=1e-4, atol=0.2 if len(here) == 3 else 1e-5)
        else:
            assert sorted(map(str, here)) == sorted(map(str, there))


def test_a_stream_adapts_trains_and_is_measured_again(tmp_path, monkeypatch):
    """The training part of a table that is read in pieces, and no other."""
    import specc
    from specc.train.train import train

    rows = "".join(f"{i % 50},{i % 2}\n" for i in range(400))
    (tmp_path / "in.csv").write_text("a,y\n" + rows)
    monkeypatch.chdir(tmp_path)
    spec = {
        "specc": 1,
        "name": "adapted",
        "inputs": {"a": {"shape": [1]}},
        "graph": {"y": {"from": "a", "layers": ["Normalization", {"Dense": {"units": 1}}]}},
        "outputs": {"y": {"loss": "mse"}},
        "data": {
            "source": {"csv": {"path": "in.csv", "stream": True}},
            "inputs": {"a": {"field": ["a"]}},
            "targets": {"y": {"field": "y"}},
            "split": {"validation": 0.2, "test": 0.2},
        },
        "train": {"epochs": 1},
    }
    run = train(specc.compile(spec), runs=tmp_path / "runs", progress="none")
    layer = next(x for x in run.model.layers if type(x).__name__ == "Normalization")
    _, part = specc.open_run(run.path).part("train")
    seen = np.concatenate([p.inputs["a"] for p in part.batches(64, seed=None, epoch=0)])
    np.testing.assert_allclose(float(np.ravel(layer.mean)[0]), seen.mean(), rtol=1e-5)
    assert specc.open_run(run.path).evaluate() == pytest.approx(run.metrics["test"])


def test_phases_with_vocabularies_are_measured_again(tmp_path, monkeypatch):
    """What lookups have learned is in no file of weights, and is there at `evaluate` and resume."""
    import specc
    from specc.train.train import train

    words = ["cat", "dog", "fish"]
    rows = [f"{words[i % 3]},the {words[i % 3]} is here,{i % 3}" for i in range(90)]
    (tmp_path / "in.csv").write_text("\n".join(["word,text,y", *rows]))
    monkeypatch.chdir(tmp_path)
    embedding = {"Embedding": {"input_dim": 12, "output_dim": 4}}
    spec = {
        "specc": 1,
        "name": "phased",
        "inputs": {n: {"shape": [], "dtype": "string"} for n in ("word", "text")},
        "models": {
            "reader": {
                "inputs": {"t": {"shape": [], "dtype": "string"}},
                "graph": {
                    "r": {
                        "from": "t",
                        "layers": [
                            {"TextVectorization": {"output_sequence_length": 4}},
                            embedding,
                            "Flatten",
                        ],
                    }
                },
                "outputs": ["r"],
            }
        },
        "graph": {
            "w": {"from": "word", "layers": ["StringLookup", embedding]},
            "t": {"from": "text", "layers": [{"use": "reader"}]},
            "kind": {
                "from": ["w", "t"],
                "layers": ["Concatenate", {"Dense": {"units": 3, "activation": "softmax"}}],
            },
        },
        "outputs": {"kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
        "data": {
            "source": {"csv": {"path": "in.csv"}},
            "inputs": {n: {"field": n} for n in ("word", "text")},
            "targets": {"kind": {"field": "y"}},
            "split": {"validation": 0.2, "test": 0.2},
        },
        "train": {
            "epochs": 3,
            "optimizer": {"Adam": {"learning_rate": 0.1}},
            "phases": [{"name": "all"}, {"name": "last", "every": 2, "over": ["kind"]}],
        },
    }
    made = specc.compile(spec)
    run = train(made, runs=tmp_path / "runs", progress="none")
    assert run.metrics["test"]["accuracy"] == 1.0
    again = specc.open_run(run.path)
    assert again.evaluate() == pytest.approx(run.metrics["test"])
    said = again.predict({"word": words, "text": [f"the {w} is here" for w in words]})
    assert said.argmax(axis=1).tolist() == [0, 1, 2]
    train(made, runs=tmp_path / "b", progress="none", epochs=1)
    rest = train(made, runs=tmp_path / "b", progress="none", epochs=3, resume=True)
    for a, b in zip(run.model.get_weights(), rest.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
