"""Class weights are weights of examples, for each output by itself, as Keras has them for one."""

from __future__ import annotations

import numpy as np
import pytest

from specc.pipeline import Settings, passes
from specc.train.class_weights import weighed

from .small import program, spec


@pytest.mark.parametrize(
    ("given", "target", "output", "expected"),
    [
        ([1.0, 2.0, 3.0], [0, 2, 1], (None, 3), [1, 3, 2]),
        ({"2": 0.5}, [0, 2, 1], (None, 3), [1, 0.5, 1]),
        ([1.0, 2.0], [[0.0, 1.0], [1.0, 0.0]], (None, 2), [2, 1]),
        ([1.0, 4.0], [[1], [0]], (None, 1), [4, 1]),
        ([1.0, 4.0], [[1, 0], [0, 0]], (None, 2, 3), [[4, 1], [1, 1]]),
        ("balanced", [0, 0, 0, 1], (None, 2), [4 / 6, 4 / 6, 4 / 6, 2]),
    ],
)
def test_a_class_gives_its_weight(given, target, output, expected):
    """Classes, rows of scores, one score, classes along time, and each class alike."""
    np.testing.assert_allclose(weighed(given, np.array(target), output), expected)


@pytest.mark.parametrize("given", ["balanced", [1, 2, 3], {"0": 2.0}, {"2": 0}])
def test_right_ones_are_taken(given):
    made = spec(train__class_weight={"kind": given})
    assert not passes(made, settings=Settings()).report.codes


@pytest.mark.keras
def test_one_output_is_keras_own(tmp_path):
    """The same weights as `fit(class_weight=…)`, and weighted metrics beside plain ones."""
    import keras

    from specc.data.registry import DATASETS
    from specc.lower.keras import to_keras
    from specc.plugin.known import known
    from specc.train.plan import Plan
    from specc.train.trainee import build

    weighted = [{"SparseCategoricalAccuracy": {"name": "weighed"}}]
    made = program(
        train__class_weight={"kind": [1.0, 5.0, 0.5]}, outputs__kind__weighted_metrics=weighted
    )
    arrays = DATASETS["iris"].load()
    x, y = arrays["features"].astype("float32"), arrays["label"]
    weights = Plan.of(made).weights(None, {"kind": y}, {"kind": (None, 3)})
    ours = build(made, known(()).catalogue).fitted
    logs = ours.fit(x, y, sample_weight=weights, epochs=2, shuffle=False, verbose=0).history
    model = to_keras(made)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    by_class = {0: 1.0, 1: 5.0, 2: 0.5}
    model.fit(x, y, class_weight=by_class, epochs=2, shuffle=False, verbose=0)
    for a, b in zip(ours.weights, model.weights, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-6)
    assert logs["accuracy"] != logs["weighed"]


@pytest.mark.keras
def test_each_output_has_its_own(tmp_path):
    """Which Keras refuses for several outputs; what weighs nothing is not learned."""
    from specc.data.registry import DATASETS
    from specc.train.train import train

    softmax = {"Dense": {"units": 3, "activation": "softmax"}}
    outputs = {
        name: {"loss": "sparse_categorical_crossentropy", "weighted_metrics": ["accuracy"]}
        for name in ("kind", "first")
    }
    made = program(
        graph={n: {"from": "measures", "layers": [softmax]} for n in outputs},
        outputs=outputs,
        data__targets={n: {"field": "label"} for n in outputs},
        train__class_weight={"first": [1, 0, 0]},
        train__epochs=8,
    )
    run = train(made, runs=tmp_path, progress="none")
    assert "first_accuracy" in run.history
    said = run.predict(DATASETS["iris"].load()["features"])
    assert said["first"][:, 0].mean() > said["kind"][:, 0].mean() + 0.1
