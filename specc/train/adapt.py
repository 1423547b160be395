"""Layers that learn from data before training: adapted on the training part, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from specc.data.feed import Part
from specc.data.stream import Stream
from specc.infer.program import Layer, Program
from specc.lower.instances import keras
from specc.lower.keras import Lowered
from specc.train.plan import Plan

PIECE = 4096
"""How many examples of a stream are learned from at once."""

_STATE = {
    "Normalization": ("mean", "variance"),
    "Discretization": ("bin_boundaries",),
    "IntegerLookup": ("vocabulary",),
    "StringLookup": ("vocabulary",),
    "TextVectorization": ("vocabulary",),
}
"""The classes that adapt, and the arguments that give what they would learn."""


def adapting(program: Program) -> Iterator[tuple[Layer, tuple[Program, ...]]]:
    """Layers that are not told what they learn, in an order in which they can: with the models that
    each stands in, outermost first. What a model from outside has learned is in its weights.
    """
    seen: set[Layer | Program] = set()
    for node in program.nodes:
        operator = node.operator
        if operator is None or not isinstance(operator, Layer | Program) or operator in seen:
            continue
        seen.add(operator)
        if isinstance(operator, Layer):
            wanted = _STATE.get(operator.cls)
            if wanted and all(operator.arguments.get(a) is None for a in wanted):
                yield operator, ()
        elif operator.outside is None:
            for layer, models in adapting(operator):
                yield layer, (operator, *models)


def adapt(program: Program, whole: Lowered, plan: Plan, part: Part | Stream) -> None:
    """Adapts every such layer on a part of the data, all that precedes it applied.

    A layer that is called several times learns from all calls. A stream is read once for each.
    """
    size = plan.batches(part.count)
    for layer, models in adapting(program):
        if isinstance(part, Part):
            x = plan.x(part.inputs, part.count)
            _learn(whole.objects[layer], _seen(whole, layer, models, x, size))
        else:
            pieces = part.batches(PIECE, seed=None, epoch=0)
            _learn(
                whole.objects[layer],
                (
                    values
                    for piece in pieces
                    for values in _seen(
                        whole, layer, models, plan.x(piece.inputs, piece.count), size
                    )
                ),
            )


def _seen(
    whole: Lowered, layer: Layer, models: Sequence[Program], x: Mapping[str, Any], batch: int
) -> list[Any]:
    """What each call of a layer is given, (examples, …), for the inputs by name."""
    outermost, given = whole.model, [dict(x)]
    for inner in (*models, layer):
        made = whole.objects[inner]
        given = [
            values
            for fed in given
            for tensors in _calls(outermost, made)
            for values in [_values(outermost, tensors, fed, batch)]
        ]
        outermost = made
        if isinstance(inner, Program):
            given = [_named(inner, made, values) for values in given]
    return [next(iter(values.values())) for values in given]


def _calls(model: Any, made: Any) -> list[dict[str, Any]]:
    """The tensors that a layer or model is called on inside a model, for each call, by place."""
    inside = {id(n) for nodes in model._nodes_by_depth.values() for n in nodes}
    calls = [n for n in made._inbound_nodes if id(n) in inside]
    return [{str(i): t for i, t in enumerate(n.input_tensors)} for n in calls]


def _named(program: Program, made: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names of a nested model's inputs: Keras lists them in the model's order."""
    names = [t.name for t in made.inputs]
    return dict(zip(names, values.values(), strict=True))


def _values(
    model: Any, tensors: Mapping[str, Any], given: Mapping[str, Any], batch: int
) -> dict[str, Any]:
    """The values of tensors inside a model; those of its own inputs are the given ones."""
    import numpy as np

    k: Any = keras()
    own = {id(t): given[t.name] for t in model.inputs if t.name in given}
    found = {n: own[id(t)] for n, t in tensors.items() if id(t) in own}
    rest = {n: t for n, t in tensors.items() if n not in found}
    if rest:
        part = k.Model(model.inputs, rest)
        fed = [given[t.name] for t in model.inputs]
        said = [
            part([_tensor(v[i : i + batch]) for v in fed], training=False)
            for i in range(0, len(fed[0]), batch)
        ]
        for name in rest:
            found[name] = np.concatenate([k.ops.convert_to_numpy(s[name]) for s in said])
    return {n: found[n] for n in tensors}


def _tensor(values: Any) -> Any:
    """An array as a layer takes it; text is TensorFlow's on every backend."""
    if values.dtype.kind not in "USO":
        return keras().ops.convert_to_tensor(values)
    tf: Any = import_module("tensorflow")
    return tf.constant(values.astype(str))


def _learn(layer: Any, values: Sequence[Any] | Iterator[Any]) -> None:
    """Adapts on all of it, or piece by piece."""
    import numpy as np

    if isinstance(values, Sequence):
        data = np.concatenate(values) if len(values) > 1 else values[0]
        layer.adapt(data.astype(object) if data.dtype.kind in "US" else data)
    else:
        layer.adapt(_tensor(v) for v in values)
