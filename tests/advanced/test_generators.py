"""Models that make digits make good ones, and what only seems to be one is found out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import specc

from .judging import judged

pytestmark = pytest.mark.keras

SPECS = Path(__file__).parent.parent.parent / "specs"
COUNT = 500


@pytest.fixture(scope="module")
def classifier() -> Any:
    """The digits' classifier, as `specc train specs/digits_cnn.yaml` made it."""
    import keras

    return keras.saving.load_model(SPECS / "saved" / "digits_cnn.keras", compile=False)


def _parts(program: specc.Program, name: str) -> tuple[Any, Any]:
    """The pictures of the training part and of the validation part, from 0 to 1."""
    from specc.data.load import load

    assert program.data is not None
    loaded = load(program, program.data)
    assert loaded.validation is not None
    return np.asarray(loaded.train.inputs[name]), np.asarray(loaded.validation.inputs[name])


def _fed(run: specc.Run, pictures: Any) -> dict[str, Any]:
    """`COUNT` examples of every input; the pictures of the data do not matter to what is drawn."""
    data = {name: pictures[:COUNT] for name in run.plan.inputs if name in ("real", "pixels")}
    return run.plan.x(data, COUNT)


@pytest.fixture(scope="module")
def gan(tmp_path_factory):
    """A short training: a fifth of the spec's."""
    program = specc.compile(SPECS / "gan.yaml")
    run = specc.train(
        program, runs=tmp_path_factory.mktemp("runs"), epochs=GAN_EPOCHS, progress="none"
    )
    return program, run


GAN_EPOCHS = 25


def test_a_gan_makes_digits_of_all_kinds_that_are_its_own(gan, classifier):
    program, run = gan
    training, held = _parts(program, "real")
    made = run.model.predict(_fed(run, training), verbose=0)
    real = judged(held, training, classifier)
    assert not list(judged(made, training, classifier).faults(real))


def test_what_only_seems_to_make_digits_is_found_out(gan, classifier):
    """An untrained generator, noise, and one that knows eight pictures by heart all fail."""
    program, run = gan
    training, held = _parts(program, "real")
    real = judged(held, training, classifier)
    assert not list(real.faults(real))
    rng = np.random.default_rng(0)
    untrained = specc.to_keras(program).predict(_fed(run, training), verbose=0)
    noise = rng.random((COUNT, 8, 8, 1)).astype("float32")
    by_heart = training[rng.integers(0, 8, COUNT)]
    for name, pictures in {"untrained": untrained, "noise": noise, "by heart": by_heart}.items():
        faults = list(judged(pictures, training, classifier).faults(real))
        assert len(faults) >= 2, (name, faults)


def test_a_conditional_gan_makes_the_digit_that_is_asked_for(tmp_path, classifier):
    """Most are taken for what was wanted, where an untrained copy hits one in ten."""
    program = specc.compile(SPECS / "conditional_gan.yaml")
    run = specc.train(program, runs=tmp_path, epochs=15, progress="none")
    training, _ = _parts(program, "real")
    fed = run.plan.x({"real": training[:COUNT], "label": np.zeros(COUNT, "int32")}, COUNT)

    def share(model: Any) -> float:
        said = classifier.predict(model.predict(fed, verbose=0), verbose=0)
        return float((said.argmax(axis=1) == fed["wanted"]).mean())

    assert share(run.model) > 0.7
    assert share(specc.to_keras(program)) < 0.3


def test_a_diffusion_model_draws_digits_from_noise(tmp_path, classifier):
    """The drawing is part of the model: what begins as noise ends as digits of most kinds."""
    program = specc.compile(SPECS / "diffusion.yaml", sets=["params.width=32", "params.steps=8"])
    run = specc.train(program, runs=tmp_path, epochs=20, progress="none")
    training, held = _parts(program, "pixels")
    fed = _fed(run, training)
    real = judged(held, training, classifier)
    made = judged(np.clip(run.model.predict(fed, verbose=0), 0, 1), training, classifier)
    start = specc.to_keras(program).predict(fed, verbose=0)
    untrained = judged(np.clip(start, 0, 1), training, classifier)
    assert made.classes >= 8
    assert made.confidence > 0.7
    assert made.nearest < 2.2 * real.nearest < untrained.nearest


def test_a_vae_reconstructs_better_than_principal_components(tmp_path):
    """With as many numbers for a digit; and the code tells more than 1 nat of it."""
    from sklearn.decomposition import PCA

    program = specc.compile(SPECS / "vae.yaml")
    run = specc.train(program, runs=tmp_path, epochs=15, progress="none")
    training, held = _parts(program, "pixels")
    flat, known = held.reshape(len(held), -1), training.reshape(len(training), -1)
    linear = PCA(program.models[0].outputs["mean"].type.shape[-1]).fit(known)
    by_line = linear.inverse_transform(linear.transform(flat))

    def error(drawn: Any) -> float:
        return float(((drawn.reshape(flat.shape) - flat) ** 2).mean())

    assert error(run.model.predict(held, verbose=0)) < 0.85 * error(by_line)
    assert error(specc.to_keras(program).predict(held, verbose=0)) > error(by_line)
    assert run.metrics["validation"]["kl"] > 1
    assert {"val_reconstruction", "val_kl"} <= run.history.keys()
