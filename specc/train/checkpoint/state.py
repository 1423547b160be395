"""The state of a training: every variable, the callbacks, the history, the random states."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from specc.lower.instances import keras
from specc.train.checkpoint.plain import NotPlain, flattened
from specc.train.failure import RunFailed
from specc.train.trainee import Trainee

_OUTSIDE = ("model", "_model", "params", "validation_data")
"""Attributes that Keras sets on every callback, and that belong to this process."""


def variables(trainee: Trainee) -> list[Any]:
    """Every variable that training changes, each once, in an order that the program gives."""
    fitted = trainee.fitted
    found = {
        id(v): v
        for v in (
            *fitted.variables,
            *trainee.model.variables,
            *fitted.optimizer.variables,
            *fitted.metrics_variables,
        )
    }
    return list(found.values())


def values(trainee: Trainee) -> dict[str, Any]:
    """The variables' values, with their paths so that others are not taken for them."""
    k = keras()
    held = variables(trainee)
    return {
        "paths": [v.path for v in held],
        "values": [k.ops.convert_to_numpy(v) for v in held],
    }


def assign(trainee: Trainee, saved: dict[str, Any]) -> None:
    """Gives the variables what `values` has saved; raises `RunFailed` where they are others."""
    import numpy as np

    held, k = variables(trainee), keras()
    if len(held) != len(saved["values"]):
        raise RunFailed(
            f"the checkpoint holds {len(saved['values'])} variables and the model has {len(held)}"
        )
    for variable, path, value in zip(held, saved["paths"], saved["values"], strict=True):
        if tuple(variable.shape) != value.shape:
            raise RunFailed(
                f"the checkpoint's {path} is {value.shape}, and the model's {variable.path} "
                f"{tuple(variable.shape)}"
            )
        dtype = np.asarray(k.ops.convert_to_numpy(variable)).dtype
        exact = value if value.dtype.kind == dtype.kind else value.view(dtype)  # such as bfloat16
        variable.assign(exact)


def randoms() -> dict[str, Any]:
    """Where Python's, NumPy's and Keras's own random numbers are."""
    import numpy as np

    generator = _global_generator()
    return {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "keras": None if generator is None else keras().ops.convert_to_numpy(generator.state),
    }


def set_randoms(saved: dict[str, Any]) -> None:
    """Puts them there again."""
    import numpy as np

    random.setstate(saved["python"])
    np.random.set_state(saved["numpy"])
    if saved["keras"] is not None:
        from keras.src.random.seed_generator import global_seed_generator

        made: Any = global_seed_generator()
        made.state.assign(saved["keras"])


def _global_generator() -> Any:
    """Keras's generator for what has no seed of its own, if it has been asked for."""
    from keras.src.backend.common import global_state

    state: Any = global_state
    return state.get_global_attribute("global_seed_generator")


def of_callbacks(callbacks: Sequence[Any], run: Path) -> list[dict[str, Any]]:
    """What each callback remembers: its attributes that are data.

    Not where in the run it writes: a run may be moved before it goes on.
    """
    inside = tuple(str(p) for p in {run, run.absolute(), run.resolve()})
    return [_of(c, inside) for c in callbacks]


def _of(callback: Any, run: tuple[str, ...]) -> dict[str, Any]:
    if _logs_csv(callback):
        path = Path(callback.filename)
        return {"keys": callback.keys, "size": path.stat().st_size if path.exists() else 0}
    found: dict[str, Any] = {}
    attributes: dict[str, Any] = callback.__dict__
    for name, value in attributes.items():
        if name in _OUTSIDE or (isinstance(value, str) and value.startswith(run)):
            continue
        try:
            flattened(value, [])
        except NotPlain:
            continue
        found[name] = value
    return found


def reopen(callbacks: Sequence[Any], saved: Sequence[dict[str, Any]]) -> None:
    """Before training begins: what CSVLogger wrote after the checkpoint goes, the rest stays."""
    for callback, held in zip(callbacks, saved, strict=False):
        path = Path(callback.filename) if _logs_csv(callback) else None
        if path is not None and path.exists():
            with path.open("r+b") as file:
                file.truncate(min(held["size"], path.stat().st_size))
            callback.append = True


def close(callbacks: Sequence[Any]) -> None:
    """Closes CSVLogger's file where training did not come to the end that closes it."""
    for callback in callbacks:
        if _logs_csv(callback) and callback.csv_file is not None:
            callback.csv_file.close()


def remind(callbacks: Sequence[Any], saved: Sequence[dict[str, Any]]) -> None:
    """Gives the callbacks what `of_callbacks` saved, after they have reset themselves."""
    for callback, held in zip(callbacks, saved, strict=False):
        for name, value in held.items():
            if not (_logs_csv(callback) and name == "size"):
                setattr(callback, name, value)


def _logs_csv(callback: Any) -> bool:
    base: Any = keras().callbacks.CSVLogger
    return isinstance(callback, base)
