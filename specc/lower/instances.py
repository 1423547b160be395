"""Checked arguments -> Keras objects: initializers, regularizers, optimizers, layers in layers.

Every class is one that the catalogue has checked by its exported name; nothing is deserialised.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from specc.catalogue.define import Definition
from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_mapping, is_sequence
from specc.infer.apply import constant_type
from specc.lower.lean import lean
from specc.lower.missing import MissingExtra

_MODULES = {
    "layer": "layers",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "loss": "losses",
    "metric": "metrics",
    "optimizer": "optimizers",
    "schedule": "optimizers.schedules",
    "callback": "callbacks",
    "dtype_policy": "dtype_policies",
}


def keras() -> Any:
    """The `keras` module; raises `MissingExtra` where it, or its backend, is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        on_tensorflow = os.environ.get("KERAS_BACKEND") == "tensorflow"
        with lean("keras", *(["jax"] if on_tensorflow else [])):
            import keras
    except ImportError as error:
        raise MissingExtra(error.name or "keras") from error
    return keras


def realised(value: Any, shared: Mapping[str, Any] | None = None) -> Any:
    """A checked value as Keras takes it; `shared` holds the objects that `use` means."""
    if isinstance(value, Instance):
        if value.shared is not None:
            return (shared or {})[value.shared]
        if value.family == "activation":
            return value.name  # the catalogue allows none with arguments
        arguments = {k: realised(v, shared) for k, v in value.arguments.items()}
        return _maker(value)(**arguments)
    if is_sequence(value):
        return [realised(v, shared) for v in value]
    if is_mapping(value):
        return {k: realised(v, shared) for k, v in value.items()}
    return value


def constant(value: Any) -> Any:
    """What stands in the place of a tensor, as Keras takes it.

    Keras reads the dtype and the shape of a list or a boolean off it, which only arrays have. A
    number stays one, since an array would decide the result's dtype.
    """
    if not is_sequence(value) and not isinstance(value, bool):
        return value
    import numpy as np

    return np.array(value, constant_type(value).dtype)


def _maker(instance: Instance) -> Any:
    """What makes the object: a plug-in's own class, or Keras's by its name."""
    found = instance.definition
    definition = found[0] if isinstance(found, tuple) else found  # pyright: ignore[reportUnknownVariableType]
    if isinstance(definition, Definition) and definition.keras is not None:
        from specc.lower.plugged import plugged

        return plugged(definition)
    return _class(instance.family, instance.name)


def _class(family: str, name: str) -> Any:
    module = keras()
    for step in _MODULES[family].split("."):
        module = getattr(module, step)
    return getattr(module, name)
