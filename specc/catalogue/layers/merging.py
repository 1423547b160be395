"""Layers that make one tensor of several."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import for_each, multiply_adds
from specc.catalogue.define import Case, Definition, Result, Tensors, case, layer
from specc.catalogue.kinds import Axis, Flag, Int, ListOf, Union
from specc.catalogue.mismatch import BadArgument, InputCount, RankMismatch, ShapeMismatch
from specc.catalogue.shapes import (
    Dims,
    broadcast,
    clash,
    merge_dims,
    position,
    total,
    without,
)
from specc.catalogue.types import Dim, TensorType

DotAxes = Annotated[int | tuple[int, ...], Union((Int(-64, 64), ListOf(Int(-64, 64), 2, 2)))]


def _needs_count(name: str, inputs: Tensors, low: int, high: int | None = None) -> None:
    if len(inputs) < low or (high is not None and len(inputs) > high):
        wanted = "at least one tensor" if high is None else f"{low} tensors"
        raise InputCount(
            f"{name} takes {wanted}; it is given {len(inputs)}",
            inputs=tuple(range(len(inputs))),
            help="list them: `from: [one, other]`, or `take: [other]` beside the running tensor",
        )


def _batch(name: str, inputs: Tensors) -> Dim:
    """The batch that all tensors share."""
    result: Dim = None
    for i, each in enumerate(inputs):
        if not each.dims:
            raise RankMismatch(
                f"{name} takes tensors with a batch; this is a single number", inputs=(i,)
            )
        try:
            result = merge_dims(result, each.dims[0])
        except ShapeMismatch as error:
            raise ShapeMismatch(
                f"{name} takes tensors of one batch; {inputs[0]} and {each} have others:"
                f" {error.message}",
                inputs=(0, i),
                help=error.help,
            ) from None
    return result


def _same_shapes(name: str, inputs: Tensors) -> Dims:
    """The shape, without the batch, that all tensors have or broadcast to."""
    result = inputs[0].dims[1:]
    for i, each in enumerate(inputs[1:], 1):
        rest = each.dims[1:]
        if rest == result:
            continue
        try:
            result = broadcast(result, rest)
        except ShapeMismatch as error:
            numbers = error.help is None
            raise ShapeMismatch(
                f"{name} takes tensors of one shape; these differ: {inputs[0]} and {each}"
                + ("" if numbers else f" ({error.message})"),
                inputs=(0, i),
                help=_equalizer(inputs[0], each) if numbers else error.help,
            ) from None
    return result


def _equalizer(one: TensorType, other: TensorType) -> str | None:
    """What would make two tensors equal that differ in their last dimension, the channels."""
    if one.rank != other.rank:
        return "a `Reshape`, or a pooling, gives them the same number of dimensions"
    wanted = one[-1]
    if one[1:-1] != other[1:-1] or not isinstance(wanted, int):
        return "a pooling, padding, cropping or upsampling in one branch makes their sizes equal"
    if one.rank in (4, 5):
        axes = one.rank - 2
        size = "x".join("1" * axes)
        change = f"a {size} Conv{axes}D with `filters: {wanted}`"
    else:
        change = f"a Dense with `units: {wanted}`"
    return f"{change} on the other would make them equal"


_TWO = (
    case([(10, 8), (10, 8)]),
    case([(10, 8), (1, 8)]),
    case([(10, 8), 8]),
    case([(None, 8), (5, 8)]),
)
_MANY = (*_TWO, case([(10, 8)]), case([4, 4, 4]))


def elementwise(name: str, doc: str, *cases: Case, only_two: bool = False) -> Definition:
    """`Add` … `Subtract`."""

    def rule(inputs: Tensors, *, dtype: str) -> Result:
        """Tensors of one shape, or shapes that broadcast -> that shape"""
        _needs_count(name, inputs, 2 if only_two else 1, 2 if only_two else None)
        outputs = TensorType((_batch(name, inputs), *_same_shapes(name, inputs)), dtype)
        return Result(outputs, (), for_each(outputs, len(inputs) - 1))

    rule.__doc__ = f"{doc} [(batch, ...), (batch, ...)] -> (batch, ...)\n\nLengths of 1 broadcast."
    return layer(*cases, name=name)(rule)


Add = elementwise("Add", "The sum of tensors.", *_MANY)
Average = elementwise("Average", "The mean of tensors.", *_MANY)
Maximum = elementwise("Maximum", "The largest of tensors, place by place.", *_MANY)
Minimum = elementwise("Minimum", "The smallest of tensors, place by place.", *_MANY)
Multiply = elementwise("Multiply", "The product of tensors, place by place.", *_MANY)
Subtract = elementwise("Subtract", "The first tensor less the second.", *_TWO, only_two=True)


@layer(
    case([(10, 8), (10, 3)]),
    case([(10, 8), (4, 8), (None, 8)], axis=1),
    case([4, 4]),
    case([(None, 8), (5, 3)]),
    case([(2, 3)]),
)
def Concatenate(inputs: Tensors, *, axis: Axis = -1, dtype: str) -> Result:
    """Puts tensors side by side along an axis. [(batch, a), (batch, b)] -> (batch, a + b)

    All other dimensions are equal.
    """
    _needs_count("Concatenate", inputs, 1)
    rank = inputs[0].rank
    along = position(axis, rank)
    result = list(inputs[0].dims)
    for i, each in enumerate(inputs[1:], 1):
        if each.rank != rank:
            raise RankMismatch(
                f"Concatenate takes tensors of one rank; these are {inputs[0]} and {each}",
                inputs=(0, i),
                help="a `Reshape` adds a dimension of 1",
            )
        for place in range(rank):
            if place == along:
                continue
            try:
                result[place] = merge_dims(result[place], each.dims[place])
            except ShapeMismatch as error:
                raise ShapeMismatch(
                    f"Concatenate joins along axis {along}, and takes tensors that are equal"
                    f" elsewhere; these differ along axis {place}: {inputs[0]} and {each}"
                    f" ({error.message})",
                    inputs=(0, i),
                    help=error.help,
                ) from None
    if len(inputs) > 1:
        result[along] = total(each.dims[along] for each in inputs)
    return Result(TensorType(result, dtype), (), 0)


@layer(
    case([(10, 8), (5, 8)], axes=2),
    case([8, 8], axes=1, normalize=True),
    case([(10, 8), 8], axes=-1),
    case([(8, 10), (3, 8, 5)], axes=[1, 2]),
    case([(None, 8), (None, 3)], axes=1),
)
def Dot(inputs: Tensors, *, axes: DotAxes, normalize: Flag = False, dtype: str) -> Result:
    """The scalar products along an axis of each. [(batch, a, n), (batch, b, n)] -> (batch, a, b)

    Two rows give (batch, 1).
    """
    _needs_count("Dot", inputs, 2, 2)
    one, other = inputs
    for i, each in enumerate(inputs):
        if each.rank < 2:
            raise RankMismatch(
                f"Dot takes tensors of at least 2 dimensions; this is {each}", inputs=(i,)
            )
    pair = (axes, axes) if isinstance(axes, int) else (axes[0], axes[1])
    first = position(pair[0], one.rank, argument="axes")
    second = position(pair[1], other.rank, argument="axes")
    if first == 0 or second == 0:
        raise BadArgument("axis 0 is the batch, over which Dot cannot sum", argument="axes")
    batch = _batch("Dot", inputs)
    length, further = one.dims[first], other.dims[second]
    reason = clash(length, further)
    if reason is None and isinstance(length, int) != isinstance(further, int):
        reason = ShapeMismatch("one of them is not known", help="write both as numbers, or none")
    if reason is not None:
        raise ShapeMismatch(
            f"Dot sums over axis {first} of {one} and axis {second} of {other}, which are not"
            f" equally long: {reason.message}",
            inputs=(0, 1),
            help=reason.help,
        )
    dims = (*without(one.dims[1:], (first - 1,)), *without(other.dims[1:], (second - 1,))) or (1,)
    outputs = TensorType((batch, *dims), dtype)
    known_length = length if isinstance(length, int) else None
    return Result(outputs, (), multiply_adds(outputs.size, known_length))
