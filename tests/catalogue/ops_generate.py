"""Draws calls of an op near its sample cases: other sizes, dtypes, ranks and arguments."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from ops_parity import Call, is_plain, ours

from specc.catalogue import kinds
from specc.catalogue.define import Definition
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.ops.indexing import IndexKey
from specc.catalogue.types import BATCH, Dim, Symbol, TensorType
from specc.infer.program import Constant

TIME = Symbol("time")
SIZES: tuple[Dim, ...] = (1, 2, 3, 4, 5, 6, 8, None, TIME)
USUAL = ("float32", "float32", "float32", "float16", "int32")
DTYPES = (*USUAL, "bfloat16", "float64", "int8", "int64", "uint8", "bool", "complex64")
NEAR = ("float64", "float64", "float16", "bfloat16", "int32", "uint8", "bool")
"""What a dtype is changed to wherever it stands."""
SCARCE, FREE = 0.5, 0.75
"""Ops of which so many drawn calls are accepted are drawn nearer to their cases, or spoilt more."""
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
CONSTANTS = (
    *(2, -1, 0.5, True, False),
    *([1.0, 2.0, 3.0], [1, 0, 1], [True, False, True], [[1.0, 2.0, 3.0]], [[1, 2], [3, 4]]),
    *([1.5], [3], [0, 2]),
)
"""What stands in the place of a tensor."""
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
    """One call: near a sample case, farther off, or with one thing in it that does not belong."""
    spot = rng.random()
    rate = _accepted(definition)
    near = 0.75 if rate > SCARCE else 0.95
    call = _near(definition, rng) if spot < near else _far(definition, rng)
    spoilt = 0.45 if rate > FREE else 0.2 if rate > SCARCE else 0.05
    return _spoilt(definition, call, rng) if spot < spoilt else call


@cache
def _accepted(definition: Definition) -> float:
    """The share of calls near the sample cases and far off that the rule accepts."""
    rng = random.Random(definition.name)
    made = [d(definition, rng) for _ in range(20) for d in (_near, _far)]
    return sum(not isinstance(ours(c), Mismatch) for c in made) / len(made)


def _near(definition: Definition, rng: random.Random) -> Call:
    """A sample case, its batch, a length, a dtype or an argument changed wherever it stands."""
    base = rng.choice(definition.cases)
    inputs: list[Any] = list(base.inputs)
    arguments = dict(base.arguments)
    flat = [t for value in inputs for t in (value if isinstance(value, tuple) else (value,))]
    lengths = sorted({d for t in flat for d in t.dims if isinstance(d, int)})
    if rng.random() < 0.5:
        batch = rng.choice((None, *range(1, 65)))
        inputs = [_replaced(value, BATCH, batch) for value in inputs]
    if lengths and rng.random() < 0.4:
        old, new = rng.choice(lengths), rng.randint(1, 40)
        inputs = [_replaced(value, old, new) for value in inputs]
    if rng.random() < 0.25:
        old, new = rng.choice(flat).dtype, rng.choice(NEAR)
        inputs = [_recast(value, old, new) for value in inputs]
    if definition.arguments and definition.name != "einsum" and rng.random() < 0.3:
        argument = rng.choice(definition.arguments)
        arguments[argument.name] = draw(argument.kind, rng)
    if rng.random() < 0.1:
        inputs = _with_constant(definition, inputs, rng)
    return Call(definition.name, tuple(inputs), arguments)


def _recast(value: Any, old: str, new: str) -> Any:
    if isinstance(value, tuple):
        return tuple(_recast(v, old, new) for v in value)
    return value.cast(new) if value.dtype == old and not is_plain(value) else value


def _spoilt(definition: Definition, call: Call, rng: random.Random) -> Call:
    """A call with text in it, with an argument just outside of its range, unknown or missing."""
    inputs, arguments = list(call.inputs), dict(call.arguments)
    kinds_of = {a.name: a.kind for a in definition.arguments}
    ways = ["text", "unknown"]
    ways += ["outside"] * 3 if any(beyond(k) for k in kinds_of.values()) else []
    ways += ["missing"] if arguments else []
    match rng.choice(ways):
        case "text":
            at = rng.randrange(len(inputs))
            inputs[at] = _cast(inputs[at], "string")
        case "unknown":
            arguments["unknown_argument"] = rng.choice((0, 1, 0.5, True, "foo", [1], None))
        case "missing":
            arguments.pop(rng.choice(sorted(arguments)))
        case _:
            name = rng.choice(sorted(n for n, k in kinds_of.items() if beyond(k)))
            arguments[name] = rng.choice(beyond(kinds_of[name]))
    return Call(definition.name, tuple(inputs), arguments)


def _with_constant(definition: Definition, inputs: list[Any], rng: random.Random) -> list[Any]:
    """A number or a list in the place of a tensor, where another tensor stays."""
    places = [i for i, slot in enumerate(definition.slots) if not slot.many and i < len(inputs)]
    if len(inputs) < 2 or not places:
        return inputs
    at = rng.choice(places)
    rest = [value for i, value in enumerate(inputs) if i != at]
    if all(is_plain(value) for value in rest):
        return inputs
    return [Constant(rng.choice(CONSTANTS)) if i == at else v for i, v in enumerate(inputs)]


def _replaced(value: Any, old: Dim, new: Dim) -> Any:
    if isinstance(value, Constant):
        return value
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
    return value if is_plain(value) else value.cast(dtype)


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


def beyond(kind: kinds.Kind) -> list[Any]:
    """Values just outside of what a kind accepts; none where it has no bounds."""
    match kind:
        case kinds.Optional():
            return beyond(kind.kind)
        case kinds.Union():
            return [v for k in kind.kinds for v in beyond(k)]
        case kinds.Choice():
            return ["foo", 1.5]
        case kinds.Int():
            low = [] if kind.low is None else [kind.low - 1]
            return [*low, 0.5, "foo"]
        case kinds.Float():
            low = (
                [] if kind.low is None else [kind.low - 0.5, *([kind.low] if kind.open_low else [])]
            )
            return [*low, *([] if kind.high is None else [kind.high + 0.5]), "foo"]
        case kinds.ListOf():
            most = [] if kind.high is None else [[1] * (kind.high + 1)]
            return [*most, *([v] for v in beyond(kind.kind))]
        case _:
            return []
