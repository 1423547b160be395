"""Whole numbers as vectors, normalisation by statistics, and attention."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.cost import (
    NORMALIZE_STORED,
    altogether,
    for_each,
    multiply_adds,
    normalized,
    operations,
)
from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.kinds import Axes, Axis, Bool, Float, Int, Optional
from specc.catalogue.mismatch import BadArgument, DTypeMismatch, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import FLOATS, NUMBERS, REAL, needs, one_dtype, promoted
from specc.catalogue.ops.reduction import MaybeAxes, MaybeDType, axes_of
from specc.catalogue.ops.sorting import dense
from specc.catalogue.shapes import broadcast, clash, merge_dims, needs_rank, position
from specc.catalogue.types import TensorType

Classes = Annotated[int, Int(1, 2**31 - 1)]
Small = Annotated[float, Float(0)]
MaybeSmall = Annotated[float | None, Optional(Float(0))]
Sparse = Annotated[bool, Bool()]


def _new_axis(name: str, x: TensorType, axis: int) -> int:
    if axis == -1:
        return x.rank
    if not 0 <= axis < x.rank:
        raise BadArgument(f"ops.{name} takes -1, or an axis of {x} from 0", argument="axis")
    return axis


@op(
    case(tensor(dtype="int32"), num_classes=10),
    case(tensor(7, dtype="int32"), num_classes=10, axis=1),
    case(tensor(7, dtype="uint8"), num_classes=10, dtype="int32"),
)
def one_hot(
    x: TensorType,
    *,
    num_classes: Classes,
    axis: Axis = -1,
    dtype: MaybeDType = None,
    sparse: Sparse = False,
) -> Result:
    """A 1 in the place that each number says, else 0. (batch, ...) -> (batch, ..., classes)"""
    needs("one_hot", x.dtype, REAL)
    dense("one_hot", sparse)
    at = _new_axis("one_hot", x, axis)
    return Result(TensorType((*x.dims[:at], num_classes, *x.dims[at:]), dtype or "float32"), (), 0)


@op(case(tensor(7, dtype="int32"), num_classes=10), case((5, 7), num_classes=3))
def multi_hot(
    inputs: TensorType,
    *,
    num_classes: Classes,
    axis: Axis = -1,
    dtype: MaybeDType = None,
    sparse: Sparse = False,
) -> Result:
    """A 1 in each place that one of the numbers says. (batch, n) -> (batch, classes)"""
    needs("multi_hot", inputs.dtype, REAL)
    dense("multi_hot", sparse)
    at = _new_axis("multi_hot", inputs, axis)
    dims = (*inputs.dims[:at], num_classes, *inputs.dims[at:])
    if len(dims) == 2:
        return Result(TensorType((dims[-1],), to.same(inputs.dtype)), (), 0)
    return Result(TensorType((dims[0], *dims[2:]), to.same(inputs.dtype)), (), 0)


@op(case(3), case((4, 3), axis=1), case((4, 3), axis=[1, 2]), case((4, 3), order=3))
def normalize(
    x: TensorType,
    *,
    axis: MaybeAxes = -1,
    order: Annotated[int, Int(1, 1000)] = 2,
    epsilon: MaybeSmall = None,
) -> Result:
    """Vectors of length 1 along axes. Any shape, unchanged"""
    needs("normalize", x.dtype, FLOATS if order == 2 else REAL)
    count = len(axes_of(axis, x.rank))
    if order != 2 and (count > 2 or (count == 2 and order > 1)):
        raise BadArgument("over several axes the order is 2", argument="order")
    return Result(x.cast("float32"), (), for_each(x, 3))


def _vector(what: str, given: TensorType | None, x: TensorType, *, at: int, i: int) -> None:
    if given is None:
        return
    needs_rank("ops.batch_normalization", given, 1, input=i, form=f"({what},)")
    if given.shape[0] != x.shape[at] or clash(given.dims[0], x.dims[at]) is not None:
        raise ShapeMismatch(
            f"ops.batch_normalization takes a {what} for each of {x.dims[at]}; this is {given}",
            inputs=(0, i),
        )


@op(
    case((4, 3), TensorType((3,)), TensorType((3,)), axis=-1),
    case((4, 3), TensorType((4,)), TensorType((4,)), TensorType((4,)), TensorType((4,)), axis=1),
)
def batch_normalization(
    x: TensorType,
    mean: TensorType,
    variance: TensorType,
    offset: TensorType | None = None,
    scale: TensorType | None = None,
    *,
    axis: Axis,
    epsilon: Small = 1e-3,
) -> Result:
    """Less a mean, by a deviation, along an axis. Any shape, unchanged"""
    needs("batch_normalization", x.dtype, NUMBERS)
    at = position(axis, x.rank)
    if to.group(x.dtype) == "f":
        one_dtype(
            "batch_normalization", x, *(t for t in (mean, variance, offset, scale) if t is not None)
        )
    for i, (what, given) in enumerate(
        (("mean", mean), ("variance", variance), ("offset", offset), ("scale", scale)), 1
    ):
        _vector(what, given, x, at=at, i=i)
    if offset is not None and scale is None:
        raise ShapeMismatch("Keras takes an offset only together with a scale", inputs=(3,))
    return Result(x.cast(to.same(x.dtype)), (), for_each(x, NORMALIZE_STORED))


@op(case((4, 3)), case((4, 3), TensorType((3,)), TensorType((3,))), case((4, 3), axis=[1, 2]))
def layer_normalization(
    x: TensorType,
    gamma: TensorType | None = None,
    beta: TensorType | None = None,
    *,
    axis: Axes = -1,
    epsilon: MaybeSmall = None,
) -> Result:
    """Mean 0 and deviation 1 along axes. Any shape, unchanged"""
    needs("layer_normalization", x.dtype, REAL)
    axes = axes_of(axis, x.rank)
    wanted = tuple(x.dims[a] for a in sorted(axes))
    for i, given in enumerate((gamma, beta), 1):
        if given is not None and (
            given.rank != len(wanted)
            or any(clash(a, b) for a, b in zip(given.dims, wanted, strict=True))
        ):
            raise ShapeMismatch(
                f"ops.layer_normalization takes {TensorType(wanted)} here, not {given}",
                inputs=(0, i),
            )
    return Result(
        x.cast(to.same(x.dtype)), (), normalized(x, axes, gamma is not None, beta is not None)
    )


@op(case((4, 3)), case((4, 3), TensorType((3,))), case((4, 3), axis=1))
def rms_normalization(
    x: TensorType,
    scale: TensorType | None = None,
    *,
    axis: Axes = -1,
    epsilon: MaybeSmall = None,
) -> Result:
    """By the root of the mean square along axes. Any shape, unchanged"""
    needs("rms_normalization", x.dtype, REAL)
    axes_of(axis, x.rank)
    if scale is not None and broadcast(x.dims, scale.dims) != x.dims:
        raise ShapeMismatch(f"the scale {scale} is larger than {x}", inputs=(0, 1))
    return Result(x.cast(to.same(x.dtype)), (), for_each(x, 4))


@op(
    case((5, 2, 8), (7, 2, 8), (7, 2, 8)),
    case((5, 2, 8), (7, 2, 8), (7, 2, 8), TensorType((1, 2, 5, 7)), is_causal=True),
)
def dot_product_attention(
    query: TensorType,
    key: TensorType,
    value: TensorType,
    bias: TensorType | None = None,
    mask: TensorType | None = None,
    *,
    scale: Annotated[float | None, Optional(Float())] = None,
    is_causal: Annotated[bool, Bool()] = False,
    flash_attention: Annotated[bool | None, Optional(Bool())] = None,
) -> Result:
    """Attention. (batch, tq, heads, n), twice (batch, tv, heads, n) -> (batch, tq, heads, n)"""
    name = "dot_product_attention"
    for i, x in enumerate((query, key, value)):
        needs_rank(f"ops.{name}", x, 4, form="(batch, time, heads, features)", input=i)
        needs(name, x.dtype, FLOATS, i)
    if flash_attention:
        raise BadArgument("flash attention is of JAX and Torch", argument="flash_attention")
    for x in (key, value):
        for a in (0, 3):
            merge_dims(query.dims[a], x.dims[a])
    for a in (1, 2):
        merge_dims(key.dims[a], value.dims[a])
    heads, groups = query.dims[2], key.dims[2]
    if isinstance(heads, int) and isinstance(groups, int) and (not groups or heads % groups):
        raise ShapeMismatch(f"{groups} heads of keys do not divide {heads} of queries")
    scores = (query.dims[0], query.dims[2], query.dims[1], key.dims[1])
    for i, x in ((3, bias), (4, mask)):
        if x is not None and (x.rank != 4 or broadcast(scores, x.dims) != scores):
            raise ShapeMismatch(f"{x} does not broadcast to {TensorType(scores)}", inputs=(i,))
    if mask is not None and mask.dtype != "bool":
        raise DTypeMismatch("the mask is of bool", inputs=(4,))
    size = TensorType(scores).size
    features = query.dims[3] if isinstance(query.dims[3], int) else None
    output = TensorType(query.dims, promoted(name, query, key, value))
    return Result(output, (), altogether(multiply_adds(size, features, 2), operations(size, 5)))
