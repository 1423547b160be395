"""A layout: which axis of the mesh each dimension of a weight is spread over, by weights' paths.

Keras asks a pattern for the whole of a path (`re.fullmatch`), and a weight that none is of stays
whole on every device, without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specc.train.weight_paths import Weights


def layout_faults(
    layout: Mapping[str, Sequence[str | None]], mesh: Mapping[str, int], weights: Weights
) -> Iterator[tuple[str, str, str]]:
    """Each pattern that is wrong, with what is wrong and what would help.

    One that is of no weight, a weight that two patterns are of, and a dimension that does not
    divide among the devices of its axis.
    """
    taken: dict[str, str] = {}
    paths = list(dict.fromkeys(path for path, _ in weights.shapes))
    for pattern, axes in layout.items():
        matched = matches(pattern, paths)
        if not matched and weights.all_known:
            within = next((p for p in paths if re.search(pattern, p)), None)
            listed = ", ".join(paths[:5])
            hint = f"`.*{pattern}.*` would be of `{within}`" if within else f"there are {listed}"
            yield pattern, f"`{pattern}` is the path of no weight", hint
        for path in matched:
            other = taken.setdefault(path, pattern)
            if other != pattern:
                yield pattern, f"`{other}` is of `{path}` too", "one pattern for each weight"
            faults = (_fault(path, s, axes, mesh) for p, s in weights.shapes if p == path)
            fault = next((f for f in faults if f is not None), None)
            if fault is not None:
                yield pattern, *fault


def matches(pattern: str, paths: Any) -> list[str]:
    """The paths that a pattern is of, as Keras finds them."""
    return [p for p in paths if p == pattern or re.fullmatch(pattern, p)]


def _fault(
    path: str, shape: tuple[int, ...], axes: Sequence[str | None], mesh: Mapping[str, int]
) -> tuple[str, str] | None:
    if len(axes) > len(shape):
        return (
            f"`{path}` has {len(shape)} dimensions, and here are {len(axes)} axes",
            f"its shape is {shape}",
        )
    for size, axis in zip(shape, axes, strict=False):
        if axis is not None and size % mesh[axis]:
            return (
                f"{size} of `{path}`, {shape}, does not divide among the {mesh[axis]} devices of "
                f"`{axis}`",
                "take another size, or `null`, which keeps it whole",
            )
    return None
