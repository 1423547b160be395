"""Applications are what Keras makes of them: parameters, shapes, operations, inner layers."""

from __future__ import annotations

from typing import Any

import pytest

import specc
from specc.catalogue import applications
from specc.diagnostics.report import SpecError

SAMPLE = ("MobileNetV3Small", "VGG16", "EfficientNetB0", "ConvNeXtTiny")
"""Those that are compared by default: each odd thing of the others is in one of them."""


def program(name: str, shape: list[int | None], **arguments: Any) -> Any:
    """A spec that is nothing but an application."""
    return specc.compile(written(name, shape, **arguments))


def written(
    name: str, shape: list[int | None], outputs: Any = None, **arguments: Any
) -> dict[str, Any]:
    model: dict[str, Any] = {"application": {name: {"weights": None} | arguments}}
    names = ["y"] if outputs is None else [f"y.{n}" for n in outputs]
    if outputs is not None:
        model["outputs"] = outputs
    if outputs is not None and len(outputs) == 1:
        names = ["y"]
    return {
        "specc": 1,
        "inputs": {"x": {"shape": shape}},
        "models": {"m": model},
        "graph": {"y": {"from": "x", "layers": [{"use": "m"}]}},
        "outputs": {f"o{i}": {"from": n} for i, n in enumerate(names)},
    }


def side(name: str) -> int:
    """The size of pictures that an application is made for."""
    return int(applications.data(name)["size"])


# --- without Keras --------------------------------------------------------------------------------


def test_all_forty_are_there() -> None:
    """As many as Keras has; and what they take up is small."""
    assert len(applications.names()) == 40


@pytest.mark.parametrize("name", applications.names())
def test_each_fits_together(name: str) -> None:
    """With its classifier and without, every layer's shape and weight is known."""
    size = side(name)
    shape: list[int | None] = [size, size, 3]
    whole = program(name, shape)
    assert whole.outputs["o0"].type.shape == (None, 1000)
    assert whole.flops is not None
    assert whole.flops > 10**8
    for pooling in ("avg", "max"):
        part = program(name, shape, include_top=False, pooling=pooling, input_shape=shape)
        assert len(part.outputs["o0"].type.shape) == 2
    part = program(name, shape, include_top=False, input_shape=shape)
    assert len(part.outputs["o0"].type.shape) == 4
    assert part.parameters < whole.parameters


def test_classes_change_only_the_head() -> None:
    """By the weights that a class more needs."""
    known = {"VGG19": 4096 + 1, "MobileNet": 1024 + 1, "MobileNetV3Large": 1280 + 1}
    for name, each in known.items():
        size = side(name)
        more = program(name, [size, size, 3], classes=12).parameters
        assert more - program(name, [size, size, 3], classes=11).parameters == each


def test_inner_layers_are_outputs() -> None:
    """By their Keras names, under names of the spec's own; what comes after them is left out."""
    taken = {"low": "block1_conv1", "high": "block5_conv2"}
    made = program("VGG19", [64, 64, 3], outputs=taken, include_top=False)
    shapes = [t.type.shape for t in made.outputs.values()]
    assert shapes == [(None, 64, 64, 64), (None, 4, 4, 512)]
    low = program("VGG19", [64, 64, 3], outputs={"low": "block1_conv1"}, include_top=False)
    assert low.parameters == 1792


def test_a_frozen_one_does_not_learn() -> None:
    """`trainable: false` on the model."""
    spec = written("VGG16", [32, 32, 3], include_top=False)
    spec["models"]["m"]["trainable"] = False
    made = specc.compile(spec)
    assert made.parameters == 14_714_688
    assert made.trainable_parameters == 0


