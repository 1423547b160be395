"""Every spec in `specs/` is checked, compiled, built, saved, loaded, and learns what it is for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import specc
from specc.infer.program import Tensor

SPECS = sorted(p for p in (Path(__file__).parent.parent / "specs").iterdir() if p.is_file())

# --- what training has to reach -------------------------------------------------------------------
# A constant predictor gives one answer whatever it is shown. Each of these gives the figure that
# the best of them would reach on these very targets, (examples, …): one that knows the test.


def _share_of_most_frequent(targets: np.ndarray) -> float:
    """Accuracy: the most frequent class, at each place of its own in a sequence or picture."""
    flat = targets.reshape(len(targets), -1).astype(int)
    return float(np.mean([np.bincount(place).max() / len(flat) for place in flat.T]))


def _overlap_of_most_frequent(targets: np.ndarray) -> float:
    """Mean intersection over union when every place has its most frequent class."""
    flat = targets.reshape(len(targets), -1).astype(int)
    constant = np.array([np.bincount(place).argmax() for place in flat.T])
    said = np.broadcast_to(constant, flat.shape)
    both = [((flat == c) & (said == c)).sum() for c in np.unique(flat)]
    either = [((flat == c) | (said == c)).sum() for c in np.unique(flat)]
    return float(np.mean(np.divide(both, either)))


def _error_of_median(targets: np.ndarray) -> float:
    """Mean absolute error: the median is the best of all constants."""
    return float(np.abs(targets - np.median(targets, axis=0)).mean())


def _error_of_mean(targets: np.ndarray) -> float:
    """Mean squared error: the mean, at each place of its own."""
    return float(((targets - targets.mean(axis=0)) ** 2).mean())


def _crossentropy_of_mean(targets: np.ndarray) -> float:
    """Binary crossentropy: the mean, at each place of its own."""
    p = np.clip(targets.mean(axis=0), 1e-7, 1 - 1e-7)
    return float(-(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean())


Constant = Callable[[np.ndarray], float]
RISING = (_share_of_most_frequent, _overlap_of_most_frequent)
"""Of these figures more is better, of the others less."""


@dataclass(frozen=True)
class Goal:
    """A figure on the test part, and how far the best constant predictor has to stay behind it.

    `of` is what the constant is compared with: a target by its output's name, or an input.
    """

    metric: str
    figure: float
    margin: float
    of: str
    constant: Constant = _share_of_most_frequent

    def missed(self, reached: float) -> bool:
        """Whether a figure is on the wrong side."""
        return reached < self.figure if self.constant in RISING else reached > self.figure

    def lead(self, targets: np.ndarray) -> float:
        """How far the figure is from the best constant's; below 0 where that is better."""
        lead = self.figure - self.constant(targets)
        return lead if self.constant in RISING else -lead


@dataclass(frozen=True)
class Training:
    """How long a spec is trained here, and what it reaches then; `None` is as long as it says.

    `sets` make it smaller, as `--set` does.
    """

    epochs: int | None
    goals: tuple[Goal, ...]
    sets: tuple[str, ...] = ()


def _digit(figure: float, epochs: int | None, metric: str = "accuracy") -> Training:
    """Ten digits, about as many of each."""
    return Training(epochs, (Goal(metric, figure, 0.6, "digit"),))


