"""Programs as Keras models: built, compared with what was inferred, saved and loaded."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np

import specc
from specc.infer.program import Program
from specc.lower.keras import to_keras


def compiled(text: str) -> Program:
    """The program of a spec; without `specc:` it follows a head with an input `x`."""
    text = dedent(text).lstrip("\n")
    if not text.startswith("specc:"):
        text = "specc: 1\ninputs: {x: {shape: [5, 4]}}\n" + text
    return specc.compile(text=text)


def examples(program: Program, count: int = 3, unknown: int = 7) -> Any:
    """Random inputs of a program, as its Keras model takes them."""
    draw = np.random.default_rng(0)
    made: dict[str, Any] = {}
    for name, tensor in program.inputs.items():
        shape = [count, *(d or unknown for d in tensor.type.shape[1:])]
        if tensor.type.dtype == "string":
            made[name] = np.array(["a", "b", "c"] * 99)[: int(np.prod(shape))].reshape(shape)
        elif tensor.type.dtype.startswith(("int", "uint")):
            made[name] = draw.integers(0, 3, shape).astype(tensor.type.dtype)
        else:
            made[name] = draw.normal(size=shape).astype("float32")
    if not made:
        return np.zeros((count, 1), "float32")
    return made if len(made) > 1 else next(iter(made.values()))


def values(made: Any) -> dict[str, Any]:
    """What a model gives, by name, as arrays."""
    import keras

    listed = made if isinstance(made, dict) else {"": made}
    return {n: keras.ops.convert_to_numpy(keras.ops.cast(v, "float32")) for n, v in listed.items()}


def agrees(program: Program, model: Any) -> None:
    """Whether a model has the shapes, dtypes and counts that were inferred."""
    outputs = model.output if isinstance(model.output, dict) else {"": model.output}
    inferred = {n: t.type for n, t in program.outputs.items()}
    if len(inferred) == 1:
        inferred = {"": next(iter(inferred.values()))}
    for name, type_ in inferred.items():
        given = outputs[name]
        assert given.dtype == type_.dtype, (name, given.dtype, type_)
        assert len(given.shape) == type_.rank
        both = zip(given.shape, type_.shape, strict=True)
        assert all(None in (a, b) or a == b for a, b in both), (name, given.shape, type_)
    assert model.count_params() == program.parameters
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    assert trainable == program.trainable_parameters


def kept(program: Program, folder: Path) -> Any:
    """Builds, checks, saves, loads and runs; gives the model."""
    import keras

    model = to_keras(program)
    agrees(program, model)
    inputs = examples(program)
    before = values(model(inputs, training=False))
    path = folder / "model.keras"
    model.save(path)
    loaded = keras.saving.load_model(path)
    agrees(program, loaded)
    after = values(loaded(inputs, training=False))
    assert before.keys() == after.keys()
    for name, value in before.items():
        np.testing.assert_allclose(value, after[name], rtol=1e-5, atol=1e-6)
    return model
