"""Draws cases: the shapes of a layer's own cases changed, its arguments from their kinds' ranges.

Most values are inside the range, and some just outside it, so that refusals are compared too.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from specc.catalogue import kinds
from specc.catalogue.catalogue import builtin
from specc.catalogue.define import Case, Definition
from specc.catalogue.types import BATCH, Dim, TensorType

LENGTHS: tuple[Dim, ...] = (None, 1, 2, 3, 4, 6, 8, 16)
"""What a dimension is changed to."""

DTYPES = ("float16", "float64", "int32", "int64", "uint8", "bool", "string")
"""What a dtype is changed to."""

_NEVER = object()


def value(kind: kinds.Kind, rng: Random) -> Any:
    """A value for an argument of a kind, now and then just outside."""
    match kind:
        case kinds.Optional():
            return None if rng.random() < 0.2 else value(kind.kind, rng)
        case kinds.Union():
            return value(rng.choice(kind.kinds), rng)
        case kinds.Bool():
            return rng.random() < 0.5
        case kinds.Choice():
            return "foo" if rng.random() < 0.15 else rng.choice(kind.choices)
        case kinds.Int():
            low = -4 if kind.low is None or kind.low < -4 else kind.low
            inside = rng.choice((low, low + 1, low + 2, low + 3, low + 5, low + 7))
            return low - 1 if rng.random() < 0.12 else inside
        case kinds.Float():
            low = -1.0 if kind.low is None else kind.low
            high = low + 2.0 if kind.high is None else kind.high
            spot = rng.random()
            if spot < 0.1:
                return low - 0.5
            if spot < 0.2:
                return high + 0.5
            return rng.choice((low, high, round(rng.uniform(low, high), 2)))
        case kinds.ListOf():
            count = rng.randint(max(kind.low, 1), min(kind.high or 3, max(kind.low, 1) + 1))
            return [value(kind.kind, rng) for _ in range(count)]
        case kinds.PerAxis():
            if rng.random() < 0.5:
                return value(kind.kind, rng)
            count = kind.axes + (rng.random() < 0.1)
            return [value(kind.kind, rng) for _ in range(count)]
        case _:
            return _NEVER


def _dims(dims: tuple[Dim, ...], rng: Random) -> tuple[Dim, ...]:
    """A shape changed in one way: a length, or the number of dimensions."""
    result = list(dims)
    spot = rng.random()
    if spot < 0.1 and len(result) > 1:
        result.pop(rng.randrange(1, len(result)))
    elif spot < 0.2:
        result.insert(rng.randrange(1, len(result) + 1), rng.choice(LENGTHS))
    elif len(result) > 1:
        result[rng.randrange(1, len(result))] = rng.choice(LENGTHS)
    return tuple(result)


def _tensor(tensor: Any, rng: Random, chance: float) -> Any:
    if tensor is None:
        return None
    if isinstance(tensor, tuple):
        several = [_tensor(t, rng, chance) for t in tensor]
        if rng.random() < 0.03 and several:
            several.append(several[-1])
        if rng.random() < 0.03 and len(several) > 1:
            several.pop()
        return tuple(several)
    dims = _dims(tensor.dims, rng) if rng.random() < chance else tensor.dims
    dtype = rng.choice(DTYPES) if rng.random() < 0.05 else tensor.dtype
    return TensorType(dims, dtype)


def _together(inputs: tuple[Any, ...], rng: Random) -> tuple[Any, ...]:
    """All tensors with one axis changed alike, so that they still fit one another."""
    axis = rng.randint(1, 3)
    length = rng.choice(LENGTHS)

    def change(tensor: Any) -> Any:
        if tensor is None:
            return None
        if isinstance(tensor, tuple):
            return tuple(change(t) for t in tensor)
        if axis >= tensor.rank:
            return tensor
        return TensorType((*tensor.dims[:axis], length, *tensor.dims[axis + 1 :]), tensor.dtype)

    return tuple(change(i) for i in inputs)


def cases(definition: Definition, rng: Random) -> Iterator[Case]:
    """Cases without end."""
    drawn = {a.name: a.kind for a in definition.arguments}
    signature = builtin().families["layer"].classes.get(definition.name, {})
    drawn = {n: p.kind for n, p in signature.items() if n not in drawn} | drawn
    while True:
        case = rng.choice(definition.cases)
        arguments = dict(case.arguments)
        for name, kind in drawn.items():
            chance = 0.25 if name in arguments else 0.1
            if rng.random() < chance:
                new = value(kind, rng)
                if new is not _NEVER:
                    arguments[name] = new
        if rng.random() < 0.02:
            arguments["unknown_argument"] = 1
        if rng.random() < 0.02 and arguments:
            arguments.pop(rng.choice(sorted(arguments)))
        several = len(case.inputs) > 1 or isinstance(case.inputs[0], tuple)
        inputs = case.inputs
        if several and rng.random() < 0.4:
            inputs = _together(inputs, rng)
        chance = 0.15 if several else 0.5
        yield Case(tuple(_tensor(t, rng, chance) for t in inputs), arguments)


def show(name: str, case: Case) -> str:
    """A case on one line."""

    def text(value: Any) -> str:
        if isinstance(value, tuple):
            return "[" + ", ".join(map(text, value)) + "]"
        if value is None:
            return "-"
        dims = "(" + ", ".join("B" if d == BATCH else str(d) for d in value.dims) + ")"
        return dims if value.dtype == "float32" else f"{dims}:{value.dtype}"

    return f"{name} {' '.join(map(text, case.inputs))} {dict(case.arguments)}"
