"""In a process of ours Keras is loaded without what it only looks for, and works as it does whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

LOOKED_AT = """
import json, sys
from specc.train.quiet import load_keras
keras = load_keras()
names = ("matplotlib", "pandas", "sklearn", "jax")
loaded = [n for n in names if n in sys.modules]
import numpy as np, pandas, matplotlib.pyplot, sklearn.base
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
model.compile("sgd", "mse")
x = np.arange(8.0).reshape(4, 2)
loss = model.fit(x, x[:, :1], verbose=0, shuffle=False).history["loss"][0]
said = model.predict(pandas.DataFrame(x), verbose=0)
table = bool((said == model.predict(x, verbose=0)).all())
try:
    keras.wrappers.SKLearnRegressor(model)
    wraps = True
except ImportError:
    wraps = False
print(json.dumps({"loaded": loaded, "loss": loss, "table": table, "wraps": wraps}))
"""

LEAN = "from specc.lower.lean import load_lean\nload_lean()\n"

PLUGIN = "import specc\nplugin = specc.Plugin('mine')\n"


def found(code: str, backend: str = "tensorflow") -> dict[str, Any]:
    """What a process says of itself at its end."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """As a library loads it, whose user may want all of Keras."""
    return found(LOOKED_AT)


@pytest.mark.keras
def test_a_library_loads_keras_whole(whole: dict[str, Any]) -> None:
    assert {"matplotlib", "pandas", "sklearn"} <= set(whole["loaded"])
    assert whole["table"]
    assert whole["wraps"]


@pytest.mark.keras
def test_what_is_looked_for_is_left_out_and_can_be_imported_later(whole: dict[str, Any]) -> None:
    lean = found(LEAN + LOOKED_AT)
    assert lean["loaded"] == []
    assert lean["loss"] == whole["loss"]
    assert lean["table"]
    assert not lean["wraps"]  # else Keras finds scikit-learn by itself, and nothing is left out


@pytest.mark.keras
def test_what_was_imported_before_stays(whole: dict[str, Any]) -> None:
    assert found(LEAN + "import sklearn.base\n" + LOOKED_AT)["wraps"]


@pytest.mark.keras
def test_with_a_plug_in_keras_is_loaded_whole(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(PLUGIN)
    code = f"from specc.plugin.find import from_file\nfrom pathlib import Path\nfrom_file(Path({str(file)!r}))\n"
    assert found(LEAN + code + LOOKED_AT)["wraps"]
