"""Draws cases: the shapes of a layer's own cases changed, its arguments from their kinds' ranges.

Most values are inside the range, and a share of them, `outside`, just outside it, so that refusals
are compared too. All is drawn from one `Random`: of a seed, or hypothesis's own, which shrinks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from ruling import ruling

from specc.catalogue import kinds
from specc.catalogue.catalogue import builtin
from specc.catalogue.define import Case, Definition
from specc.catalogue.mismatch import Mismatch
from specc.catalogue.types import BATCH, Dim, TensorType

LENGTHS: tuple[Dim, ...] = (None, *range(1, 17), 24, 32)
"""What a dimension is changed to."""

DTYPES = ("float16", "float64", "int32", "int64", "uint8", "bool", "string")
"""What a dtype is changed to."""

POLICIES = ("float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16")
"""What every layer's `dtype` is."""

OUTSIDE = 0.12
"""The usual share of values just outside of what an argument may be."""

SPOILS = (
    ("text", None),
    ("unknown_argument", 1),
    ("name", "a/b"),
    ("dtype", "float31"),
    ("activity_regularizer", "foo"),
    ("activity_regularizer", {"L3": {}}),
    ("dtype", "float12"),
)
"""What is wrong with a spoilt case."""

SCARCE, FREE = 0.35, 0.7
"""Layers of which so many changed cases are accepted are changed less, or spoilt more."""

_NEVER = object()


def value(kind: kinds.Kind, rng: Random, outside: float = OUTSIDE) -> Any:
    """A value for an argument of a kind, now and then just outside."""
    out = rng.random() < outside
    match kind:
        case kinds.Optional():
            return None if rng.random() < 0.2 else value(kind.kind, rng, outside)
        case kinds.Union():
            return value(rng.choice(kind.kinds), rng, outside)
        case kinds.Bool():
            return rng.random() < 0.5
        case kinds.Choice():
            return "foo" if out else rng.choice(kind.choices)
        case kinds.Named():
            return "foo" if out else _named(kind.family, rng)
        case kinds.Int():
            low = -4 if kind.low is None or kind.low < -4 else kind.low
            return low - 1 if out else low + rng.choice((0, 1, 2, 3, 5, 7))
        case kinds.Float():
            low = -1.0 if kind.low is None else kind.low
            high = low + 2.0 if kind.high is None else kind.high
            if out:
                return low - 0.5 if rng.random() < 0.5 else high + 0.5
            return rng.choice((low, high, round(rng.uniform(low, high), 2)))
        case kinds.ListOf():
            count = rng.randint(max(kind.low, 1), min(kind.high or 3, max(kind.low, 1) + 1))
            drawn = [value(kind.kind, rng, outside) for _ in range(count)]
            return _NEVER if _NEVER in drawn else drawn
        case kinds.PerAxis():
            if rng.random() < 0.5:
                return value(kind.kind, rng, outside)
            count = kind.axes + (rng.random() < outside)
            return [value(kind.kind, rng, outside) for _ in range(count)]
        case kinds.Numbers():
            return rng.choice((0.5, -1.0, [0.5], [1.0, 2.0, 3.0]))
        case _:
            return _NEVER


def _named(family: str, rng: Random) -> Any:
    """A member of a family that needs no arguments, by its name or as a class."""
    table = builtin().families[family]
    classes = [n for n, a in table.classes.items() if not any(p.required for p in a.values())]
    if family == "activation" or rng.random() < 0.5:
        return rng.choice([*table.names, *(classes if family == "activation" else ())])
    return {rng.choice(classes): {}}


def _dims(dims: tuple[Dim, ...], rng: Random) -> tuple[Dim, ...]:
    """A shape changed in one way: a length, one dimension more or less, or any rank to 5."""
    result = list(dims)
    spot = rng.random()
    if spot < 0.05:
        return (BATCH, *(rng.choice(LENGTHS) for _ in range(rng.randint(0, 4))))
    if spot < 0.12 and len(result) > 1:
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


def _base(rng: Random, outside: float) -> Iterator[tuple[str, Any]]:
    """Arguments that every layer takes."""
    if rng.random() < 0.1:
        yield "dtype", "float31" if rng.random() < outside else rng.choice(POLICIES)
    if rng.random() < 0.05:
        yield "name", "a/b" if rng.random() < outside else f"a_{rng.randint(1, 99)}"
    if rng.random() < 0.03:
        yield "activity_regularizer", value(kinds.Named("regularizer"), rng, outside)


def drawn(definition: Definition, rng: Random, outside: float = OUTSIDE) -> Case:
    """One case; of layers that take nearly everything more are spoilt, of choosy ones fewer."""
    rate = _accepted(definition)
    calm = rng.random() < (0.1 if rate > SCARCE else 0.6)
    made = _changed(definition, rng, outside / 4 if calm else outside, 0.3 if calm else 1.0)
    spoilt = 0.25 if rate > FREE else 0.05 if rate > SCARCE else 0.0
    return _spoilt(made, rng) if rng.random() < spoilt else made


@cache
def _accepted(definition: Definition) -> float:
    """The share of changed cases that the rule accepts."""
    rng = Random(definition.name)
    return sum(takes(definition, _changed(definition, rng, OUTSIDE, 1.0)) for _ in range(60)) / 60


def takes(definition: Definition, made: Case) -> bool:
    """Whether specc accepts a case."""
    try:
        ruling(definition, made)
    except Mismatch:
        return False
    return True


def _spoilt(made: Case, rng: Random) -> Case:
    """A case with something that no layer takes, or with text."""
    way, value = rng.choice(SPOILS)
    if way == "text":
        return Case((text(made.inputs[0]), *made.inputs[1:]), made.arguments)
    return Case(made.inputs, {**made.arguments, way: value})


def text(value: Any) -> Any:
    """Tensors of text of the same shapes."""
    if isinstance(value, tuple):
        return tuple(map(text, value))
    return None if value is None else value.cast("string")


def _changed(definition: Definition, rng: Random, outside: float, much: float) -> Case:
    """A case of the layer's own, a share of it changed."""
    kinds_of = {a.name: a.kind for a in definition.arguments}
    signature = builtin().families["layer"].classes.get(definition.name, {})
    kinds_of = {n: p.kind for n, p in signature.items() if n not in kinds_of} | kinds_of
    case = rng.choice(definition.cases)
    arguments = dict(case.arguments)
    for name, kind in kinds_of.items():
        chance = much * (0.25 if name in arguments else 0.1)
        if rng.random() < chance:
            new = value(kind, rng, outside)
            if new is not _NEVER:
                arguments[name] = new
    for name, new in _base(rng, outside):
        arguments.setdefault(name, new)
    if rng.random() < 0.02 * much:
        arguments["unknown_argument"] = 1
    if rng.random() < 0.02 * much and arguments:
        arguments.pop(rng.choice(sorted(arguments)))
    several = len(case.inputs) > 1 or isinstance(case.inputs[0], tuple)  # pyright: ignore[reportGeneralTypeIssues]
    inputs = case.inputs
    if several and rng.random() < 0.4 * much:
        inputs = _together(inputs, rng)
    chance = 0.15 * much if several else 0.5
    first = 0.5 if any(isinstance(i, tuple) for i in inputs[1:]) else chance  # beside its states
    made = [_tensor(t, rng, chance if at else first) for at, t in enumerate(inputs)]
    return Case(tuple(made), arguments)


def cases(definition: Definition, rng: Random, outside: float = OUTSIDE) -> Iterator[Case]:
    """Cases without end."""
    while True:
        yield drawn(definition, rng, outside)


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