def test_what_the_preprocessing_learned_is_in_its_weights() -> None:
    """It can be left out, and then takes other channels."""
    with pytest.raises(SpecError, match="include_preprocessing: false"):
        program("EfficientNetV2B0", [64, 64, 1], include_top=False, input_shape=[64, 64, 1])
    plain = {"include_top": False, "include_preprocessing": False}
    one = program("EfficientNetV2B0", [64, 64, 1], input_shape=[64, 64, 1], **plain)
    three = program("EfficientNetV2B0", [64, 64, 3], **plain)
    assert three.parameters - one.parameters == 2 * 3 * 3 * 32


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"classes": 0}, "from 1"),
        ({"classes": True}, "from 1"),
        ({"pooling": "mean"}, "avg or max"),
        ({"include_top": "yes"}, "true or false"),
        ({"input_shape": [64, 64]}, "height"),
        ({"input_shape": [64, None, 3]}, "both sizes"),
        ({"input_shape": [64, 64, 0]}, "from 1"),
        ({"input_shape": [31, 64, 3], "include_top": False}, "from 32"),
        ({"input_tensor": 1}, "no argument"),
        ({"weights": 3}, "imagenet or a file"),
        ({"weights": "imagenet", "classes": 10}, "1000"),
        ({"weights": "imagenet", "input_shape": [64, 64, 3]}, "224"),
        ({"weights": "w.h5"}, "Keras 3"),
        ({"weights": "there_is_none.weights.h5"}, "does not exist"),
        ({"weights": "../w.weights.h5"}, "leads out"),
        ({"alpha": 0.5}, "no argument"),
    ],
)
def test_a_wrong_argument_is_refused(arguments: dict[str, Any], text: str) -> None:
    """At its place."""
    with pytest.raises(SpecError, match=text):
        program("VGG16", [224, 224, 3], **arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("MobileNet", {"alpha": 0.03}, "from 0.03125"),
        ("MobileNetV2", {"alpha": 0}, "above 0"),
        ("MobileNetV2", {"alpha": "half"}, "a number"),
        ("MobileNetV2", {"alpha": True}, "a number"),
        ("MobileNet", {"depth_multiplier": 0}, "from 1"),
        ("MobileNet", {"depth_multiplier": 2, "weights": "imagenet"}, "is 1"),
        ("MobileNetV2", {"alpha": 0.6, "weights": "imagenet"}, "for 0.35, 0.5, 0.75, 1.0, 1.3, 1."),
        ("MobileNetV3Small", {"minimalistic": 1}, "true or false"),
        (
            "MobileNetV3Small",
            {"minimalistic": True, "alpha": 0.75, "weights": "imagenet"},
            "for 1.0, not for 0.75",
        ),
    ],
)
def test_a_wrong_width_is_refused(name: str, arguments: dict[str, Any], text: str) -> None:
    """With the numbers that work."""
    with pytest.raises(SpecError, match=text):
        program(name, [224, 224, 3], **arguments)


def test_each_width_has_weights_of_its_own() -> None:
    """As Keras names their files."""
    made = program("MobileNetV2", [224, 224, 3], alpha=0.35, weights="imagenet").models[0]
    assert made.outside.fetched["file"].endswith("_0.35_224.h5")
    small = {"minimalistic": True, "weights": "imagenet", "include_top": False}
    made = program("MobileNetV3Small", [224, 224, 3], **small).models[0]
    assert "small_minimalistic_224_1.0_float_no_top" in made.outside.fetched["file"]
    assert made.outside.fetched["hash"]


def test_a_large_one_is_one_row_and_one_box(capsys: pytest.CaptureFixture[str]) -> None:
    """Unless all of it is asked for."""
    from specc.lower.diagram.draw import dot
    from specc.lower.summary import print_summary

    made = program("ResNet50", [64, 64, 3], include_top=False)
    print_summary(made)
    short = capsys.readouterr().out
    print_summary(made, expand=True)
    assert "ResNet50" in short
    assert short.count("\n") < 15
    assert capsys.readouterr().out.count("\n") > 150
    assert len(dot(made)) < 5_000
    assert len(dot(made, expand=True)) > 50_000


# --- against Keras --------------------------------------------------------------------------------


def compared(name: str, **arguments: Any) -> None:
    """Parameters and each operation's shape, as Keras has them."""
    import keras

    shape = arguments.get("input_shape")
    with keras.StatelessScope():
        model = getattr(keras.applications, name)(
            weights=None, **arguments | ({"input_shape": tuple(shape)} if shape else {})
        )
        from keras.src.backend.common import global_state

        state: Any = global_state
        state.set_global_attribute("uninitialized_variables", [])
    made = program(name, list(model.input_shape[1:]), **arguments)
    inner = made.models[0]
    assert made.parameters == model.count_params()
    assert made.outputs["o0"].type.shape == tuple(model.output_shape)
    theirs = {n: tuple(o.output.shape) for n, o in zip(_order(made), model.operations, strict=True)}
    assert {n.name: n.outputs[0].type.shape for n in inner.nodes} == theirs
    learned = sum(_size(w.shape) for w in model.trainable_weights)
    assert made.trainable_parameters == learned


def _order(made: Any) -> tuple[str, ...]:
    """The names of the operations in Keras's order; Keras numbers some anew."""
    return made.models[0].outside.order


def _size(shape: Any) -> int:
    size = 1
    for dim in shape:
        size *= dim
    return size


VARIANTS: list[dict[str, Any]] = [
    {},
    {"include_top": False},
    {"include_top": False, "pooling": "avg"},
    {"include_top": False, "pooling": "max", "input_shape": [96, 97, 3]},
    {"classes": 7, "input_shape": [131, 100, 3], "classifier_activation": None},
]


@pytest.mark.keras
@pytest.mark.parametrize("arguments", VARIANTS, ids=str)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_is_what_keras_makes(name: str, arguments: dict[str, Any]) -> None:
    """In every variant."""
    compared(name, **arguments)


@pytest.mark.keras
@pytest.mark.slow
@pytest.mark.parametrize("arguments", VARIANTS, ids=str)
@pytest.mark.parametrize("name", [n for n in applications.names() if n not in SAMPLE])
def test_each_is_what_keras_makes(name: str, arguments: dict[str, Any]) -> None:
    """All forty; it takes a quarter of an hour."""
    if name == "InceptionV3" or name.startswith(("Xception", "InceptionResNet")):
        shape = arguments.get("input_shape")
        arguments = arguments | (
            {"input_shape": [d + 75 for d in shape[:2]] + [3]} if shape else {}
        )
    compared(name, **arguments)


