"""Numbers and ids prepared: scaled, put into bins, hashed, encoded."""

from __future__ import annotations

from typing import Annotated, Any

from specc.catalogue.cost import for_each
from specc.catalogue.define import Result, Tensors, case, layer, tensor
from specc.catalogue.kinds import (
    Choice,
    Flag,
    Float,
    Int,
    ListOf,
    Numbers,
    Optional,
    Positive,
    array_shape,
)
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    DTypeMismatch,
    InputCount,
    MissingArgument,
    RankMismatch,
    ShapeMismatch,
)
from specc.catalogue.shapes import Dims, broadcast, needs_rank
from specc.catalogue.types import TensorType

Scale = Annotated[Any, Numbers()]
Count = Annotated[int | None, Optional(Int(1, 2**31 - 1))]
Boundaries = Annotated[tuple[float, ...] | None, Optional(ListOf(Float(), 1))]
Encoding = Annotated[str, Choice(("one_hot", "multi_hot", "count"))]
IdEncoding = Annotated[str, Choice(("int", "one_hot", "multi_hot", "count"))]
CrossEncoding = Annotated[str, Choice(("int", "one_hot"))]


def encoded(name: str, inputs: TensorType, mode: str, depth: int | None) -> Dims:
    """The dimensions that ids have once encoded; `depth` is how many ids there are.

    `int` leaves them, `one_hot` adds a dimension (or takes the place of a last one of 1), and the
    rest count the ids of each example. Of more than (batch, ids) Keras counts along axis 1 and
    announces the shape of counting along the last one, so that a model over it cannot run.
    """
    dims = inputs.dims
    if mode == "int":
        return dims
    if mode == "one_hot":
        if len(dims) > 1 and dims[-1] == 1:
            return (*dims[:-1], depth)
        return (*dims, depth)
    if len(dims) < 2 and inputs.batched:
        raise RankMismatch(
            f"{name} with `output_mode: {mode}` counts along the last dimension, which is the batch"
            f" in {inputs}",
            help="`Reshape: {target_shape: [1]}` before, or `output_mode: one_hot`",
            inputs=(0,),
        )
    if len(dims) > 2:
        raise RankMismatch(
            f"{name} with `output_mode: {mode}` takes ids of (batch, ids); this is {inputs}",
            help="`TimeDistributed` around it encodes each row",
            inputs=(0,),
        )
    return (*dims[:-1], depth)


def not_sparse(name: str, sparse: bool, mode: str) -> None:
    """Raises `BadCombination` where ids as they are should be sparse."""
    if sparse and mode == "int":
        raise BadCombination(
            f"{name} gives sparse tensors only with an output_mode other than int",
            argument="sparse",
        )


@layer(
    case(4, scale=2.0),
    case((9, 9, 3), scale=0.00392, offset=-1.0),
    case((9, 9, 3), scale=[1.0, 2.0, 3.0], offset=[0, 1, 2]),
    case(tensor(9, dtype="uint8"), scale=0.1),
)
def Rescaling(inputs: TensorType, *, scale: Scale, offset: Scale = 0.0, dtype: str) -> Result:
    """Multiplies by `scale` and adds `offset`. Any shape, unchanged

    Either is a number, or a list that broadcasts to the input.
    """
    for name, value in (("scale", scale), ("offset", offset)):
        shape = array_shape(value)
        try:
            fits = len(shape) <= inputs.rank and broadcast(inputs.dims, shape) == inputs.dims
        except ShapeMismatch:
            fits = False
        if not fits:
            raise ShapeMismatch(
                f"Rescaling cannot stretch a {name} of shape {shape} over {inputs}",
                argument=name,
                inputs=(0,),
                help="a list has one number for each channel, the last dimension",
            )
    return Result(inputs.cast(dtype), (), for_each(inputs, 2))


@layer(
    case(tensor(10, dtype="int32"), num_tokens=6),
    case(tensor(1, dtype="int32"), num_tokens=6, output_mode="one_hot"),
    case(tensor(10, dtype="int64"), num_tokens=6, output_mode="one_hot"),
    case(tensor(10, dtype="int32"), tensor(10), num_tokens=6, output_mode="count"),
)
def CategoryEncoding(
    inputs: TensorType,
    count_weights: TensorType | None = None,
    *,
    num_tokens: Count = None,
    output_mode: Encoding = "multi_hot",
    sparse: Flag = False,
    dtype: str,
) -> Result:
    """Which ids occur, or how often. (batch, ...) of ids -> (batch, ..., num_tokens)

    `one_hot` encodes each id, `multi_hot` and `count` those along the last dimension together.
    """
    if num_tokens is None:
        raise MissingArgument("CategoryEncoding needs `num_tokens`", help="how many ids there are")
    if count_weights is not None:
        if output_mode != "count":
            raise BadCombination(
                "count_weights count only with `output_mode: count`", argument="output_mode"
            )
        if count_weights.shape != inputs.shape:
            raise ShapeMismatch(
                f"CategoryEncoding takes a weight for each id; these are {inputs} and"
                f" {count_weights}",
                inputs=(0, 1),
            )
    dims = encoded("CategoryEncoding", inputs, output_mode, num_tokens)
    return Result(TensorType(dims, dtype), (), 0)


