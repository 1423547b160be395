"""A model that Keras saved is the same model when a spec names its file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from saved_files import dense, layer, model, spec, write

import specc
from specc.diagnostics.report import SpecError
from specc.lower.fetched import missing

pytestmark = pytest.mark.keras

ROOT = Path(__file__).resolve().parents[2]
GALLERY = sorted(
    p for p in (ROOT / "specs").iterdir() if p.suffix in (".yaml", ".json") and p.is_file()
)


def described(tensor: Any) -> dict[str, Any]:
    """An input of a spec that takes what a tensor is."""
    return {"shape": list(tensor.type.shape[1:]), "dtype": tensor.type.dtype}


def around(program: Any, file: str) -> dict[str, Any]:
    """A spec whose model is a file, with the inputs and outputs of the program that it was."""
    inputs = {n: described(t) for n, t in program.inputs.items()}
    if not inputs:
        inputs = {"hidden_input": {"shape": [1]}}
    names = list(program.outputs)
    outputs = {n: {"from": f"y.{n}" if len(names) > 1 else "y"} for n in names}
    source: Any = {n: n for n in inputs} if len(inputs) > 1 else next(iter(inputs))
    return {
        "specc": 1,
        "inputs": inputs,
        "models": {"taught": {"file": file}},
        "graph": {"y": {"from": source, "layers": [{"use": "taught"}]}},
        "outputs": outputs,
    }


@pytest.mark.parametrize("path", GALLERY, ids=lambda p: p.stem)
def test_a_saved_spec_is_read_back(path: Path, tmp_path: Path) -> None:
    """Shapes, kinds and parameters are those of the spec, and the weights are the file's."""
    import numpy as np

    program = specc.compile(path)
    if any(missing(program)):
        program = specc.compile(path, sets=["models.features.application.*.weights=null"])
    built = specc.to_keras(program)
    built.save(tmp_path / "m.keras")
    (tmp_path / "around.json").write_text(json.dumps(around(program, "m.keras")))
    lifted = specc.compile(tmp_path / "around.json")
    # A file holds what leads to the outputs; what only a loss looks at (a critic) is not in it.
    assert lifted.parameters == built.count_params()
    assert lifted.trainable_parameters == sum(
        int(np.prod(w.shape)) for w in built.trainable_weights
    )
    for name, tensor in program.outputs.items():
        assert lifted.outputs[name].type == tensor.type, name
    if not program.losses and not program.variables:  # which Keras has as the rows of embeddings
        assert lifted.flops == program.flops
    again = specc.to_keras(lifted)
    ours, theirs = built.get_weights(), again.get_weights()
    assert len(ours) == len(theirs)
    assert sorted(float(np.sum(np.abs(w))) for w in ours) == pytest.approx(
        sorted(float(np.sum(np.abs(w))) for w in theirs)
    )


def damaged(tmp_path: Path, change: Any) -> Path:
    """A right model whose weights something has been done to."""
    import h5py
    import keras

    entry = keras.Input((4,), name="x")
    keras.Model(entry, keras.layers.Dense(2, name="dense")(entry)).save(tmp_path / "right.keras")
    with zipfile.ZipFile(tmp_path / "right.keras") as archive:
        config = archive.read("config.json").decode()
        (tmp_path / "w.h5").write_bytes(archive.read("model.weights.h5"))
    with h5py.File(tmp_path / "w.h5", "a") as file:
        change(h5py, file, file["layers/dense/vars"])
    write(tmp_path / "m.keras", config, (tmp_path / "w.h5").read_bytes())
    return spec(tmp_path, "m.keras")


def external_link(h5py: Any, _file: Any, group: Any) -> None:
    del group["0"]
    group["0"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(h5py: Any, _file: Any, group: Any) -> None:
    del group["0"]
    group["0"] = h5py.SoftLink("/layers/dense/vars/1")


def external_storage(_h5py: Any, _file: Any, group: Any) -> None:
    del group["0"]
    group.create_dataset("0", (4, 2), "float32", external=[("/etc/passwd", 0, 32)])


def virtual(h5py: Any, _file: Any, group: Any) -> None:
    del group["0"]
    layout = h5py.VirtualLayout((4, 2), "float32")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "data", (4, 2))
    group.create_virtual_dataset("0", layout)


def huge(_h5py: Any, _file: Any, group: Any) -> None:
    del group["0"]
    group.create_dataset("0", (200_000, 200_000), "float32", chunks=(64, 64))


def objects(h5py: Any, _file: Any, group: Any) -> None:
    del group["0"]
    group.create_dataset("0", (4,), h5py.string_dtype())


def twice(_h5py: Any, file: Any, group: Any) -> None:
    group["again"] = file["layers"]


@pytest.mark.parametrize(
    "change", [external_link, soft_link, external_storage, virtual, huge, objects, twice]
)
def test_weights_that_lead_elsewhere_are_refused(change: Any, tmp_path: Path) -> None:
    """Before Keras opens them; what is right in the file's other parts is checked as ever."""
    path = damaged(tmp_path, change)
    program = specc.compile(path)
    with pytest.raises(SpecError, match="S601"):
        specc.to_keras(program)


def test_a_file_that_changes_after_the_check_is_refused(tmp_path: Path) -> None:
    """What was checked is what is loaded."""
    path = damaged(tmp_path, lambda *_: None)
    program = specc.compile(path)
    assert specc.to_keras(program).count_params() == 10
    write(tmp_path / "m.keras", model(layer("ReLU", {"name": "a"}, "x")))
    with pytest.raises(SpecError, match="changed"):
        specc.to_keras(program)


def test_what_the_layers_say_they_were_built_with_is_not_believed(tmp_path: Path) -> None:
    """Keras would allocate it before it sees that it does not fit."""
    layers = dense() | {"build_config": {"input_shape": [None, 40_000_000_000]}}
    write(tmp_path / "m.keras", model(layers))
    program = specc.compile(spec(tmp_path, "m.keras"))
    assert program.parameters == 10
    with pytest.raises(SpecError, match="damaged"):
        specc.to_keras(program)
