"""Groups: trials whose programs are one compiled graph, and differ only in numbers.

The group is the hash of the compiled program with such numbers left out as a graph can take as an
argument. What is not in the tables below, and every 0 and 1, stays in the hash: Keras builds
another graph for `rate: 0`, and a `when` leaves a layer out.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Float, Instance, Kind, Optional, Union
from specc.catalogue.plain import is_mapping, is_sequence
from specc.document.spec import Output, Train
from specc.infer.program import Layer, Program
from specc.lower.json import as_json, as_plain
from specc.plugin.known import known
from specc.train.member import member
from specc.tune.engine import Trial

Path = tuple[str | int, ...]
Take = Callable[[Path, float], Any]
"""What is put in the place of a number that stands at a path."""

_RECURRENT = ("dropout", "recurrent_dropout")
_LAYERS: Mapping[str, tuple[str, ...]] = {
    "Dropout": ("rate",),
    "SpatialDropout1D": ("rate",),
    "SpatialDropout2D": ("rate",),
    "SpatialDropout3D": ("rate",),
    "AlphaDropout": ("rate",),
    "GaussianNoise": ("stddev",),
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "SimpleRNN": _RECURRENT,
    "LSTMCell": _RECURRENT,
    "GRUCell": _RECURRENT,
    "SimpleRNNCell": _RECURRENT,
    "ActivityRegularization": ("l1", "l2"),
}
"""The numbers of layers; `GaussianDropout` calculates with its rate where no tensor can stand."""

_OTHERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "regularizer": {
        "L1": ("l1",),
        "L2": ("l2",),
        "L1L2": ("l1", "l2"),
        "OrthogonalRegularizer": ("factor",),
    },
    "loss": {
        "BinaryCrossentropy": ("label_smoothing",),
        "CategoricalCrossentropy": ("label_smoothing",),
        "BinaryFocalCrossentropy": ("label_smoothing", "alpha", "gamma"),
        "CategoricalFocalCrossentropy": ("label_smoothing", "alpha", "gamma"),
        "Huber": ("delta",),
    },
    "schedule": {  # not the steps: TensorFlow multiplies by the inverse of a constant
        "ExponentialDecay": ("initial_learning_rate", "decay_rate"),
        "InverseTimeDecay": ("initial_learning_rate", "decay_rate"),
        "PolynomialDecay": ("initial_learning_rate", "end_learning_rate", "power"),
        "CosineDecay": ("initial_learning_rate", "alpha", "warmup_target"),
        "CosineDecayRestarts": ("initial_learning_rate", "t_mul", "m_mul", "alpha"),
        "PiecewiseConstantDecay": ("boundaries", "values"),
    },
}

_BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "Adafactor": ("clip_threshold",),
    "Adagrad": ("initial_accumulator_value",),
    "Ftrl": ("initial_accumulator_value", "l1_regularization_strength", "learning_rate_power"),
    "ScheduleFreeAdamW": ("beta_1",),
}
"""Numbers of optimizers that no argument can stand for: they are used before the first step, or by
Python, or TensorFlow folds the constant into another operation (a power, a division), whose last
bit differs. Nor can one stand for a bound of JAX's `clip`, and no engine here averages weights.
"""


@dataclass(frozen=True)
class Grouped:
    """A program's group, and the numbers that are its own, in the order of their paths."""

    key: str
    paths: tuple[Path, ...]
    numbers: tuple[float, ...]


def grouped(program: Program) -> Grouped:
    """The group of a program and its numbers."""
    paths: list[Path] = []
    numbers: list[float] = []

    def take(path: Path, value: float) -> str:
        paths.append(path)
        numbers.append(float(value))
        return "number"

    found = as_json(program)
    _without(program, found, (), take)
    train, learned = _sections(program, take)
    found["train"] = {
        "optimizer": as_plain(train.optimizer),
        **train.model_dump(
            include={"batch_size", "steps_per_epoch", "class_weight", "precision", "distribute"}
        ),
        "phases": as_plain(train.phases or []),
    }
    found["learned"] = {
        n: {**o.model_dump(exclude={"loss"}), "loss": as_plain(o.loss)}
        for n, o in sorted(learned.items())
    }
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    return Grouped(hashlib.sha256(text.encode()).hexdigest(), tuple(paths), tuple(numbers))


def sharing(trial: Trial) -> str:
    """What trials have in common that train in one program on the same examples."""
    key, fold = grouped(trial.program).key, trial.slot.fold
    return key if fold is None else f"{key}/{fold}"


