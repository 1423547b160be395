"""Reads the arguments of everything that Keras exports: the text of `signatures.json`."""

from __future__ import annotations

import importlib
import inspect
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

from keras_kinds import ABSENT, CLASSES, FAMILIES, LEFT_OUT, NAMES, OPEN, SUFFIXES, WITHOUT

from specc.catalogue.dtypes import DTYPES
from specc.catalogue.refused import REFUSED
from specc.catalogue.without import OPS_WITHOUT

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

MODULES = {
    "layer": "layers",
    "loss": "losses",
    "metric": "metrics",
    "optimizer": "optimizers",
    "schedule": "optimizers.schedules",
    "callback": "callbacks",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
    "dtype_policy": "dtype_policies",
}
"""The families of classes, and the modules of `keras` that export them."""

BASE = ("name", "dtype", "trainable", "activity_regularizer", "autocast")
POLICIES = (*DTYPES, "mixed_float16", "mixed_bfloat16")
CHOSEN = ("accuracy", "acc", "crossentropy", "ce")
"""The metrics that Keras chooses by the shapes of an output and its target."""


class UnknownArgumentsError(Exception):
    """Keras has arguments of which `keras_kinds.py` does not say what they may be."""


def text() -> str:
    """The whole file, a line for each class."""
    import keras

    families: dict[str, Any] = {}
    unknown: list[str] = []
    for family in MODULES:
        families[family] = _family(keras, family, unknown)
    families["activation"] = _activations(keras, unknown)
    families["op"] = _ops(keras)
    if unknown:
        raise UnknownArgumentsError(
            "give these a kind in tools/keras_kinds.py: " + ", ".join(unknown)
        )
    base = {
        "name": {"kind": "?keras_name", "default": None},
        "dtype": {"kind": "?dtype_policy", "default": None},
        "trainable": {"kind": "bool", "default": True},
        "activity_regularizer": {"kind": "?regularizer", "default": None},
        "autocast": {"kind": "bool", "default": True},
    }
    return _layout({"keras": keras.__version__, "base": base, "families": families})


def _family(keras: Any, family: str, unknown: list[str]) -> dict[str, Any]:
    module = _module(keras, MODULES[family])
    classes: dict[str, Any] = {}
    aliases: dict[str, str] = {}
    for name, cls in _exported(module):
        canonical = cls.__name__ if getattr(module, cls.__name__, None) is cls else name
        if canonical in WITHOUT or canonical in REFUSED:
            continue
        if name != canonical:
            aliases[name] = canonical
        else:
            classes[name] = _arguments(family, name, cls, unknown)
    return {"classes": classes, "names": _names(keras, family, classes, aliases)}


def _exported(module: Any) -> Iterator[tuple[str, type]]:
    seen: dict[str, type] = {n: o for n, o in vars(module).items() if inspect.isclass(o)}
    yield from sorted((n, o) for n, o in seen.items() if n[0].isupper())


def _module(keras: Any, path: str) -> Any:
    for part in path.split("."):
        keras = getattr(keras, part)
    return keras


def _arguments(family: str, name: str, callable_: Any, unknown: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    parameters = inspect.signature(callable_).parameters.values()
    for p in parameters:
        if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL):
            continue
        if (family == "layer" and p.name in BASE) or f"{name}.{p.name}" in LEFT_OUT:
            continue
        if family == "activation" and p.name == "x":
            continue
        found[p.name] = _entry(family, name, p, unknown)
    if family == "layer" and not any(p.kind is p.VAR_KEYWORD for p in parameters):
        taken = {p.name for p in parameters}
        found |= {b: {"kind": "absent", "default": None} for b in BASE if b not in taken}
    return found | {b: {"kind": "absent", "default": None} for b in ABSENT.get(name, ())}


def _entry(family: str, name: str, p: inspect.Parameter, unknown: list[str]) -> dict[str, Any]:
    kind = _kind(family, name, p)
    if kind is None:
        unknown.append(f"{name}.{p.name}={p.default}")
        kind = "any"
    kind = kind.replace("axes*", "axes" + "".join(c for c in name if c.isdigit())[-1:])
    if p.default is None and not kind.startswith("?"):
        kind = "?" + kind
    return {"kind": kind} if p.default is p.empty else {"kind": kind, "default": _plain(p.default)}


