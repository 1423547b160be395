"""Draws calls of an op near its sample cases: other sizes, dtypes, ranks and arguments."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ops_parity import Call

from specc.catalogue import kinds
from specc.catalogue.define import Definition
from specc.catalogue.ops.indexing import IndexKey
from specc.catalogue.types import BATCH, Dim, Symbol, TensorType

TIME = Symbol("time")
SIZES: tuple[Dim, ...] = (1, 2, 3, 4, 5, 6, 8, None, TIME)
USUAL = ("float32", "float32", "float32", "float16", "int32")
DTYPES = (*USUAL, "bfloat16", "float64", "int8", "int64", "uint8", "bool", "complex64")
KEYS = (
    ":, 0",
    "..., -1",
    ":, 1:3",
    ":, newaxis",
    "0",
    ":, ::2, ...",
    "1:",
    "7",
    ":, -9",
    "..., ...",
)
EQUATIONS = (
    ("bij,bjk->bik", 2),
    ("bij,jk->bik", 2),
    ("...i,ij->...j", 2),
    ("bij->bji", 1),
    ("bij->b", 1),
    ("bi,bi->b", 2),
    ("bi,bj", 2),
    ("b...->b...", 1),
    ("bii->bi", 1),
    ("bi,ij,jk->bk", 3),
    ("bi->bz", 1),
    ("bi,bi->bb", 2),
)


def calls(definition: Definition, count: int, seed: int) -> Iterator[Call]:
    """`count` calls, always the same for one seed."""
    return islice(endless(definition, seed), count)


def endless(definition: Definition, seed: int | str) -> Iterator[Call]:
    """Calls without end, always the same for one seed."""
    rng = random.Random(f"{definition.name} {seed}")
    while True:
        yield drawn(definition, rng)


def drawn(definition: Definition, rng: random.Random) -> Call:
    """One call: near a sample case, where all tensors change alike, or farther off."""
    return _near(definition, rng) if rng.random() < 0.3 else _far(definition, rng)


def _near(definition: Definition, rng: random.Random) -> Call:
    """A sample case with one length changed wherever it stands, or one argument, or the dtype."""
    base = rng.choice(definition.cases)
    inputs: list[Any] = list(base.inputs)
    arguments = dict(base.arguments)
    flat = [t for value in inputs for t in (value if isinstance(value, tuple) else (value,))]
    lengths = sorted({d for t in flat for d in t.dims if isinstance(d, int)})
    if lengths and rng.random() < 0.7:
        old, new = rng.choice(lengths), rng.randint(1, 24)
        inputs = [_replaced(value, old, new) for value in inputs]
    if rng.random() < 0.3:
        dtype = rng.choice(USUAL)
        inputs = [_cast(value, dtype) for value in inputs]
    if definition.arguments and rng.random() < 0.5:
        argument = rng.choice(definition.arguments)
        if definition.name != "einsum":
            arguments[argument.name] = draw(argument.kind, rng)
    return Call(definition.name, tuple(inputs), arguments)


def _replaced(value: Any, old: int, new: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_replaced(v, old, new) for v in value)
    return TensorType(tuple(new if d == old else d for d in value.dims), value.dtype)


def _far(definition: Definition, rng: random.Random) -> Call:
    base = rng.choice(definition.cases)
    inputs = [_changed(value, rng) for value in base.inputs]
    flat = [t for value in inputs for t in (value if isinstance(value, tuple) else (value,))]
    if len(flat) > 1 and rng.random() < 0.5:
        dtype = rng.choice(flat).dtype
        if dtype not in ("int", "float"):
            inputs = [_cast(value, dtype) for value in inputs]
    arguments = dict(base.arguments)
    for argument in definition.arguments:
        if rng.random() < (0.5 if argument.name in arguments else 0.25):
            arguments[argument.name] = draw(argument.kind, rng)
    if definition.name == "einsum":
        arguments["subscripts"], operands = rng.choice(EQUATIONS)
        given = (*inputs[0], *inputs[0], *inputs[0])
        inputs = [given[:operands]]
    return Call(definition.name, tuple(inputs), arguments)


def _cast(value: Any, dtype: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_cast(v, dtype) for v in value)
    return value if value.dtype in ("int", "float") else value.cast(dtype)


def _changed(value: Any, rng: random.Random) -> Any:
    if isinstance(value, tuple):
        changed = tuple(_changed(v, rng) for v in value)
        return changed if rng.random() < 0.7 else (changed[0],) * len(changed)
    chance = rng.random()
    if chance < 0.35:
        return value
    dims = list(value.dims)
    if dims and chance < 0.75:
        for i in range(len(dims)):
            if (i or dims[0] != BATCH or rng.random() < 0.2) and rng.random() < 0.4:
                dims[i] = rng.choice(SIZES)
    elif chance < 0.85:
        rank = rng.randint(0, 5)
        dims = [BATCH if i == 0 and rng.random() < 0.7 else rng.choice(SIZES) for i in range(rank)]
    weak = value.dtype in ("int", "float")
    keep = weak or rng.random() < 0.7
    return TensorType(dims if not weak else value.dims, value.dtype if keep else rng.choice(DTYPES))


def draw(kind: kinds.Kind, rng: random.Random) -> Any:
    """A value that the kind accepts."""
    match kind:
        case kinds.Optional():
            return None if rng.random() < 0.3 else draw(kind.kind, rng)
        case kinds.Union():
            return draw(rng.choice(kind.kinds), rng)
        case kinds.Bool():
            return rng.random() < 0.5
        case kinds.Choice():
            return rng.choice(kind.choices)
        case kinds.Int():
            low = -4 if kind.low is None or kind.low < -4 else kind.low
            high = 6 if kind.high is None or kind.high > 6 else kind.high
            return rng.randint(low, max(low, high))
        case kinds.Float():
            low = -2.0 if kind.low is None else kind.low
            high = low + 4 if kind.high is None else kind.high
            return round(rng.uniform(low, high), 3) + (0.001 if kind.open_low else 0)
        case kinds.ListOf():
            most = 4 if kind.high is None else min(kind.high, 4)
            return [draw(kind.kind, rng) for _ in range(rng.randint(min(kind.low, most), most))]
        case IndexKey():
            return rng.choice(KEYS)
        case _:
            return "i->i"