# The one place where a spec is known by its name.
TRAINING = {
    "autoencoder": Training(
        4, (Goal("mean_squared_error", 0.045, 0.02, "pixels", _error_of_mean),)
    ),
    "deep_supervision": Training(
        5,
        (
            Goal("digit_accuracy", 0.85, 0.6, "digit"),
            Goal("early_accuracy", 0.8, 0.6, "early"),
        ),
    ),
    "digits": _digit(0.95, None),
    "digits_cnn": _digit(0.9, 3),
    "digits_deep": _digit(0.85, 8),
    "distillation": _digit(0.9, 12),
    "fine_tuning": _digit(0.85, None),
    "flowers": Training(None, (Goal("accuracy", 0.8, 0.4, "species"),)),
    "gru_attention": Training(2, (Goal("binary_accuracy", 0.9, 0.3, "balanced"),)),
    "inception": _digit(0.8, 3),
    "iris": Training(20, (Goal("accuracy", 0.85, 0.4, "species"),)),
    "letters": Training(4, (Goal("accuracy", 0.42, 0.15, "next"),)),
    "luong_attention": Training(2, (Goal("accuracy", 0.9, 0.6, "reversed"),)),
    "perceiver": _digit(0.75, 5),
    "photo_features": Training(3, (Goal("accuracy", 0.42, 0.25, "kind"),)),
    "pictures": Training(None, (Goal("accuracy", 0.85, 0.4, "digit"),)),
    "progress": Training(
        None, (Goal("mean_absolute_error", 0.7, 0.08, "progress", _error_of_median),)
    ),
    "questions": Training(None, (Goal("accuracy", 0.85, 0.3, "question"),)),
    "residual_tower": _digit(0.85, 3),
    "row_reader": _digit(0.8, 4),
    "seq2seq": Training(3, (Goal("accuracy", 0.85, 0.6, "reversed"),)),
    "siamese": Training(4, (Goal("binary_accuracy", 0.8, 0.25, "same"),)),
    "temporal_convolution": Training(2, (Goal("accuracy", 0.7, 0.5, "next"),)),
    "text_lstm": Training(1, (Goal("accuracy", 0.36, 0.1, "next"),), ("params.units=96",)),
    "text_question_qa": Training(3, (Goal("accuracy", 0.55, 0.3, "answer"),)),
    "text_transformer": Training(
        2, (Goal("accuracy", 0.33, 0.08, "next"),), ("params.depth=1", "params.step=60")
    ),
    "three_outputs": Training(
        5,
        (
            Goal("kind_accuracy", 0.8, 0.4, "kind"),
            Goal("filled_binary_accuracy", 0.85, 0.3, "filled"),
            Goal("radius_mean_absolute_error", 0.55, 0.2, "radius", _error_of_median),
        ),
    ),
    "tied_embeddings": Training(2, (Goal("accuracy", 0.7, 0.5, "next"),)),
    "transformer_encoder": Training(2, (Goal("accuracy", 0.85, 0.3, "sorted"),)),
    "tumours": Training(None, (Goal("binary_accuracy", 0.93, 0.25, "benign"),)),
    "unet": Training(
        4,
        (
            Goal("accuracy", 0.9, 0.1, "mask"),
            Goal("overlap", 0.6, 0.25, "mask", _overlap_of_most_frequent),
        ),
    ),
    "vision_transformer": _digit(0.75, 4),
    "wide_and_deep": Training(
        10, (Goal("mean_absolute_error", 0.55, 0.08, "progress", _error_of_median),)
    ),
    "wine": Training(10, (Goal("accuracy", 0.85, 0.4, "grower"),)),
    "wine_adapted": Training(None, (Goal("accuracy", 0.85, 0.4, "grower"),)),
}

ADVANCED = {
    "conditional_gan", "contrastive", "deep_dream", "diffusion", "gan", "style_transfer",
    "style_transfer_small", "vae",
}  # fmt: skip
"""Those that no constant predictor can be measured by: `tests/advanced` trains them."""

SMALLER = {
    "style_transfer": (
        "models.features.application.VGG19.weights=null", "params.height=48", "params.width=48",
    ),
}  # fmt: skip
"""What is set where a spec is built only, for what the network would have to bring or is large."""


# --- without Keras --------------------------------------------------------------------------------


def every_spec(function: Any) -> Any:
    """The test, once for each file of the gallery."""
    return pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)(function)


def test_there_are_enough_and_each_has_a_goal():
    """The gallery is of the promised size, and nothing in it goes untrained."""
    assert len(SPECS) >= 14
    assert {p.stem for p in SPECS} == set(TRAINING) | ADVANCED
    texts = [p.read_text() for p in (Path(__file__).parent / "advanced").glob("test_*.py")]
    assert not {n for n in ADVANCED if not any(f'"{n}' in t for t in texts)}
    assert {p.suffix for p in SPECS} == {".yaml", ".json"}


@every_spec
def test_checked(path):
    """No error and no warning; the spec has its file's name and says what it is."""
    report = specc.check(path)
    assert not len(report), str(report)
    assert specc.compile(path).name == path.stem
    text = path.read_text()
    assert text.startswith("# ") or '"description"' in text


@every_spec
def test_compiled(path):
    """The program is plain JSON, and the same each time."""
    from specc.lower.json import as_json, digest

    program = specc.compile(path)
    written = json.loads(json.dumps(as_json(program)))
    assert written["parameters"] == program.parameters > 0
    assert written["outputs"].keys() == program.outputs.keys()
    assert digest(program) == digest(specc.compile(path))
    assert program.data is not None
    assert program.train is not None


def test_every_construct_is_shown():
    """Whoever looks for how something is written finds it in the gallery."""
    from specc.diagnostics.report import Report
    from specc.document.read import read_file

    found: set[str] = set()
    for path in SPECS:
        found |= set(_constructs(read_file(path, path.name, Report()).plain()))
    wanted = {
        *("params", "inputs", "variables", "shared", "models", "blocks", "extends", "losses"),
        *("outputs: list", "outputs: dict", "data", "train", "tune", "description"),
        *("per_example", "sample", "phases", "file", "application", "step", "windows"),
        *("from: str", "from: list", "from: dict", "as: list", "step as"),
        *("mark", "use", "with", "when", "id", "call", "take: list", "take: dict"),
        *("repeat: int", "repeat: dict", "repeat: str", "step repeat", "it", "$index", "$delete"),
        *("nested block", "variables in a block", "block with several outputs"),
        *("model with several outputs", "ops with constants", "wrapped use", "cells"),
        *("EarlyStopping", "ExponentialDecay", "CosineDecay", "SGD", "momentum", "RMSprop", "Adam"),
        *("BatchNormalization", "Dropout", "L1", "L2", "TensorBoard", "ReduceLROnPlateau"),
    }
    assert not wanted - found


