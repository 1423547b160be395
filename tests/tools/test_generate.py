"""The generated files are fresh, and the check finds what is stale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

pytestmark = pytest.mark.keras


def test_the_generated_files_are_fresh() -> None:
    """`tools/generate.py --check` has nothing to say."""
    done = subprocess.run(
        [sys.executable, "tools/generate.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_changed_keras_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new argument without a kind fails; a new default makes the file stale."""
    import keras
    import keras_signatures

    class ReLU(keras.layers.ReLU):
        def __init__(self, steepness: object = None, max_value: float = 6.0) -> None:
            super().__init__(max_value=max_value)

    monkeypatch.setattr(keras.layers, "ReLU", ReLU)
    with pytest.raises(keras_signatures.UnknownArgumentsError, match="steepness"):
        keras_signatures.text()
    monkeypatch.setitem(keras_signatures.NAMES, "steepness", "float")
    committed = (ROOT / "specc/catalogue/signatures.json").read_text()
    assert keras_signatures.text() != committed


def test_every_name_is_one_that_keras_takes() -> None:
    """The short names stand for the class that Keras itself finds under them."""
    import keras

    from specc.catalogue.catalogue import builtin

    families = builtin().families
    for family, module in (("initializer", keras.initializers), ("metric", keras.metrics)):
        for name, target in families[family].names.items():
            if name != target:
                assert type(module.get(name)) is getattr(module, target)
    for name, target in families["optimizer"].names.items():
        assert type(keras.optimizers.get(name)) is getattr(keras.optimizers, target)
    for name, target in families["loss"].names.items():
        assert callable(keras.losses.get(name))
        assert hasattr(keras.losses, target)
