"""Texts of a picture: shapes, counts, and the arguments that tell one layer from another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from specc.catalogue.kinds import Instance
from specc.catalogue.types import TensorType

LONGEST = 40
"""Characters of one text from a spec; the rest is cut off."""

WIDTH = 34
"""Characters of a line of arguments."""

MOST = 6
"""Arguments that a box shows."""

FIRST = (
    "units", "filters", "depth_multiplier", "kernel_size", "pool_size", "size", "input_dim",
    "output_dim", "num_heads", "key_dim", "layer", "cell", "activation", "strides",
    "dilation_rate", "padding", "rate",
)  # fmt: skip
"""The most telling arguments, in the order in which they are shown."""

HIDDEN = frozenset(
    {
        "name", "trainable", "seed", "data_format", "epsilon", "momentum", "autocast", "unroll",
        "recurrent_activation", "backward_layer", "cells",
    }
)  # fmt: skip
SUFFIXES = ("_initializer", "_regularizer", "_constraint")
TIMES = frozenset({"kernel_size", "pool_size", "strides", "size", "dilation_rate", "target_shape"})
"""Arguments that are lengths, one for each axis: `3×3`."""

SHORT = {"kernel_size": "kernel", "pool_size": "pool", "num_heads": "heads", "layer": ""}
BARE = frozenset({"activation", "layer", "cell"})
"""Arguments whose value says enough without a name."""


def shape(type_: TensorType, usual: str = "float32") -> str:
    """A tensor without its batch, `28×28×1`; with the dtype where it is not the usual one."""
    dims = type_.dims[1:] if type_.batched else type_.dims
    text = "×".join("?" if d is None else clipped(str(d)) for d in dims) or "scalar"
    return text if type_.dtype in (usual, "float", "int") else f"{text} {type_.dtype}"


def merged(texts: Iterable[str]) -> str:
    """The texts of several turns as one: `64, 32, 16`, or `64, 32, … 2`."""
    listed = list(texts)
    unique = list(dict.fromkeys(listed))
    if len(unique) == 1:
        return unique[0]
    short = listed if len(listed) <= 4 else unique
    if len(short) <= 4 and sum(map(len, short)) <= WIDTH:
        return ", ".join(short)
    return f"{unique[0]}, {unique[1]}, … {listed[-1]}" if len(unique) > 2 else ", ".join(unique)


def shapes(texts: Iterable[str]) -> str:
    """The shapes of several turns as one; one that stays the same is said once."""
    return merged(dict.fromkeys(texts))


def counts(numbers: Sequence[int], what: str) -> str:
    """The counts of several turns: `160 to 4,640 params`."""
    low, high = min(numbers), max(numbers)
    return count(high, what) if low == high else f"{low:,} to {count(high, what)}"


def clipped(text: str) -> str:
    """A text without control characters, cut where it is too long for a box."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def count(number: int, what: str) -> str:
    """`1 param`, `1,280 params`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def operations(flops: int) -> str:
    """`1.2 MFLOPs`."""
    for unit, scale in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if flops >= scale:
            return f"{flops / scale:.3g} {unit}FLOPs"
    return f"{flops} FLOPs"


def arguments(turns: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The telling arguments of a call, as lines. What differs between turns is listed."""
    keys = list(dict.fromkeys(k for turn in turns for k in turn if not _hidden(k)))
    keys.sort(key=lambda k: FIRST.index(k) if k in FIRST else len(FIRST))
    found: list[str] = []
    for key in keys:
        values = [turn.get(key) for turn in turns]
        if all(_plain(key, v) for v in values):
            continue
        text = merged("–" if v is None else _value(key, v) for v in values)
        found.append(_named(key, text))
    more = len(found) - MOST
    if more > 1:
        found = [*found[:MOST], f"{more} more"]
    return tuple(wrapped(found))


def wrapped(parts: Iterable[str]) -> list[str]:
    """Parts with ` · ` between them, as lines of a limited width."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + 3 + len(part) <= WIDTH:
            lines[-1] += f" · {part}"
        else:
            lines.append(part)
    return lines


def value(given: Any) -> str:
    """A value as a spec writes it, short."""
    if isinstance(given, Instance):
        return _instance(given)
    if given is None:
        return "null"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, float):
        return f"{given:g}" if math.isfinite(given) else str(given)
    if isinstance(given, Mapping):
        items = cast("Mapping[str, Any]", given).items()
        return clipped(", ".join(f"{k} {value(v)}" for k, v in list(items)[:4])) or "{}"
    if isinstance(given, list | tuple):
        items = cast("Sequence[Any]", given)
        if len(items) > 6:
            return f"[{len(items)} values]"
        return clipped("[" + ", ".join(map(value, items)) + "]")
    return clipped(str(given))


def _instance(given: Instance) -> str:
    shown = {k: v for k, v in given.arguments.items() if not _hidden(k) and not _plain(k, v)}
    inner = ", ".join(_named(k, _value(k, v)) for k, v in list(shown.items())[:2])
    text = f"{given.name}({inner})" if inner else given.name
    if given.shared is not None and given.shared != given.name:
        text = f"{given.shared}: {text}"
    return clipped(text)


def _hidden(key: str) -> bool:
    return key in HIDDEN or key.endswith(SUFFIXES)


def _plain(key: str, given: Any) -> bool:
    """Whether it is what everybody expects, and not worth a word."""
    if key in ("strides", "dilation_rate"):
        axes = cast("tuple[Any, ...]", given) if isinstance(given, tuple) else (given,)
        return all(axis in (None, 1) for axis in axes)
    if key == "activation":
        return given in (None, "linear")
    if key == "padding":
        return given in (None, "valid")
    return given is None or (given == 0 and "dropout" in key)


def _value(key: str, given: Any) -> str:
    if key in TIMES and isinstance(given, list | tuple):
        return clipped("×".join(map(value, cast("Sequence[Any]", given))))
    return value(given)


def _named(key: str, text: str) -> str:
    if key in BARE:
        return text
    if text == "true":
        return clipped(key)
    return f"{clipped(SHORT.get(key, key))} {text}"