WIDE: list[tuple[str, dict[str, Any]]] = [
    ("MobileNet", {"alpha": 0.25}),
    ("MobileNet", {"alpha": 1.3, "depth_multiplier": 2, "input_shape": [65, 64, 3]}),
    ("MobileNetV2", {"alpha": 0.1, "include_top": False}),
    ("MobileNetV2", {"alpha": 1.4}),
    ("MobileNetV3Small", {"alpha": 0.3, "include_top": False, "pooling": "avg"}),
    ("MobileNetV3Small", {"alpha": 0.75, "minimalistic": True}),
    ("MobileNetV3Large", {"alpha": 1.1}),
    ("MobileNetV3Large", {"alpha": 0.6, "include_preprocessing": False}),
    ("MobileNetV3Large", {"minimalistic": True, "input_shape": [97, 96, 3], "classes": 7}),
]
"""Narrow ones, in which blocks add that otherwise do not, wide ones, and other forms."""


@pytest.mark.keras
@pytest.mark.parametrize(("name", "arguments"), WIDE, ids=str)
def test_each_width_is_what_keras_makes(name: str, arguments: dict[str, Any]) -> None:
    """`alpha`, `depth_multiplier` and `minimalistic` change filters, additions and layers."""
    compared(name, **arguments)


@pytest.mark.keras
def test_it_is_built_cut_saved_and_loaded(tmp_path: Any) -> None:
    """As one model inside the spec's; from one seed it has the same weights each time."""
    from importlib import import_module

    import numpy as np

    keras: Any = import_module("keras")
    spec = written(
        "MobileNetV3Small",
        [64, 64, 3],
        outputs={"low": "activation", "high": "activation_17"},
        include_top=False,
    )
    spec["models"]["m"]["trainable"] = False
    made = specc.compile(spec)
    model = specc.to_keras(made)
    assert model.count_params() == made.parameters
    assert not model.trainable_weights
    assert {k: v.shape for k, v in model.output.items()} == {
        n: t.type.shape for n, t in made.outputs.items()
    }
    for ours, theirs in zip(model.get_weights(), specc.to_keras(made).get_weights(), strict=True):
        assert (ours == theirs).all()
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    x = np.random.default_rng(0).random((2, 64, 64, 3), "float32")
    for ours, theirs in zip(
        model.predict(x, verbose=0).values(), again.predict(x, verbose=0).values(), strict=True
    ):
        assert abs(ours - theirs).max() < 1e-5


@pytest.mark.keras
def test_weights_of_a_file_are_loaded(tmp_path: Any) -> None:
    """And must fit."""
    import json
    from importlib import import_module

    keras: Any = import_module("keras")

    made = keras.applications.MobileNetV3Small(weights=None, include_top=False)
    made.save_weights(tmp_path / "right.weights.h5")
    spec = written("MobileNetV3Small", [64, 64, 3], include_top=False)
    path = tmp_path / "spec.json"
    arguments = spec["models"]["m"]["application"]["MobileNetV3Small"]
    arguments["weights"] = "right.weights.h5"
    path.write_text(json.dumps(spec))
    built = specc.to_keras(specc.compile(path))
    for ours, theirs in zip(built.get_weights(), made.get_weights(), strict=True):
        assert (ours == theirs).all()
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    other.save_weights(tmp_path / "wrong.weights.h5")
    arguments["weights"] = "wrong.weights.h5"
    path.write_text(json.dumps(spec))
    with pytest.raises(SpecError, match=r"`wrong\.weights\.h5` do not fit: A total of"):
        specc.to_keras(specc.compile(path))


@pytest.mark.keras
def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Unless the command line says so; a file that is there must be the one that Keras knows."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    made = program("VGG16", [64, 64, 3], include_top=False, weights="imagenet")
    with pytest.raises(SpecError, match="not at hand"):
        specc.to_keras(made)
    (tmp_path / "models").mkdir()
    name = applications.data("VGG16")["files"]["1.0"]["notop"]["file"]
    (tmp_path / "models" / name).write_bytes(b"nothing")
    with pytest.raises(SpecError, match="is not what Keras would fetch"):
        specc.to_keras(made)


@pytest.mark.keras
def test_what_cannot_be_fetched_says_where_it_is_put(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """With `--fetch` and without a network: what Keras wanted from where, and two ways out."""
    from specc.lower.fetching import fetching

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # where nobody listens
    made = program("VGG16", [64, 64, 3], include_top=False, weights="imagenet")
    with fetching(), pytest.raises(SpecError) as caught:
        specc.to_keras(made)
    (found,) = caught.value.report
    assert found.code == "S606"
    assert "URL fetch failure on https://storage" in found.message
    assert found.help is not None
    assert "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5 into `models`" in found.help
    assert "the path of a file" in found.help
    assert not capsys.readouterr().out
