"""What a layer computes: floating-point operations for one example, by TensorFlow's conventions.

A multiply-add counts two; adding a bias counts one for each number that comes out; pooling counts
its window for each number that comes out; a sum or mean counts one for each number that goes in.
Normalisation counts two for each number where the statistics are stored; where they are computed,
what its steps add up to: in LayerNormalization nine and four more for each group of numbers that is
normalised together, in RMSNormalization four and three more, six in GroupNormalization. An element-
wise function counts nothing, so that `activation: relu` and a step `ReLU` cost the same, as in
TensorFlow's profiler; the softmax inside attention counts five for each score. Arithmetic between
tensors (`Add`, `Multiply`) counts one for each number and further tensor. What only moves numbers
costs nothing. Random numbers and dropout are not drawn at inference and cost nothing.

`None` is a cost that hangs on a length that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from specc.catalogue.types import TensorType

SOFTMAX = 5
"""Operations for each number of a softmax, as TensorFlow's profiler counts them."""

NORMALIZE_STORED = 2
NORMALIZE_GROUP = 6


def operations(*factors: int | None) -> int | None:
    """The product of factors, `None` where one is unknown."""
    product = 1
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product


def multiply_adds(*factors: int | None) -> int | None:
    """Twice the product: what that many multiply-adds cost."""
    return operations(2, *factors)


def altogether(*costs: int | None) -> int | None:
    """The sum of costs, `None` where one is unknown."""
    result = 0
    for cost in costs:
        if cost is None:
            return None
        result += cost
    return result


def for_each(tensor: TensorType, times: int = 1) -> int | None:
    """`times` operations for each number that one example of a tensor has."""
    size = tensor.size
    return None if size is None else size * times


def normalized(tensor: TensorType, axes: Iterable[int], scale: bool, center: bool) -> int | None:
    """LayerNormalization of a tensor along axes, counted from 0."""
    return _in_groups(tensor, axes, 6 + 2 * scale + center, 4 if scale else 5)


def normalized_rms(tensor: TensorType, axes: Iterable[int]) -> int | None:
    """RMSNormalization of a tensor along axes, counted from 0."""
    return _in_groups(tensor, axes, 4, 3)


def _in_groups(tensor: TensorType, axes: Iterable[int], each: int, group: int) -> int | None:
    """`each` operations for a number, and `group` for the numbers along the axes together."""
    size = tensor.size
    if size is None:
        return None
    together = prod(d for a in axes if isinstance(d := tensor.dims[a], int))
    return size * each + max(size // max(together, 1), 1) * group
