"""What Keras says of a layer: its symbolic answer, and what real numbers give."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2_as_graph,
)

from specc.catalogue.define import Case, Definition
from specc.catalogue.layers import LAYERS
from specc.catalogue.types import Symbol, TensorType

Shape = tuple[int | None, ...]

FAMILIES = {
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}
"""Where the classes are that stand in arguments whose names end so."""


@dataclass(frozen=True)
class Answer:
    """What came out: the tensors and the weights' shapes, learned ones apart."""

    outputs: tuple[tuple[Shape, str], ...]
    trainable: tuple[tuple[int, ...], ...]
    fixed: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Refusal:
    """Keras raised; `late` where only real numbers made it."""

    text: str


def construct(name: str, arguments: Mapping[str, Any]) -> Any:
    """The Keras layer that a spec's `{name: arguments}` means."""
    made = {k: _value(v, k.rpartition("_")[2]) for k, v in arguments.items()}
    return getattr(keras.layers, name)(**made)


def _value(value: Any, family: str) -> Any:
    """An argument as Python would pass it: layers inside layers are made, lists are tuples."""
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, inner),) = value.items()
        module = FAMILIES.get(family, keras.layers)
        if isinstance(key, str) and hasattr(module, key) and key[0].isupper():
            if module is keras.layers:
                return construct(key, inner or {})
            return getattr(module, key)(**(inner or {}))
    if isinstance(value, list | tuple):
        return tuple(_value(v, family) for v in value)
    return value


def call(
    definition: Definition, layer: Any, tensors: tuple[Any, ...], flags: dict[str, Any]
) -> Any:
    """The layer applied to tensors in the order of the rule's slots."""
    named = {
        slot.name: list(value) if slot.many else value
        for slot, value in zip(definition.slots, tensors, strict=False)
        if value is not None
    }
    first = named.pop(definition.slots[0].name)
    return layer(first, **named, **flags)


def split(
    definition: Definition, arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments of the constructor, and those of the call."""
    at_call = {a.name for a in definition.arguments if a.at_call}
    made = {k: v for k, v in arguments.items() if k not in at_call}
    return made, {k: v for k, v in arguments.items() if k in at_call}


def _map(function: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        None if i is None else _map(function, i) if isinstance(i, tuple) else function(i)
        for i in inputs
    )


def _answer(layer: Any, outputs: Any) -> Answer:
    return Answer(
        tuple(
            (tuple(o.shape), keras.backend.standardize_dtype(o.dtype))
            for o in keras.tree.flatten(outputs)
        ),
        tuple(tuple(v.shape) for v in layer.trainable_weights),
        tuple(tuple(v.shape) for v in layer.non_trainable_weights),
    )


def symbolic(name: str, case: Case) -> Answer | Refusal:
    """Keras's symbolic answer to a case."""
    definition = LAYERS[name]
    made, flags = split(definition, case.arguments)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tensors = _map(lambda t: keras.KerasTensor(t.shape, dtype=t.dtype), case.inputs)
            layer = construct(name, made)
            outputs = call(definition, layer, tensors, flags)
            return _answer(layer, outputs)
    except Exception as error:
        return Refusal(f"{type(error).__name__}: {_gist(error)}")


def concrete(tensor: TensorType, batch: int = 2, unknown: int = 5) -> tuple[int, ...]:
    """A shape of real numbers for a type: each symbol has one length."""
    lengths = {"batch": batch, "time": 6, "words": 4}
    return tuple(
        lengths.get(d, 7) if isinstance(d, Symbol) else unknown if d is None else d
        for d in tensor.dims
    )


def sample(tensor: TensorType, shape: tuple[int, ...]) -> Any:
    """Real numbers of a type."""
    rng = np.random.default_rng(0)
    if tensor.dtype == "string":
        return tf.constant(np.full(shape, "a"))
    if tensor.dtype == "bool":
        return np.ones(shape, bool)
    if tensor.dtype.startswith(("int", "uint")):
        return rng.integers(0, 2, shape).astype(tensor.dtype)
    return tf.cast(rng.uniform(0.1, 1.0, shape), tensor.dtype)


def eager(
    name: str, case: Case, *, traced: bool = False, training: bool = False
) -> Answer | Refusal:
    """What real numbers give; `traced` leaves unknown lengths unknown, as some pipelines do."""
    definition = LAYERS[name]
    made, flags = split(definition, case.arguments)
    if training:
        flags["training"] = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = construct(name, made)
            values = _map(lambda t: tf.convert_to_tensor(sample(t, concrete(t))), case.inputs)
            if not traced:
                return _answer(layer, call(definition, layer, values, flags))
            symbols = _map(lambda t: keras.KerasTensor(t.shape, dtype=t.dtype), case.inputs)
            call(definition, layer, symbols, flags)
            specs = _map(lambda t: tf.TensorSpec(t.shape, t.dtype), case.inputs)

            def run(*flat: Any) -> Any:
                tensors = keras.tree.pack_sequence_as(specs, list(flat))
                return call(definition, layer, tensors, flags)

            function = tf.function(run, input_signature=keras.tree.flatten(specs))
            return _answer(layer, function(*keras.tree.flatten(values)))
    except Exception as error:
        return Refusal(f"{type(error).__name__}: {_gist(error)}")


def _gist(error: Exception) -> str:
    """The line of a message that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = [
        line for line in lines if not line.startswith(("Exception encountered", "Arguments", "•"))
    ]
    return (said or lines or [""])[0][:200]


def profiled(name: str, case: Case) -> int:
    """The floating-point operations that TensorFlow's profiler counts for one example."""
    definition = LAYERS[name]
    made, flags = split(definition, case.arguments)
    layer = construct(name, made)
    symbols = _map(lambda t: keras.KerasTensor(t.shape, dtype=t.dtype), case.inputs)
    call(definition, layer, symbols, flags)
    specs = _map(lambda t: tf.TensorSpec((1, *t.shape[1:]), t.dtype), case.inputs)

    def run(*flat: Any) -> Any:
        tensors = keras.tree.pack_sequence_as(specs, list(flat))
        return call(definition, layer, tensors, flags)

    return float_operations(tf.function(run, input_signature=keras.tree.flatten(specs)))


def float_operations(function: Any) -> int:
    """What TensorFlow's profiler counts of a function with a signature, its variables frozen."""
    _, frozen = convert_variables_to_constants_v2_as_graph(function.get_concrete_function())
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    with tf.Graph().as_default() as graph:
        tf.graph_util.import_graph_def(frozen, name="")
        built = options.with_empty_output().build()
        return profiler.profile(graph, options=built).total_float_ops
