"""Where Keras keeps each weight of a program: its path and shape, known without Keras.

A path is the way of layers to the weight: `digit.dense/kernel`,
`read.bidirectional/forward_lstm/lstm_cell/kernel`. A nested model's name is not in it, so that two
weights may have one path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from specc.catalogue.define import Weight
from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_sequence
from specc.infer.program import Layer, Program, Variable
from specc.train.logged import snake

_CELL = {
    "ConvLSTM1D": "conv_lstm_cell", "ConvLSTM2D": "conv_lstm_cell", "ConvLSTM3D": "conv_lstm_cell",
    "GRU": "gru_cell", "LSTM": "lstm_cell", "SimpleRNN": "simple_rnn_cell",
}  # fmt: skip
"""Layers whose weights Keras keeps in a cell of that name."""

_STACKED = "StackedRNNCells"
"""What `RNN` makes of a list of cells."""

Placed = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Weights:
    """The weights' paths and shapes, in their order; not `all_known` where some lack."""

    shapes: Sequence[Placed]
    all_known: bool


def weights_of(program: Program) -> Weights:
    """The weights of a program, those of its losses and nested models included.

    Those of a plug-in's layer and of a model from outside are not known.
    """
    walk = _Walk()
    walk.program(program)
    return Weights(walk.found, walk.clear)


@dataclass
class _Walk:
    """Goes through a program in the order in which Keras makes the weights."""

    found: list[Placed] = field(default_factory=list[Placed])
    clear: bool = True
    made: set[Layer | Program] = field(default_factory=set["Layer | Program"])
    """What has its weights, which it keeps where it was first called."""

    def program(self, program: Program) -> None:
        if program in self.made:
            return
        self.made.add(program)
        if program.outside is not None:
            self.clear = False
            return
        for node in program.nodes:
            made = node.operator
            if isinstance(made, Variable):
                dims = made.type.dims[1:] if made.per_example else made.type.dims
                self.found.append(
                    (f"{made.name}/embeddings", (1, prod(d for d in dims if isinstance(d, int))))
                )
            elif isinstance(made, Program):
                self.program(made)
            elif made is not None and node.kind == "layer":
                self.layer(made, made.name, made.weights, anew=False)

    def layer(self, layer: Layer, at: str, weights: Sequence[Weight], *, anew: bool) -> None:
        """A layer that is kept at a path, unless it was called before; `anew` it is a copy."""
        if layer in self.made and not anew:
            return
        self.made.add(layer)
        names = _Names(layer.uses)
        names.inside(layer.cls, layer.arguments)
        self._called(at, layer.cls, layer.arguments, weights, names)

    def _called(
        self,
        at: str,
        cls: str,
        arguments: Mapping[str, Any],
        weights: Sequence[Weight],
        names: _Names,
    ) -> None:
        """A layer, its own weights and those of the layers inside it."""
        if "." in cls:  # a plug-in's
            self.clear = self.clear and not weights
            return
        cell = f"{_CELL[cls]}/" if cls in _CELL else ""
        inner = _held(cls, arguments)
        own: list[Weight] = []
        below: dict[str, list[Weight]] = {}
        for weight in weights:
            before, _, rest = weight.name.partition("/")
            if "" in inner:
                below.setdefault("", []).append(weight)
            elif before in inner:
                below.setdefault(before, []).append(Weight(rest, weight.shape, weight.trainable))
            else:
                own.append(weight)
        self.found += [(f"{at}/{cell}{w.name}", w.shape) for w in own]
        for before, theirs in below.items():
            held = inner[before]
            where = f"{at}/{held.prefix}{names.of(held.value).removeprefix(held.prefix)}"
            if is_sequence(held.value):
                self._called(where, _STACKED, {"cells": held.value}, theirs, names)
            else:
                self._inner(where, held, theirs, names)

    def _inner(self, at: str, held: _Held, weights: Sequence[Weight], names: _Names) -> None:
        value: Instance = held.value
        used = None if value.shared is None else names.uses[value.shared]
        if used is None:
            self._called(at, value.name, value.arguments, weights, names)
        elif isinstance(used, Program):
            self.program(used)
        else:
            self.layer(used, at, weights, anew=bool(held.prefix))  # its weights are the wrapper's


class _Names:
    """The names of the layers inside one, which Keras counts as they are made."""

    def __init__(self, uses: Mapping[str, Layer | Program]) -> None:
        self.uses = uses
        self._counts: Counter[str] = Counter()
        self._names: dict[int, str] = {}

    def of(self, value: Any) -> str:
        """The name of a layer, or of what Keras makes of a list of cells."""
        return self._names[id(value)]

    def inside(self, cls: str, arguments: Mapping[str, Any]) -> None:
        """Names what is in a layer's arguments, the innermost first."""
        for value in arguments.values():
            for each in value if is_sequence(value) else (value,):
                if isinstance(each, Instance) and each.family == "layer":
                    self._name(each)
        for held in _held(cls, arguments).values():
            if is_sequence(held.value):
                self._names[id(held.value)] = self._next(_STACKED)

    def _name(self, value: Instance) -> None:
        if value.shared is not None:
            self._names[id(value)] = self.uses[value.shared].name
            return
        self.inside(value.name, value.arguments)
        self._names[id(value)] = value.arguments.get("name") or self._next(value.name)

    def _next(self, cls: str) -> str:
        name = snake(cls)
        self._counts[name] += 1
        count = self._counts[name] - 1
        return f"{name}_{count}" if count else name


@dataclass(frozen=True)
class _Held:
    """A layer inside another, or a list of cells."""

    value: Any
    prefix: str = ""
    """Put before its name by Keras, which makes a copy of that name."""


def _held(cls: str, arguments: Mapping[str, Any]) -> Mapping[str, _Held]:
    """The layers inside one, by what stands before their weights' names; "" where nothing does."""
    if cls == "Bidirectional":
        layer, backward = arguments["layer"], arguments.get("backward_layer")
        copied = _Held(layer, "backward_") if backward is None else _Held(backward)
        return {"forward": _Held(layer, "forward_"), "backward": copied}
    if cls in ("TimeDistributed", "SpectralNormalization"):
        return {"layer": _Held(arguments["layer"])}
    if cls == "RNN":
        return {"": _Held(arguments["cell"])}
    row = arguments.get({"Pipeline": "layers", _STACKED: "cells"}.get(cls, ""), ())
    return {str(i): _Held(value) for i, value in enumerate(row)}
