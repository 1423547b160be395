"""MobileNets of another width: the rows of an application, their filters as `alpha` makes them.

Howard et al. 2017, "MobileNets", the width multiplier; the rounding is that of Keras's own
`keras/applications/mobilenet*.py`. A block of versions 2 and 3 adds what comes in to what goes out
where both have equally many channels, which the width decides too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from specc.catalogue.plain import is_list
from specc.lift.rows import Row, inserted, without

Filters = Callable[[str, int, int, int], int]
"""A convolution's name, its filters, and the channels that come in, as known and now."""


def widened(
    application: str, rows: list[Row], channels: int, asked: Mapping[str, Any]
) -> list[Row]:
    """The rows for the `alpha` and `depth_multiplier` that are asked for."""
    alpha = asked.get("alpha", 1.0)
    family = FAMILIES.get(application)
    if family is None or (alpha == 1 and asked.get("depth_multiplier", 1) == 1):
        return rows
    filters = family.filters(alpha)
    known, now = [channels], [channels]
    made: list[Row] = [rows[0]]
    deep = int(asked.get("depth_multiplier", 1))
    for name, cls, arguments, given, *rest in rows[1:]:
        first: int = given[0][-1] if is_list(given[0]) else given[0]  # of an `Add` the block's own
        was, is_ = known[first], now[first]
        changed: dict[str, Any] = {}
        if cls == "Conv2D":
            changed["filters"] = filters(name, arguments["filters"], was, is_)
            was, is_ = arguments["filters"], changed["filters"]
        elif cls == "DepthwiseConv2D" and deep != 1:
            changed["depth_multiplier"] = deep
            is_ *= deep
        known.append(was)
        now.append(is_)
        made.append([name, cls, {**arguments, **changed}, given, *rest])
    return _joined(made, now)


def _joined(rows: list[Row], channels: list[int]) -> list[Row]:
    """The rows with `Add` at the end of just those blocks that give what they take."""
    at = {row[0]: i for i, row in enumerate(rows)}
    for name, end in reversed(at.items()):
        prefix, project, _ = name.lower().partition("project_bn")
        if not project:
            continue
        prefix = name[: len(prefix)]
        start = at.get(f"{prefix}expand", at[f"{prefix}depthwise"])
        first: int = rows[start][3][0]
        strides = rows[at[f"{prefix}depthwise"]][2].get("strides", [1, 1])
        adds = strides == [1, 1] and channels[first] == channels[end]
        added = f"{prefix}add" in at
        if adds and not added:
            rows = inserted(rows, end + 1, [f"{prefix}add", "Add", {}, [[first, end]]])
        elif added and not adds:
            rows = without(rows, f"{prefix}add", end)
    return rows


def _round(value: float) -> int:
    """The nearest multiple of 8, at least 8, and no more than a tenth below."""
    near = max(8, int(value + 4) // 8 * 8)
    return near + 8 if near < 0.9 * value else near


def _first(alpha: float) -> Filters:
    def filters(name: str, filters: int, was: int, is_: int) -> int:
        return filters if name == "conv_preds" else int(filters * alpha)

    return filters


def _second(alpha: float) -> Filters:
    def filters(name: str, filters: int, was: int, is_: int) -> int:
        if name.endswith("_expand"):
            return filters // was * is_
        if name.endswith("_project"):
            return _round(int(filters * alpha))
        return _round(filters * alpha) if name == "Conv1" or alpha > 1 else filters

    return filters


def _third(alpha: float) -> Filters:
    squeezed: dict[str, int] = {}

    def filters(name: str, filters: int, was: int, is_: int) -> int:
        if name.endswith("_expand"):
            return _round(is_ * (filters / was))
        if name.endswith("_project"):
            return _round(filters * alpha)
        if name.endswith("squeeze_excite_conv"):
            squeezed[f"{name}_1"] = is_
            return _round(is_ * 0.25)
        if name in squeezed:
            return squeezed[name]
        if name == "conv_1":
            return _round(is_ * 6)
        return _round(filters * alpha) if name == "conv_2" and alpha > 1 else filters

    return filters


@dataclass(frozen=True)
class Family:
    """How a version of MobileNet widens."""

    filters: Callable[[float], Filters]
    least: float = 0.0
    """The smallest `alpha` that leaves a filter; 0 itself leaves none."""


FAMILIES = {
    "MobileNet": Family(_first, 1 / 32),
    "MobileNetV2": Family(_second),
    "MobileNetV3Large": Family(_third),
    "MobileNetV3Small": Family(_third),
}
"""The applications that take `alpha`."""
