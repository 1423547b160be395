"""Which first weights an initializer can draw: some are for matrices only, or for no half floats.

Keras accepts them all when the layer is made, and fails when it makes the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from specc.catalogue.define import Weight
from specc.catalogue.kinds import Instance
from specc.catalogue.mismatch import BadArgument
from specc.catalogue.plain import is_sequence

_ENDING = "_initializer"
_RANKS: dict[str, tuple[str, int, int | None]] = {
    "orthogonal": ("at least two dimensions", 2, None),
    "identity": ("two dimensions", 2, 2),
    "stft": ("three dimensions", 3, 3),
}
"""How many dimensions a weight has that they can draw: in words, at least, at most."""

_DEFAULTS = {"recurrent_initializer": "orthogonal"}
"""What draws a weight where nothing is written, if it is one of these."""

_HALF = "bfloat16"
"""The dtype in which TensorFlow has no decomposition of a matrix, which `Orthogonal` needs."""


def initializes(given: Mapping[str, Any], policy: str) -> bool:
    """Whether `check_initializers` has anything to look at."""
    return policy == _HALF or any(a.endswith(_ENDING) for a in given)


def check_initializers(given: Mapping[str, Any], weights: Sequence[Weight], policy: str) -> None:
    """Raises `BadArgument` for an initializer that cannot draw one of the weights.

    `given` are a layer's arguments as they were written, `policy` is its dtype policy.
    """
    if policy == _HALF and not any(_holds_layer(v) for v in given.values()):
        given = _DEFAULTS | dict(given)
    for argument, value in given.items():
        if not argument.endswith(_ENDING) or (name := _named(value)) not in _RANKS:
            continue
        words, low, high = _RANKS[name]
        for weight in weights:
            if not _is_of(argument.removesuffix(_ENDING), weight):
                continue
            rank = len(weight.shape)
            if rank < low or (high is not None and rank > high):
                raise BadArgument(
                    f"{name} draws weights of {words}, and `{weight.name}` has {rank}",
                    argument=argument,
                    help="`glorot_uniform` and `zeros` draw weights of any shape",
                )
            if name == "stft" and weight.shape[1] != 1:
                raise BadArgument(
                    f"stft draws weights of one channel, and `{weight.name}` has {weight.shape[1]}",
                    argument=argument,
                )
            if name == "orthogonal" and policy == _HALF:
                raise BadArgument(
                    f"{name} cannot draw `{weight.name}` in {_HALF}",
                    argument=argument,
                    help=f"write `{argument}: glorot_uniform`, or `dtype: mixed_{_HALF}`, which"
                    " keeps the weights in float32",
                )


def _holds_layer(value: Any) -> bool:
    """Whether an argument is a layer, or layers, whose weights have initializers of their own."""
    if is_sequence(value):
        return any(_holds_layer(v) for v in value)
    return isinstance(value, Instance) and value.family == "layer"


def _named(value: Any) -> str:
    """The lower-case name of an initializer, `orthogonal` for `OrthogonalInitializer` too."""
    name = value.name if isinstance(value, Instance) else value
    return name.lower().removesuffix("initializer") if isinstance(name, str) else ""


def _is_of(what: str, weight: Weight) -> bool:
    """Whether an argument's initializer draws a weight: `pointwise` the `pointwise_kernel`."""
    last = weight.name.rpartition("/")[2]
    return last in (what, f"{what}_kernel") or (what == "depthwise" and last == "kernel")
