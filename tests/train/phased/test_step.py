"""A step of phases does what the spec says, and what one would write by hand in TensorFlow."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from specc.pipeline import open_run
from specc.plugin.known import known
from specc.train.logged import logged
from specc.train.train import train
from specc.train.trainee import build

from ..small import program as small
from .specs import compiled, examples, gan, three

pytestmark = pytest.mark.keras
ROOT = Path(__file__).parents[3]
CATALOGUE = known(()).catalogue


def built(program, steps=4):
    return build(program, CATALOGUE, steps)


def state(fitted):
    """Everything that a checkpoint holds."""
    return [*fitted.variables, *fitted.optimizer.variables, *fitted.metrics_variables]


@pytest.fixture(scope="module")
def trained():
    made = built(three())
    first = [v.numpy() for v in made.fitted.variables]
    x, y = examples()
    history = made.fitted.fit(
        x, y, validation_data=(x, y), batch_size=8, epochs=3, shuffle=False, verbose=0
    ).history
    return made, first, history


def test_phases_run_as_often_as_they_say(trained):
    """12 batches: twice on each, on every second, and in the second of three epochs."""
    optimizer = trained[0].fitted.optimizer
    assert int(optimizer.iterations) == 12
    assert [int(o.iterations) for o in optimizer.phases] == [24, 6, 4]


def test_each_optimizer_has_the_weights_of_its_phase_and_all_are_in_one(trained):
    fitted = trained[0].fitted
    counts = [len(o._trainable_variables) for o in fitted.optimizer.phases]
    assert counts == [6, 2, 6]  # encoder 4 and back 2; kind 2; what `kind` depends on
    everything = {id(v) for v in fitted.optimizer.variables}
    assert all(id(v) in everything for o in fitted.optimizer.phases for v in o.variables)


def test_batch_normalization_keeps_training_and_everything_moved(trained):
    made, first, _ = trained
    for before, variable in zip(first, made.fitted.variables, strict=True):
        if variable.dtype.startswith("float"):
            assert not np.array_equal(before, variable.numpy()), variable.path


def test_what_is_logged_is_what_was_announced(trained):
    """By name, without weights; nothing stands for what did not run."""
    _, _, history = trained
    announced = logged(three(), CATALOGUE)
    assert set(history) == set(announced)
    total = np.add(history["back_loss"], 0.1 * np.array(history["small"]))
    assert history["loss"][1] > total[1]
    assert all(math.isfinite(v) for values in history.values() for v in values)


def test_the_learning_rate_is_the_first_phases_and_the_others_follow(trained):
    optimizer = trained[0].fitted.optimizer
    optimizer.learning_rate = 0.005
    rates = [float(o.learning_rate) for o in optimizer.phases]
    assert rates == pytest.approx([0.005, 0.05, 0.0005])
    optimizer.learning_rate = 0.01


def test_a_restored_state_goes_on_with_the_same_weights():
    x, y = examples()
    arguments = {"batch_size": 8, "shuffle": False, "verbose": 0}
    one = built(three()).fitted
    one.fit(x, y, epochs=1, **arguments)
    held = [v.numpy() for v in state(one)]
    two = built(three()).fitted
    for variable, value in zip(state(two), held, strict=True):
        variable.assign(value)
    for fitted in (one, two):
        fitted.fit(x, y, epochs=2, initial_epoch=1, **arguments)
    for a, b in zip(state(one), state(two), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


def test_one_phase_over_everything_is_fit():
    """With dropout, BatchNormalization, regularisers, weights of examples, and a loss weight."""
    layers = [
        {"Dense": {"units": 8, "kernel_regularizer": {"L2": {"l2": 0.01}}}},
        "BatchNormalization",
        {"Dropout": {"rate": 0.3}},
        {"Dense": {"units": 3, "activation": "softmax", "activity_regularizer": {"L1": {}}}},
    ]
    changes = {
        "graph": {"kind": {"from": "measures", "layers": layers}},
        "outputs__kind__weight": 0.7,
    }
    plain = built(small(**changes)).fitted
    over = [{"name": "one", "over": ["kind"]}]
    phased = built(small(**changes, train__phases=over)).fitted
    assert type(plain).__name__ == "Functional"
    assert type(phased).__name__ == "Phased"
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 4)).astype("float32"), rng.integers(0, 3, 50)
    weight = rng.random(50).astype("float32")
    histories = [
        model.fit(
            x, y, sample_weight=weight, validation_data=(x, y), batch_size=16, epochs=2,
            shuffle=False, verbose=0,
        ).history
        for model in (plain, phased)
    ]  # fmt: skip
    assert set(histories[0]) == set(histories[1])
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=2e-6, err_msg=name)
    for a, b in zip(plain.weights, phased.weights, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-6)


def test_one_phase_that_is_written_is_fit_too():
    made = built(small(train__phases=[{"name": "one", "optimizer": "sgd"}]))
    assert made.model is made.fitted
    assert type(made.fitted.optimizer).__name__ == "SGD"


def test_a_gan_is_the_gan_that_one_writes_by_hand():
    """Three batches, with the same noise: a draw for each phase, and each sees the one before."""
    import keras
    import tensorflow as tf

    made = built(compiled(gan())).fitted
    hand = built(compiled(gan())).fitted
    generator, critic = hand.get_layer("generator"), hand.get_layer("critic")
    draws = keras.random.SeedGenerator(5)
    optimizers = [keras.optimizers.SGD(0.05, momentum=0.5) for _ in range(2)]
    loss = keras.losses.BinaryCrossentropy()
    x = np.random.default_rng(0).random((24, 64)).astype("float32")
    for batch in (x[:8], x[8:16], x[16:]):
        noise = keras.random.normal((8, 4), seed=draws)
        with tf.GradientTape() as tape:
            fake = generator(noise, training=True)
            real_score = critic(batch, training=True)
            fake_score = critic(fake, training=True)
            total = loss(tf.ones((8, 1)), real_score) + loss(tf.zeros((8, 1)), fake_score)
        weights = critic.trainable_variables
        optimizers[0].apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))
        noise = keras.random.normal((8, 4), seed=draws)
        with tf.GradientTape() as tape:
            fake_score = critic(generator(noise, training=True), training=True)
            total = loss(tf.ones((8, 1)), fake_score)
        weights = generator.trainable_variables
        optimizers[1].apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))
    made.fit(x, batch_size=8, epochs=1, shuffle=False, verbose=0)
    for a, b in zip(made.weights, hand.weights, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), atol=1e-6, err_msg=a.path)


def test_a_gan_leaves_a_run_that_measures_what_was_measured(tmp_path):
    program = compiled(gan())
    run = train(program, runs=tmp_path, progress="none")
    names = set(run.history) - {"epoch"}
    assert names == set(logged(program, CATALOGUE))
    again = open_run(run.path).evaluate()
    assert again == pytest.approx(run.metrics["test"], rel=1e-5)
    assert run.model.output_shape == (None, 64)


def test_targets_of_the_model_itself_and_metrics_without_a_loss(tmp_path):
    """A student learns what a frozen teacher says; how right it is, is measured and not learned."""
    softmax = {"Dense": {"units": 3, "activation": "softmax"}}
    teacher = {
        "trainable": False,
        "inputs": {"x": {"shape": [4]}},
        "graph": {"said": {"from": "x", "layers": [softmax]}},
        "outputs": ["said"],
    }
    outputs = {
        "student": {"loss": "categorical_crossentropy", "target": "said"},
        "kind": {"from": "student", "metrics": ["accuracy"]},
    }
    program = small(
        models={"teacher": teacher},
        graph={
            "said": {"from": "measures", "layers": [{"use": "teacher"}]},
            "student": {"from": "measures", "layers": [softmax]},
        },
        outputs=outputs,
    )
    run = train(program, runs=tmp_path, progress="none")
    assert list(run.history)[:3] == ["epoch", "loss", "kind_accuracy"]
    assert run.history["loss"][-1] < run.history["loss"][0]
    again = open_run(run.path).evaluate()
    assert again == pytest.approx(run.metrics["test"], rel=1e-5)


def test_what_no_phase_minimises_is_measured_at_validation_only():
    phases = [{"name": "copy", "minimize": ["back"]}]
    fitted = built(three(phases=phases)).fitted
    x, y = examples()
    history = fitted.fit(x, y, validation_data=(x, y), batch_size=8, verbose=0).history
    assert {"back_loss", "val_back_loss", "val_small", "val_kind_accuracy"} < set(history)
    assert not {"small", "kind_loss", "kind_accuracy"} & set(history)
    assert set(history) == set(logged(three(phases=phases), CATALOGUE))


def test_a_phase_that_has_not_run_has_no_number():
    phases = [
        {"name": "copy", "minimize": ["back", "small"]},
        {"name": "late", "minimize": ["kind"], "epochs": [1, 2]},
    ]
    fitted = built(three(phases=phases)).fitted
    x, y = examples()
    history = fitted.fit(x, y, batch_size=8, epochs=2, verbose=0).history
    assert math.isnan(history["kind_loss"][0])
    assert math.isfinite(history["kind_loss"][1])
    assert all(math.isfinite(v) for v in history["loss"])


@pytest.mark.parametrize("precision", ["mixed_float16", "mixed_bfloat16"])
def test_phases_train_in_mixed_precision(precision):
    fitted = built(three(precision=precision)).fitted
    x, y = examples()
    history = fitted.fit(x, y, batch_size=8, epochs=2, verbose=0).history
    assert all(math.isfinite(v) for v in history["loss"])
    scaled = [type(o).__name__ == "LossScaleOptimizer" for o in fitted.optimizer.phases]
    assert scaled == [precision == "mixed_float16"] * 3


def test_jax_learns_what_tensorflow_learns(trained, tmp_path):
    """The same weights from the same first ones, and the same figures; in a process of its own."""
    made, first, history = trained
    weights = {id(v): value for v, value in zip(made.fitted.variables, first, strict=True)}
    given, out = tmp_path / "given.npz", tmp_path / "made.npz"
    np.savez(given, **{str(i): weights[id(w)] for i, w in enumerate(made.fitted.weights)})
    child = subprocess.run(
        [sys.executable, "-m", "tests.train.phased.jax_child", given, out],
        cwd=ROOT,
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    with np.load(out) as held:
        for i, weight in enumerate(made.fitted.weights):
            np.testing.assert_allclose(held[str(i)], weight.numpy(), atol=2e-5, err_msg=weight.path)
        for name, values in history.items():
            np.testing.assert_allclose(held[f"history/{name}"], values, rtol=1e-4, err_msg=name)
