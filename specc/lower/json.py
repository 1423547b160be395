"""Program -> JSON: what was compiled, for `program.json`, other tools, and the hash of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from specc.catalogue.define import Weight
from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_mapping, is_sequence
from specc.catalogue.types import TensorType
from specc.expand.outside import Outside
from specc.infer.program import Argument, Constant, Layer, Node, Program, Tensor, Variable


def as_json(program: Program) -> dict[str, Any]:
    """The program as plain values; nothing of the spec's spelling or order is left in it.

    Nodes are sorted by name and refer to each other by it, so that two specs that mean the same
    model give the same text.
    """
    return {
        "name": program.name,
        "inputs": {n: _type(t.type) for n, t in sorted(program.inputs.items())},
        "outputs": {n: _reference(t) for n, t in sorted(program.outputs.items())},
        "nodes": {n.name: _node(n) for n in sorted(program.nodes, key=lambda n: n.name)},
        "layers": {x.name: _layer(x) for x in sorted(_layers(program), key=lambda x: x.name)},
        "models": {m.name: as_json(m) for m in sorted(program.models, key=lambda m: m.name)},
        "trainable": program.trainable,
        "parameters": program.parameters,
        "trainable_parameters": program.trainable_parameters,
        **({} if program.outside is None else {"outside": _outside(program.outside)}),
        **_learning(program),
    }


def digest(program: Program) -> str:
    """A hash of what a program means: reformatting or reordering its spec keeps it."""
    text = json.dumps(as_json(program), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _outside(outside: Outside) -> dict[str, Any]:
    """Where a model comes from, and a hash of the file; not where that file is."""
    taken = {t.name: [t.layer, t.call, t.index] for t in outside.outputs}
    name = {"application": outside.name} if outside.application else {}
    return {**name, **as_plain(outside.shown), "digest": outside.digest, "taken": taken}


def _learning(program: Program) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in ("samples", "learned"):
        values: Mapping[str, Any] = getattr(program, name)
        if values:
            found[name] = {k: as_plain(v) for k, v in sorted(values.items())}
    if program.targets:
        found["targets"] = {n: _reference(t) for n, t in sorted(program.targets.items())}
    if program.losses:
        found["losses"] = {
            n: {
                "class": x.cls,
                "arguments": as_plain(x.arguments),
                "tensors": {
                    k: v if isinstance(v, int | float) else _argument(v)
                    for k, v in x.tensors.items()
                },
                "weight": x.weight,
            }
            for n, x in sorted(program.losses.items())
        }
    for name in ("data", "train"):
        section = getattr(program, name)
        if section is not None:
            found[name] = as_plain(section)
    return found


def _layers(program: Program) -> list[Layer]:
    return list(dict.fromkeys(n.operator for n in program.nodes if isinstance(n.operator, Layer)))


def _node(node: Node) -> dict[str, Any]:
    operator = node.operator
    found: dict[str, Any] = {"kind": node.kind}
    if isinstance(operator, Variable):
        found |= {
            "initializer": as_plain(operator.initializer),
            "trainable": operator.trainable,
            "per_example": operator.per_example,
        }
    elif operator is not None:
        found["of"] = operator.name
    if node.inputs:
        found["inputs"] = {k: _argument(v) for k, v in sorted(node.inputs.items())}
    if node.call:
        found["call"] = as_plain(node.call)
    listed = [_type(t.type) for t in node.outputs]
    found["outputs"] = listed
    if isinstance(operator, Program):
        found["outputs"] = dict(sorted(zip(operator.outputs, listed, strict=True)))
    return found


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "class": layer.cls,
        "arguments": as_plain(layer.arguments),
        "weights": [_weight(w) for w in layer.weights],
    }


def _weight(weight: Weight) -> dict[str, Any]:
    return {"name": weight.name, "shape": list(weight.shape), "trainable": weight.trainable}


def _argument(value: Argument) -> Any:
    if isinstance(value, tuple):
        return [_argument(v) for v in value]
    return {"constant": value.value} if isinstance(value, Constant) else _reference(value)


def _reference(tensor: Tensor) -> str:
    """A tensor by its node; one of several of a nested model by its output's name."""
    operator = tensor.node.operator
    if isinstance(operator, Program) and len(operator.outputs) > 1:
        return f"{tensor.node.name}:{list(operator.outputs)[tensor.index]}"
    return tensor.name


def _type(type_: TensorType) -> dict[str, Any]:
    return {"shape": list(type_.dims), "dtype": type_.dtype}


def as_plain(value: Any) -> Any:
    """Checked arguments, or a section, as plain values; a class is written as its key."""
    if isinstance(value, Instance):
        if value.shared is not None:
            return {"use": value.shared}
        return {value.name: as_plain(value.arguments)}
    if isinstance(value, BaseModel):
        return as_plain(value.model_dump(by_alias=True))
    if is_mapping(value):
        return {str(k): as_plain(v) for k, v in value.items()}
    if is_sequence(value):
        return [as_plain(v) for v in value]
    return value
