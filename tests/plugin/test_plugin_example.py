"""The example package, installed: checked, drawn, compiled, trained, saved and loaded again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.lower.plugged import PluginDiffers
from specc.plugin import Plugin, Result, TensorType, Weight, layer

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests" / "plugin_example"

pytestmark = pytest.mark.keras

Run = Callable[..., str]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs Python where the example is installed, by pip and without a network."""
    folder = tmp_path_factory.mktemp("harbour")
    shutil.copytree(EXAMPLE, folder / "source")
    shutil.copy(EXAMPLE / "tides.yaml", folder)
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--target", "site"]
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *options]
    subprocess.run([*pip, "./source"], cwd=folder, check=True, capture_output=True)
    paths = os.pathsep.join([str(folder / "site"), str(ROOT)])

    def python(code: str, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return python


COMMAND = "import sys; from specc.cli import main; main()"
WITHOUT_KERAS = (
    "import sys\nsys.modules.update(dict.fromkeys(('keras', 'tensorflow', 'numpy')))\n" + COMMAND
)


def test_it_is_checked_and_drawn_without_keras(run: Run) -> None:
    """A rule needs no Keras, and the class is not imported."""
    assert "151 parameters" in run(WITHOUT_KERAS, "check", "tides.yaml")
    run(WITHOUT_KERAS, "draw", "tides.yaml", "-o", "tides.svg")
    assert "Lets a learned part" in run(WITHOUT_KERAS, "layers", "harbour.Gate")


def test_a_mask_passes_through_it(run: Run) -> None:
    """As its definition says: the check warns of no lost mask, and Keras hands it on."""
    run(
        """
import keras, numpy, specc
spec = {
    "specc": 1,
    "inputs": {"x": {"shape": [6], "dtype": "int32"}},
    "graph": {"y": {"from": "x", "layers": [
        {"Embedding": {"input_dim": 9, "output_dim": 4, "mask_zero": True}},
        "harbour.Gate", {"LSTM": {"units": 3}}, {"Dense": {"units": 1}}]}},
    "outputs": ["y"],
}
assert not [d for d in specc.check(spec) if d.code == "W128"]
model = specc.to_keras(specc.compile(spec))
ids = numpy.array([[1, 2, 3, 0, 0, 0]], "int32")
given = model.layers[1](ids)
assert keras.src.backend.get_keras_mask(model.layers[2](given)) is not None
"""
    )


def test_it_is_compiled_saved_and_loaded(run: Run) -> None:
    """The saved model loads where its class is registered, and gives what it gave."""
    run(COMMAND, "compile", "tides.yaml", "-o", "tides.keras")
    run(
        """
import keras, numpy, specc
from harbour.classes import Gate
keras.saving.register_keras_serializable("harbour", "Gate")(Gate)
loaded = keras.saving.load_model("tides.keras", safe_mode=True)
assert [type(layer) for layer in loaded.layers].count(Gate) == 2
made = specc.to_keras(specc.compile("tides.yaml"))
x = numpy.ones((3, 6), "float32")
assert numpy.array_equal(made(x), loaded(x))
"""
    )


def test_it_is_trained_evaluated_and_asked(run: Run) -> None:
    """Its dataset feeds it, its loss falls, and the run folder is whole."""
    folder = run(COMMAND, "train", "tides.yaml", "--quiet").strip()
    test = run(COMMAND, "evaluate", folder)
    run(
        f"""
import specc, numpy
run = specc.open_run({folder!r})
assert run.lock["plugins"] == ["harbour"]
assert run.history["loss"][-1] < run.history["loss"][0] / 2
assert f"loss  {{run.metrics['test']['loss']:.4f}}" in {test!r}
assert run.predict(numpy.zeros((2, 6), "float32")).shape == (2, 1)
"""
    )


def test_a_rule_that_says_something_else_than_keras_is_found() -> None:
    """A wrong rule of a plug-in would prove wrong things, so a model of it is not built."""

    def dense() -> Any:
        import keras

        return keras.layers.Dense

    def built(outputs: int, weights: int) -> Any:
        @layer(keras=lambda: lambda name: dense()(3, name=name))
        def Three(inputs: TensorType) -> Result:
            """Three numbers. (batch, 4) -> (batch, 3)"""
            return Result(TensorType((inputs[0], outputs)), (Weight("kernel", (weights,)),))

        written = {
            "specc": 1,
            "inputs": {"x": {"shape": [4]}},
            "graph": {"y": {"from": "x", "layers": ["wrong.Three"]}},
            "outputs": ["y"],
        }
        plugin = Plugin("wrong", layers=[Three])
        return specc.to_keras(specc.compile(written, plugins=[plugin]))

    assert built(3, 15).count_params() == 15
    with pytest.raises(PluginDiffers, match=r"gives \(None, 2\) float32, and .* \(None, 3\)"):
        built(2, 15)
    with pytest.raises(PluginDiffers, match=r"has 14 parameters, and .* has 15"):
        built(3, 14)