def _kind(family: str, name: str, p: inspect.Parameter) -> str | None:
    if f"{name}.{p.name}" in OPEN:
        return "any"
    for table, key in (
        (CLASSES, f"{name}.{p.name}"),
        (FAMILIES.get(family, {}), p.name),
    ):
        if key in table:
            return table[key]
    if isinstance(p.default, bool):
        return "bool"
    for suffix, kind in SUFFIXES.items():
        if p.name.endswith(suffix):
            return kind
    return NAMES.get(p.name)


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else value


def _names(
    keras: Any, family: str, classes: dict[str, Any], aliases: dict[str, str]
) -> dict[str, str]:
    """The names that Keras takes as text, each proven by asking Keras for it."""
    if family in ("layer", "schedule", "callback"):
        return dict(sorted(aliases.items()))
    if family == "dtype_policy":
        return {n: "DTypePolicy" for n in POLICIES if _taken(keras.dtype_policies.get, n)}
    module = _module(keras, MODULES[family])
    internal = importlib.import_module(f"keras.src.{MODULES[family]}").ALL_OBJECTS_DICT
    snake = {_snake(c): c for c in classes} | {"l1_l2": "L1L2", "ctc": "CTC"}
    names: dict[str, str] = {}
    for name, found in internal.items():
        target = found.__name__ if inspect.isclass(found) else snake.get(found.__name__)
        if target not in classes or name in classes or not _taken(module.get, name):
            continue
        names[name] = target
    if family == "metric":
        names |= {n: n for n in CHOSEN}
    return dict(sorted(names.items()))


def _snake(name: str) -> str:
    from keras.src.utils.naming import to_snake_case

    return to_snake_case(name)


def _taken(get: Callable[[str], Any], name: str) -> bool:
    """Whether Keras makes an instance of the name; it does not if an argument is required."""
    try:
        return get(name) is not None
    except (TypeError, ValueError, KeyError):
        return False


def _activations(keras: Any, unknown: list[str]) -> dict[str, Any]:
    classes: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, function in sorted(vars(keras.activations).items()):
        if name[0] == "_" or name in ("get", "serialize", "deserialize"):
            continue
        if not inspect.isfunction(function) or name in REFUSED:
            continue
        classes[name] = _arguments("activation", name, function, unknown)
        if all("default" in entry for entry in classes[name].values()):
            assert keras.activations.get(name) is function
            names[name] = name
    return {"classes": classes, "names": names}


def _ops(keras: Any) -> dict[str, Any]:
    """The ops: their kinds are in the rules, so only the signatures are written down."""
    members = vars(keras.ops) | {f"image.{n}": f for n, f in vars(keras.ops.image).items()}
    functions = {
        n: f
        for n, f in sorted(members.items())
        if inspect.isfunction(f) and n[0] != "_" and n not in OPS_WITHOUT
    }
    signatures = {n: str(inspect.signature(f)) for n, f in functions.items()}
    return {"classes": {n: {} for n in functions}, "names": {}, "signatures": signatures}


def _layout(data: dict[str, Any]) -> str:
    """JSON with one line for each class, so that a change of Keras is a readable diff."""

    def line(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def table(entries: dict[str, Any]) -> str:
        rows = ",\n".join(f"{json.dumps(n)}:{line(v)}" for n, v in entries.items())
        return "{\n" + rows + "\n}" if rows else "{}"

    families: list[str] = []
    for name, family in data["families"].items():
        parts = [f'"classes":{table(family["classes"])}', f'"names":{line(family["names"])}']
        if "signatures" in family:
            parts.append(f'"signatures":{table(family["signatures"])}')
        families.append(f'"{name}":{{' + ",\n".join(parts) + "}")
    return (
        f'{{"keras":{line(data["keras"])},\n"base":{table(data["base"])},\n"families":{{\n'
        + ",\n".join(families)
        + "\n}}\n"
    )
