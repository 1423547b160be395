"""Arithmetic of dimensions that may be unknown: what must be equal, what broadcasts, what is left.

A dimension is a number, a `Symbol` (unknown, the same wherever it stands) or `None` (unknown).
`None` agrees with anything, as in Keras. Two symbols, or a symbol and a number, are never taken for
equal: a named length can be anything, so Keras would fail at the first batch that is not lucky.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from specc.catalogue.mismatch import BadArgument, RankMismatch, ShapeMismatch, UnknownSize
from specc.catalogue.types import BATCH, Dim, Symbol, TensorType

Dims = tuple[Dim, ...]

LARGEST = 2**63 - 1
"""The largest dimension that any backend can hold."""


def known(dim: Dim) -> TypeGuard[int]:
    """Whether a dimension is a number."""
    return isinstance(dim, int)


def product(dims: Iterable[Dim]) -> int | None:
    """How many numbers these dimensions hold, or `None` where one of them is unknown."""
    total = 1
    for dim in dims:
        if not isinstance(dim, int):
            return None
        total *= dim
    return total


def total(dims: Iterable[Dim]) -> int | None:
    """The sum of dimensions, as concatenation has it, or `None` where one of them is unknown."""
    result = 0
    for dim in dims:
        if not isinstance(dim, int):
            return None
        result += dim
    return result


def clash(one: Dim, other: Dim) -> ShapeMismatch | None:
    """Why two dimensions that must be equal are not, or `None` where they may be."""
    if one is None or other is None or one == other:
        return None
    if isinstance(one, int) and isinstance(other, int):
        return ShapeMismatch(f"{one} is not {other}")
    if isinstance(one, Symbol) and isinstance(other, Symbol):
        if BATCH in (one, other):
            return ShapeMismatch(
                f"`{one}` is not `{other}`",
                help="if one of these tensors is a variable, it needs `per_example: true`",
            )
        return ShapeMismatch(
            f"`{one}` and `{other}` are two names, so these lengths can differ",
            help=f"if they are always equal, give both the name `{one}` in the inputs' shapes",
        )
    symbol, number = (one, other) if isinstance(one, Symbol) else (other, one)
    if symbol == BATCH:
        return ShapeMismatch(
            f"a batch can be of any length, not only {number}",
            help="if one of these tensors is a variable, it needs `per_example: true`",
        )
    return ShapeMismatch(
        f"`{symbol}` can be any length, not only {number}",
        help=f"write {number}, or `null`, in place of `{symbol}` in the input's shape",
    )


def merge_dims(one: Dim, other: Dim) -> Dim:
    """The one dimension that two are, the better known of them; raises `ShapeMismatch`."""
    if one == other:
        return one
    if (reason := clash(one, other)) is not None:
        raise reason
    return other if one is None else one


def merge_shapes(one: Dims, other: Dims) -> Dims:
    """`merge_dims` over two shapes of one rank."""
    if one == other:
        return one
    if len(one) != len(other):
        raise ShapeMismatch(f"{shape_text(one)} is not {shape_text(other)}")
    return tuple(map(merge_dims, one, other))


def broadcast_dims(one: Dim, other: Dim) -> Dim:
    """The dimension that two broadcast to: 1 stretches to the other.

    An unknown one beside a number above 1 is that number or 1, so the number comes out.
    """
    if one == 1:
        return other
    if other in (1, one):
        return one
    return merge_dims(one, other)


def broadcast(*shapes: Dims) -> Dims:
    """The shape that several broadcast to, aligned at their last dimensions as in NumPy."""
    result = shapes[0]
    for shape in shapes[1:]:
        if shape == result:
            continue
        missing = len(result) - len(shape)
        longer, shorter = (result, shape) if missing >= 0 else (shape, result)
        head = longer[: abs(missing)]
        result = head + tuple(map(broadcast_dims, longer[abs(missing) :], shorter))
    return result


def shape_text(dims: Dims) -> str:
    """A shape as people read it, `(batch, 28, 28, 1)`."""
    return str(TensorType(dims))


def needs_rank(
    layer: str,
    tensor: TensorType,
    low: int,
    high: int | None = None,
    *,
    form: str | None = None,
    input: int = 0,
) -> None:
    """Raises `RankMismatch` unless the tensor has `low` dimensions, or `low` to `high` (-1: any).

    `form` shows what is wanted: `(batch, time, features)`.
    """
    rank = len(tensor.dims)
    high = None if high == low else high
    if rank == low if high is None else low <= rank and (high < 0 or rank <= high):
        return
    if high is None:
        wanted = f"{low} dimensions"
    else:
        wanted = f"at least {low} dimensions" if high < 0 else f"{low} to {high} dimensions"
    shown = f", {form}" if form else ""
    raise RankMismatch(
        f"{layer} takes {wanted}{shown}; this has {rank}: {tensor}",
        help=_rank_help(tensor, rank - low if high is None or rank < low else rank - high),
        inputs=(input,),
    )


def _rank_help(tensor: TensorType, excess: int) -> str | None:
    if excess == -1 and tensor.batched:
        known_dims = [str(d) if isinstance(d, int) else "-1" for d in tensor.dims[1:]]
        if known_dims.count("-1") <= 1:
            listed = ", ".join([*known_dims, "1"])
            return f"`Reshape: {{target_shape: [{listed}]}}` adds a dimension"
    if excess > 0 and tensor.batched and len(tensor.dims) - excess == 2:
        return "`Flatten`, or a global pooling, leaves (batch, features)"
    return None


def needs_size(
    layer: str, tensor: TensorType, axis: int, what: str = "last dimension", *, input: int = 0
) -> int:
    """The number that a dimension is; raises `UnknownSize` where it is not one."""
    dim = tensor.dims[axis]
    if isinstance(dim, int):
        return dim
    named = f"`{dim}`" if isinstance(dim, Symbol) else "unknown"
    raise UnknownSize(
        f"{layer} needs to know the {what}, which is {named} in {tensor}",
        help="write it as a number in the input's shape",
        inputs=(input,),
    )


def position(axis: int, rank: int, *, argument: str | tuple[str | int, ...] = "axis") -> int:
    """The axis counted from 0; raises `BadArgument` where a tensor of `rank` does not have it."""
    if -rank <= axis < rank:
        return axis + rank if axis < 0 else axis
    raise BadArgument(
        f"there is no axis {axis} in {rank} dimension{'s' if rank != 1 else ''}",
        help=f"axes go from {-rank} to {rank - 1}",
        argument=argument,
    )


def without(dims: Dims, axes: Sequence[int]) -> Dims:
    """The dimensions that are left when some, counted from 0, are taken away."""
    return tuple(d for i, d in enumerate(dims) if i not in axes)


def replaced(dims: Dims, axis: int, dim: Dim) -> Dims:
    """The dimensions with one, counted from 0, exchanged."""
    return (*dims[:axis], dim, *dims[axis + 1 :])


def window_length(
    size: Dim, window: int, stride: int, padding: str = "valid", dilation: int = 1
) -> Dim:
    """How often a window fits along an axis; Keras's convolution and pooling arithmetic.

    `padding` is `valid`, `same` or `causal`. A length that is not known stays the same unknown
    length where nothing can change it. Raises `ShapeMismatch` where the window does not fit once.
    """
    reach = dilation * (window - 1)
    if not isinstance(size, int):
        return size if stride == 1 and (padding != "valid" or reach == 0) else None
    if padding != "valid":
        return (size - 1) // stride + 1
    if size <= reach:
        raise ShapeMismatch(f"a window of {reach + 1} does not fit into {size}")
    return (size - reach - 1) // stride + 1


def transposed_length(
    size: Dim,
    window: int,
    stride: int,
    padding: str = "valid",
    *,
    output_padding: int | None = None,
    dilation: int = 1,
) -> Dim:
    """The length that a transposed convolution gives along an axis."""
    window = dilation * (window - 1) + 1
    if not isinstance(size, int):
        unchanged = stride == 1 and (
            (padding == "same" and output_padding is None) or (padding == "valid" and window == 1)
        )
        return size if unchanged else None
    if padding == "same":
        if output_padding is None:
            return size * stride
        return (size - 1) * stride + window % 2 + output_padding
    extra = max(stride - window, 0) if output_padding is None else output_padding
    return (size - 1) * stride + window + extra


def broadcast_types(layer: str, tensors: Sequence[TensorType]) -> Dims:
    """`broadcast` over tensors, its error naming the layer and both tensors."""
    result = tensors[0].dims
    for i, tensor in enumerate(tensors[1:], 1):
        try:
            result = broadcast(result, tensor.dims)
        except ShapeMismatch as error:
            raise ShapeMismatch(
                f"{layer} cannot broadcast {shape_text(result)} and {tensor}: {error.message}",
                help=error.help,
                inputs=(0, i) if i == 1 else (i,),
            ) from None
    return result
