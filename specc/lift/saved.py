"""A saved model as it is read: operations, their arguments, and how they are called.

Classes are the catalogue's names (`Dense`, `ops.multiply`), arguments are written as in a spec.
Nothing is proven yet: that is for `infer`, by the rules that a spec's own layers are held to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Unliftable(Exception):
    """A model from outside cannot be read; the text says why, in the user's words."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class Foreign(Unliftable):
    """It holds a class that specc does not take from a file, such as one that runs code."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor: the name of an operation, which of its calls, which of that call's tensors."""

    name: str
    call: int = 0
    index: int = 0


Given = Any
"""A `Ref`, a list of them, or a plain value."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One call: what it is given, by place and by name."""

    args: tuple[Given, ...]
    kwargs: Mapping[str, Given] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """A layer, an op or a nested model of a saved model. An input has no calls."""

    name: str
    cls: str
    arguments: Mapping[str, Any]
    calls: tuple[Applied, ...]
    model: Saved | None = None
    inner: Mapping[str, Saved] = field(default_factory=dict[str, Any])
    """Models inside a wrapper's arguments, which hold `{use: name}` in their place."""
    first: int = 0
    """What Keras counts its calls from where they are outputs of the model around it."""


@dataclass(frozen=True, slots=True)
class SavedInput:
    """An input: its shape without the batch, and its dtype."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A whole saved model."""

    name: str
    inputs: tuple[SavedInput, ...]
    operations: tuple[Operation, ...]
    outputs: tuple[tuple[str, Ref], ...]
    """Each output with the name that it has in Keras: its key in a mapping, or its layer's."""
    trainable: bool = True
    order: tuple[str, ...] = ()
    """The names of inputs and operations in Keras's own order."""
