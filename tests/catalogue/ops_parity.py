"""Asks Keras what an op gives, symbolically and with real numbers, and compares the rule."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from specc.catalogue.catalogue import builtin
from specc.catalogue.define import Definition, Result
from specc.catalogue.dtypes import WEAK
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.types import TensorType
from specc.infer.apply import constant_type
from specc.infer.program import Constant
from specc.lower.instances import constant

Inputs = tuple[Any, ...]
"""`TensorType`s, lists of them, and `Constant`s in their places."""

ABORTING = ("irfft", "rfft", "scatter", "scatter_update")
"""Over what specc refuses of these, TensorFlow ends the whole process."""


@dataclass(frozen=True)
class Call:
    """One call of an op: the types of its tensors, and its arguments as a spec has them."""

    name: str
    inputs: Inputs
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        return f"ops.{self.name}({self.inputs}, {dict(self.arguments)})"

    @property
    def types(self) -> Inputs:
        """The inputs as a rule sees them."""
        return tuple(constant_type(i.value) if isinstance(i, Constant) else i for i in self.inputs)


def is_plain(value: Any) -> bool:
    """Whether it is a constant, and no tensor."""
    return isinstance(value, Constant) or (
        isinstance(value, TensorType) and value.dtype in WEAK and not value.dims
    )


def ours(call: Call) -> tuple[TensorType, ...] | Mismatch:
    """What the catalogue says: the types, or why not. Any other exception is a fault."""
    catalogue = builtin()
    definition = catalogue.definition("op", call.name)
    try:
        checked = catalogue.check("op", call.name, call.arguments)
        result = definition.rule(*call.types, **checked.rule)
    except Mismatch as error:
        return error
    return _outputs(result)


def _outputs(result: Result) -> tuple[TensorType, ...]:
    outputs = result.outputs
    return outputs if isinstance(outputs, tuple) else (outputs,)


def symbolic(call: Call) -> tuple[TensorType, ...] | Exception:
    """What Keras says of tensors without numbers."""
    import keras

    def tensor(type_: Any) -> Any:
        plain = _plain(type_)
        return keras.KerasTensor(type_.shape, type_.dtype) if plain is None else plain

    return _asked(call, tensor)


def eager(call: Call, batch: int = 2, unknown: int = 3) -> tuple[TensorType, ...] | Exception:
    """What Keras gives for real numbers, unknown dimensions being of some length."""
    import keras
    import numpy as np
    import tensorflow as tf

    if call.name in ABORTING and isinstance(ours(call), Mismatch):
        return ValueError("not run")

    def tensor(type_: Any) -> Any:
        if (plain := _plain(type_)) is not None:
            return plain
        shape = [
            batch if d == "batch" else unknown if not isinstance(d, int) else d for d in type_.dims
        ]
        if call.name == "irfft" and shape[-1:] == [1]:
            raise ValueError("not run")
        if type_.dtype == "string":
            return tf.constant(np.full(shape, "a"))
        numbers = np.random.default_rng(0).integers(0, 2, shape)
        return keras.ops.cast(keras.ops.convert_to_tensor(numbers), type_.dtype)

    return _asked(call, tensor)


def _plain(type_: Any) -> Any:
    if isinstance(type_, Constant):
        return constant(type_.value)
    if type_.dtype in WEAK and not type_.dims:
        return 2 if type_.dtype == "int" else 0.5
    return None


def _asked(call: Call, tensor: Any) -> tuple[TensorType, ...] | Exception:
    import keras

    function: Any = keras.ops
    for part in call.name.split("."):
        function = getattr(function, part)
    try:
        constructor = builtin().check("op", call.name, call.arguments).constructor
    except Mismatch:
        constructor = dict(call.arguments)
    definition = builtin().definition("op", call.name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tensors = [
                [tensor(t) for t in value] if isinstance(value, tuple) else tensor(value)
                for value in call.inputs
            ]
            if call.name == "einsum":
                given = function(constructor["subscripts"], *tensors[0])
            else:
                slots = [s.name for s in definition.slots]
                given = function(**dict(zip(slots, tensors, strict=False)), **constructor)
    except Exception as error:  # whatever Keras raises is its verdict
        return error
    flat = given if isinstance(given, list | tuple) else [given]
    return tuple(TensorType(tuple(t.shape), keras.backend.standardize_dtype(t.dtype)) for t in flat)


def difference(
    mine: tuple[TensorType, ...] | Mismatch, keras: tuple[TensorType, ...] | Exception
) -> str | None:
    """How two answers differ: in the verdict, in a dtype, or in a size that Keras knows."""
    if isinstance(mine, Mismatch) and isinstance(keras, Exception):
        return None
    if isinstance(mine, Mismatch):
        return f"specc refuses: {mine.message}; Keras gives {keras}"
    if isinstance(keras, Exception):
        return f"specc gives {mine}; Keras refuses: {str(keras)[:200]}"
    if len(mine) != len(keras):
        return f"specc gives {len(mine)} tensors, Keras {len(keras)}"
    for one, other in zip(mine, keras, strict=True):
        if one.dtype != other.dtype:
            return f"dtype: specc {one}, Keras {other.dtype} ({one.dtype})"
        if one.rank != other.rank:
            return f"rank: specc {one}, Keras {other}"
        if any(b is not None and a != b for a, b in zip(one.shape, other.shape, strict=True)):
            return f"shape: specc {one}, Keras {other}"
    return None


def cases(definition: Definition) -> list[Call]:
    """The calls of an op's sample cases."""
    return [Call(definition.name, c.inputs, c.arguments) for c in definition.cases]