@layer(
    case(4, bin_boundaries=[0.0, 1.0, 2.0]),
    case(1, bin_boundaries=[0.0, 1.0], output_mode="one_hot"),
    case(4, bin_boundaries=[0.0, 1.0], output_mode="multi_hot"),
    case((10, 4), bin_boundaries=[0.5], output_mode="one_hot"),
)
def Discretization(
    inputs: TensorType,
    *,
    bin_boundaries: Boundaries = None,
    num_bins: Count = None,
    output_mode: IdEncoding = "int",
    sparse: Flag = False,
    dtype: str,
) -> Result:
    """Which bin each number falls into. (batch, ...) -> (batch, ...) of ids

    Takes the bins' boundaries, or their number and learns them from the training data. The other
    output modes encode as `CategoryEncoding` does, and of more than (batch, ...) count along axis
    1.
    """
    if (bin_boundaries is None) == (num_bins is None):
        raise BadCombination(
            "Discretization takes `bin_boundaries` or `num_bins`",
            argument="num_bins" if num_bins is not None else None,
        )
    not_sparse("Discretization", sparse, output_mode)
    if bin_boundaries is not None and list(bin_boundaries) != sorted(bin_boundaries):
        raise BadArgument("the boundaries go up", argument="bin_boundaries")
    depth = num_bins if bin_boundaries is None else len(bin_boundaries) + 1
    if output_mode in ("multi_hot", "count") and inputs.rank > 2:
        dims = (inputs[0], *inputs[2:], depth)
    else:
        dims = encoded("Discretization", inputs, output_mode, depth)
    return Result(TensorType(dims, "int32" if output_mode == "int" else dtype), (), 0)


def _hashed(mode: str, policy: str | None) -> str:
    """The dtype of `Hashing`: its own, or int64 for ids and float32 for encodings."""
    if policy is None:
        return "int64" if mode == "int" else "float32"
    if mode == "int" and policy not in ("int32", "int64"):
        raise BadCombination(
            "Hashing gives ids, which are int32 or int64, with `output_mode: int`",
            argument="dtype",
        )
    return "float32" if policy.startswith("mixed_") else policy


@layer(
    case(tensor(4, dtype="int32"), num_bins=7),
    case(tensor(4, dtype="string"), num_bins=7, output_mode="multi_hot"),
    case(tensor(1, dtype="string"), num_bins=7, output_mode="one_hot", salt=3),
    text=True,
)
def Hashing(
    inputs: TensorType,
    *,
    num_bins: Positive,
    output_mode: IdEncoding = "int",
    sparse: Flag = False,
    policy: str | None,
) -> Result:
    """Puts text or ids into bins by a hash. (batch, ...) -> (batch, ...) of ids below num_bins"""
    not_sparse("Hashing", sparse, output_mode)
    if output_mode == "one_hot" and (inputs.rank < 2 or inputs[-1] != 1):
        raise ShapeMismatch(
            "Hashing with `output_mode: one_hot` takes (batch, 1), since Keras announces a wrong"
            f" shape for others; this is {inputs}",
            inputs=(0,),
            help="`output_mode: int`, then a `CategoryEncoding` with `output_mode: one_hot`",
        )
    dims = encoded("Hashing", inputs, output_mode, num_bins)
    return Result(TensorType(dims, _hashed(output_mode, policy)), (), 0)


@layer(
    case([tensor(1, dtype="int32"), tensor(1, dtype="string")], num_bins=7),
    case([tensor(dtype="int32"), tensor(dtype="int32")], num_bins=7),
    case([tensor(1, dtype="string"), tensor(1, dtype="string")], num_bins=7, output_mode="one_hot"),
    text=True,
)
def HashedCrossing(
    inputs: Tensors,
    *,
    num_bins: Positive,
    output_mode: CrossEncoding = "int",
    sparse: Flag = False,
    dtype: str,
    policy: str | None,
) -> Result:
    """Hashes pairs of ids. [(batch, 1), (batch, 1)] -> (batch, 1) of ids below num_bins

    With `output_mode: one_hot` (batch, num_bins).
    """
    if len(inputs) != 2:
        raise InputCount(
            f"HashedCrossing takes two tensors; it is given {len(inputs)}",
            inputs=tuple(range(len(inputs))),
        )
    for i, each in enumerate(inputs):
        needs_rank("HashedCrossing", each, 1, 2, form="(batch, 1)", input=i)
        if each.dims[1:] not in ((), (1,)) or each.shape != inputs[0].shape:
            raise ShapeMismatch(
                f"HashedCrossing takes two tensors of (batch, 1) or (batch,); these are"
                f" {inputs[0]} and {inputs[1]}",
                inputs=(0, 1),
            )
        if not each.dtype.startswith(("int", "uint", "string")):
            raise DTypeMismatch(
                f"HashedCrossing takes ids or text, not {each.dtype}",
                inputs=(i,),
                help="a `Discretization` before makes ids of numbers",
            )
    dims = encoded("HashedCrossing", inputs[0], output_mode, num_bins)
    ids = output_mode == "int" and policy is None
    return Result(TensorType(dims, "int64" if ids else dtype), (), 0)