def planted(program: Program, values: Mapping[Path, float]) -> Program:
    """A copy of the program with other values for the numbers that `grouped` finds."""
    copied = copy.deepcopy(program)

    def take(path: Path, value: float) -> float:
        return values[path]

    def plant(inner: Program, path: Path) -> None:
        for layer in _layers(inner):
            changed = _arguments("layer", layer.cls, layer.arguments, (*path, layer.name), take)
            object.__setattr__(layer, "arguments", changed)  # the copy is nobody's yet
        for model in inner.models:
            plant(model, (*path, model.name))

    plant(copied, ())
    train, learned = _sections(copied, take)
    return replace(copied, train=train, learned=learned)


def _without(program: Program, found: dict[str, Any], path: Path, take: Take) -> None:
    """Takes the numbers out of the layers of a program's JSON."""
    for layer in _layers(program):
        changed = _arguments("layer", layer.cls, layer.arguments, (*path, layer.name), take)
        found["layers"][layer.name]["arguments"] = as_plain(changed)
    for model in sorted(program.models, key=lambda m: m.name):
        _without(model, found["models"][model.name], (*path, model.name), take)


def _layers(program: Program) -> Sequence[Layer]:
    return sorted(program.layers, key=lambda layer: layer.name)


def _sections(program: Program, take: Take) -> tuple[Train, dict[str, Output]]:
    """The train section and how outputs are learned, with classes checked and numbers taken."""
    catalogue = known(program.plugins).catalogue
    train = program.train or Train()
    optimizer = member(catalogue, "optimizer", train.optimizer)
    path: Path = ("train", "optimizer")
    train = train.model_copy(update={"optimizer": _optimizer(catalogue, optimizer, path, take)})
    learned = dict(program.learned)
    for name, output in sorted(learned.items()):
        changes: dict[str, Any] = {}
        if output.loss is not None:
            loss = member(catalogue, "loss", output.loss)
            changes["loss"] = _value(loss, ("outputs", name, "loss"), take)
            if _free(output.weight):
                changes["weight"] = take(("outputs", name, "weight"), output.weight)
        learned[name] = output.model_copy(update=changes)
    return train, learned


def _optimizer(catalogue: Catalogue, found: Instance, path: Path, take: Take) -> Instance:
    """An optimizer; a number that is not written is taken with Keras's own default."""
    parameters = catalogue.families["optimizer"].classes[found.name]
    fixed = ("clipvalue", "ema_momentum", *_BUILT_IN.get(found.name, ()))
    arguments = dict(found.arguments)
    for name, parameter in sorted(parameters.items()):
        value = arguments.get(name, parameter.default)
        if not _continuous(parameter.kind) or name in fixed:
            continue
        at = (*path, found.name, name)
        if name == "learning_rate" and _number(value):
            arguments[name] = take(at, value)  # a variable: 1 is as good as any
        elif _free(value):
            arguments[name] = take(at, value)
        elif isinstance(value, Instance):
            arguments[name] = _value(value, at, take)
    return replace(found, arguments=arguments)


def _continuous(kind: Kind) -> bool:
    """Whether a kind is that of a number with a fraction."""
    if isinstance(kind, Union):
        return any(_continuous(k) for k in kind.kinds)
    return isinstance(kind, Float) or (isinstance(kind, Optional) and _continuous(kind.kind))


def _arguments(
    family: str, name: str, arguments: Mapping[str, Any], path: Path, take: Take
) -> dict[str, Any]:
    """A class's arguments, with its own numbers and those of the classes in them taken."""
    own = (_LAYERS if family == "layer" else _OTHERS.get(family, {})).get(name, ())
    changed: dict[str, Any] = {}
    for key, value in sorted(arguments.items()):
        at = (*path, key)
        if key in own and is_sequence(value):
            changed[key] = [take((*at, i), v) if _free(v) else v for i, v in enumerate(value)]
        elif key in own and _free(value):
            changed[key] = take(at, value)
        else:
            changed[key] = _value(value, at, take)
    return changed


def _value(value: Any, path: Path, take: Take) -> Any:
    if isinstance(value, Instance) and value.shared is None:
        at = (*path, value.name)
        return replace(
            value, arguments=_arguments(value.family, value.name, value.arguments, at, take)
        )
    if is_mapping(value):
        return {k: _value(v, (*path, str(k)), take) for k, v in value.items()}
    if is_sequence(value):
        return [_value(v, (*path, i), take) for i, v in enumerate(value)]
    return value


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _free(value: Any) -> bool:
    """Whether a value is a number that no graph depends on."""
    return _number(value) and value not in (0, 1)