def _constructs(value: Any, inside: str = "") -> Iterator[str]:
    """The names of what a document uses: keys, kinds of values, and a few combinations."""
    if isinstance(value, list):
        for item in value:
            yield from _constructs(item, inside)
    elif isinstance(value, str):
        yield from (w for w in ("$delete", "it") if value == w)
        if value.startswith("ops.") or value[:1].isupper():
            yield value
        if "index" in value:
            yield "$index"
    elif isinstance(value, dict):
        is_step = bool(value.keys() & {"use", "take", "call", "when", "id"}) or any(
            key[:1].isupper() or key.startswith("ops.") for key in value
        )
        for key, held in value.items():
            yield from (key, f"{key}: {type(held).__name__}")
            if is_step and key in ("as", "repeat"):
                yield f"step {key}"
            if key.startswith("ops.") and held:
                yield "ops with constants"
            if key == "layer" and "use" in held:
                yield "wrapped use"
            if key == "cell" and isinstance(held, list):
                yield "cells"
            if key in ("blocks", "models"):
                yield from _bodies(key, held, inside)
            yield from _constructs(held, key if key in ("blocks", "models") else inside)


def _bodies(kind: str, bodies: dict[str, Any], inside: str) -> Iterator[str]:
    if inside == kind == "blocks":
        yield "nested block"
    for body in bodies.values():
        if kind == "blocks" and "variables" in body:
            yield "variables in a block"
        if len(body.get("outputs", ())) > 1:
            yield f"{kind.removesuffix('s')} with several outputs"


# --- with Keras -----------------------------------------------------------------------------------


def _fed(program: specc.Program, batch: int) -> Any:
    """Numbers of the inputs' shapes; whole ones stay small enough for any vocabulary."""
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {}
    for name, tensor in program.inputs.items():
        shape = (batch, *(8 if d is None else d for d in tensor.type.shape[1:]))
        whole = "int" in tensor.type.dtype
        drawn = rng.integers(1, 3, shape) if whole else rng.normal(size=shape)
        arrays[name] = drawn.astype(tensor.type.dtype)
    return arrays if len(arrays) > 1 else next(iter(arrays.values()))


def _by_name(program: specc.Program, outputs: Any) -> dict[str, Any]:
    """What a model gives, by the outputs' names; one output is given bare."""
    return outputs if isinstance(outputs, dict) else dict.fromkeys(program.outputs, outputs)


def _with_losses(program: specc.Program) -> specc.Program:
    """The program with all that it learns by as outputs: what training holds, saved or not."""
    taken = {
        f"{loss.name}.{slot}": tensor
        for loss in program.losses.values()
        for slot, tensor in loss.tensors.items()
        if isinstance(tensor, Tensor)
    }
    return replace(program, outputs={**program.outputs, **taken})


@every_spec
@pytest.mark.keras
def test_built_saved_and_loaded(path, tmp_path):
    """Keras counts the same parameters, gives the same shapes, and the same numbers once loaded."""
    import keras

    from specc.lower.keras import to_keras

    program = specc.compile(path, sets=SMALLER.get(path.stem, ()))
    model, whole = to_keras(program), to_keras(_with_losses(program))
    assert whole.count_params() == program.parameters
    trainable = sum(int(np.prod(w.shape)) for w in whole.trainable_weights)
    assert trainable == program.trainable_parameters
    for name, output in _by_name(program, model.output).items():
        assert output.shape == program.outputs[name].type.shape, name

    fed = _fed(program, 3)
    given = _by_name(program, model(fed, training=False))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    again = _by_name(program, loaded(fed, training=False))
    drawn = any(node.label == "GaussianSample" for node in program.nodes)
    for name in program.outputs:
        assert len(given[name]) == 3
        if not drawn:
            np.testing.assert_allclose(again[name], given[name], atol=1e-5, err_msg=name)


@pytest.mark.parametrize("path", [p for p in SPECS if p.stem in TRAINING], ids=lambda p: p.stem)
@pytest.mark.keras
def test_trained(path, tmp_path):
    """It reaches its goals on the test part, and the best constant predictor misses them by far."""
    from specc.data.load import opened
    from specc.train.train import train

    training = TRAINING[path.stem]
    program = specc.compile(path, sets=training.sets)
    assert program.data is not None
    folds = program.data.split.folds
    part = opened(program, program.data).loaded(None if folds is None else 1).test
    assert part is not None
    for goal in training.goals:
        answers = part.targets[goal.of] if goal.of in part.targets else part.inputs[goal.of]
        assert goal.lead(np.asarray(answers, float)) >= goal.margin, goal

    run = train(program, runs=tmp_path, epochs=training.epochs, progress="none")
    test = json.loads((run.path / "metrics.json").read_text())["test"]
    reached = {goal.metric: test[goal.metric] for goal in training.goals}
    missed = [goal for goal in training.goals if goal.missed(reached[goal.metric])]
    assert not missed, f"reached {reached}"
