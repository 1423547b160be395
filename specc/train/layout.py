"""A layout: which axis of the mesh each dimension of a weight is spread over, by weights' paths.

Keras asks a pattern for the whole of a path (`re.fullmatch`), and a weight that none is of stays
whole on every device, without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_sequence
from specc.infer.program import Layer, Program

_CELL = {
    "ConvLSTM1D": "conv_lstm_cell", "ConvLSTM2D": "conv_lstm_cell", "ConvLSTM3D": "conv_lstm_cell",
    "GRU": "gru_cell", "LSTM": "lstm_cell", "SimpleRNN": "simple_rnn_cell",
}  # fmt: skip
"""Layers whose weights Keras keeps in a cell of that name."""


@dataclass(frozen=True)
class Weights:
    """The shapes of a program's weights by their Keras paths; not `all_known` where some lack."""

    shapes: Mapping[str, tuple[int, ...]]
    all_known: bool


def weights_of(program: Program) -> Weights:
    """The weights, as far as their paths are known without Keras.

    Those of a layer inside another, of a variable, a plug-in and a model from outside are not.
    """
    found: dict[str, tuple[int, ...]] = {}
    clear = not program.variables and program.outside is None
    for layer in program.layers:
        if layer.weights and not _is_clear(layer):
            clear = False
            continue
        inside = f"{_CELL[layer.cls]}/" if layer.cls in _CELL else ""
        for weight in layer.weights:
            found[f"{layer.name}/{inside}{weight.name}"] = weight.shape
    for model in program.models:
        below = weights_of(model)
        found |= below.shapes
        clear = clear and below.all_known
    return Weights(found, clear)


def _is_clear(layer: Layer) -> bool:
    held = [v for a in layer.arguments.values() for v in (a if is_sequence(a) else [a])]
    inner = any(isinstance(v, Instance) and v.family == "layer" for v in held)
    return not inner and not layer.uses and "." not in layer.cls


def layout_faults(
    layout: Mapping[str, Sequence[str | None]], mesh: Mapping[str, int], weights: Weights
) -> Iterator[tuple[str, str, str]]:
    """Each pattern that is wrong, with what is wrong and what would help.

    One that is of no weight, a weight that two patterns are of, and a dimension that does not
    divide among the devices of its axis.
    """
    taken: dict[str, str] = {}
    for pattern, axes in layout.items():
        matched = matches(pattern, weights.shapes)
        if not matched and weights.all_known:
            within = next((p for p in weights.shapes if re.search(pattern, p)), None)
            listed = ", ".join([*weights.shapes][:5])
            hint = f"`.*{pattern}.*` would be of `{within}`" if within else f"there are {listed}"
            yield pattern, f"`{pattern}` is the path of no weight", hint
        for path in matched:
            other = taken.setdefault(path, pattern)
            if other != pattern:
                yield pattern, f"`{other}` is of `{path}` too", "one pattern for each weight"
            fault = _fault(path, weights.shapes[path], axes, mesh)
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
