"""Losses as functions of `keras.ops`: a number for each example, or for each place."""

from __future__ import annotations

from specc.catalogue.cost import for_each
from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.dtypes import result_type
from specc.catalogue.kinds import Axis, Flag, Number
from specc.catalogue.mismatch import RankMismatch, ShapeMismatch
from specc.catalogue.ops import promotion as to
from specc.catalogue.ops.promotion import FLOATS, NUMBERS, REAL, WHOLE, needs, one_dtype
from specc.catalogue.shapes import Dims, clash, needs_rank, position, without
from specc.catalogue.types import TensorType


def _one_shape(name: str, target: Dims, output: Dims) -> None:
    fits = len(target) == len(output) and not any(map(clash, target, output))
    if not fits or TensorType(target).shape != TensorType(output).shape:
        raise ShapeMismatch(
            f"ops.{name} takes targets and outputs of one shape, not {TensorType(target)} and "
            f"{TensorType(output)}",
            inputs=(0, 1),
        )


@op(case(3, 3), case((4, 3), (4, 3), from_logits=True))
def binary_crossentropy(
    target: TensorType, output: TensorType, *, from_logits: Flag = False
) -> Result:
    """The cross-entropy of each number. (batch, n), (batch, n) -> (batch, n)"""
    needs("binary_crossentropy", target.dtype, FLOATS, 0)
    needs("binary_crossentropy", output.dtype, FLOATS, 1)
    one_dtype("binary_crossentropy", target, output)
    _one_shape("binary_crossentropy", target.dims, output.dims)
    return Result(output.cast(to.same(output.dtype)), (), for_each(output))


@op(case(3, 3), case((4, 3), (4, 3), from_logits=True))
def categorical_crossentropy(
    target: TensorType, output: TensorType, *, from_logits: Flag = False, axis: Axis = -1
) -> Result:
    """The cross-entropy of shares. (batch, ..., n), (batch, ..., n) -> (batch, ...)"""
    needs("categorical_crossentropy", target.dtype, FLOATS, 0)
    needs("categorical_crossentropy", output.dtype, FLOATS, 1)
    one_dtype("categorical_crossentropy", target, output)
    needs_rank("ops.categorical_crossentropy", output, 1, -1, input=1)
    _one_shape("categorical_crossentropy", target.dims, output.dims)
    if position(axis, output.rank) != output.rank - 1:
        raise RankMismatch("Keras takes the classes in the last axis here", argument="axis")
    return Result(TensorType(output.dims[:-1], to.same(output.dtype)), (), for_each(output))


@op(
    case(tensor(dtype="int32"), 3),
    case(tensor(4, dtype="int32"), (4, 3), from_logits=True),
    case(tensor(1, dtype="int32"), 3),
)
def sparse_categorical_crossentropy(
    target: TensorType, output: TensorType, *, from_logits: Flag = False, axis: Axis = -1
) -> Result:
    """The cross-entropy of the right class. (batch, ...), (batch, ..., n) -> (batch, ...)"""
    name = "sparse_categorical_crossentropy"
    needs(name, target.dtype, REAL, 0)
    needs(name, output.dtype, FLOATS, 1)
    needs_rank(f"ops.{name}", output, 1, -1, input=1)
    at = position(axis, output.rank)
    if at != output.rank - 1:
        raise RankMismatch("Keras takes the classes in the last axis here", argument="axis")
    dims = target.dims
    if target.rank == output.rank and dims[-1] == 1:
        dims = dims[:-1]
    left = without(output.dims, (at,))
    _one_shape(name, dims, left)
    return Result(TensorType(left, to.same(output.dtype)), (), for_each(output))


@op(
    case(
        tensor(5, dtype="int32"), (9, 4), tensor(dtype="int32"), tensor(dtype="int32"), mask_index=0
    )
)
def ctc_loss(
    target: TensorType,
    output: TensorType,
    target_length: TensorType,
    output_length: TensorType,
    *,
    mask_index: Axis = 0,
) -> Result:
    """Connectionist temporal classification. (batch, n), (batch, time, classes) -> (batch,)"""
    for i, (x, rank) in enumerate(
        ((target, 2), (output, 3), (target_length, 1), (output_length, 1))
    ):
        needs_rank("ops.ctc_loss", x, rank, input=i)
        needs("ctc_loss", x.dtype, REAL if i == 1 else WHOLE, i)
        if clash(x.dims[0], target.dims[0]) is not None:
            raise ShapeMismatch("ops.ctc_loss takes equally many examples", inputs=(0, i))
    return Result(TensorType(target.dims[:1], result_type(output.dtype, "float32")))


@op(case((4, 3), (4, 3), max_val=1.0))
def psnr(x1: TensorType, x2: TensorType, *, max_val: Number) -> Result:
    """The ratio of signal to noise, over everything. (...), (...) -> ()"""
    needs("psnr", x1.dtype, NUMBERS, 0)
    one_dtype("psnr", x1, x2)
    if x1.rank != x2.rank or any(map(clash, x1.dims, x2.dims)):
        raise ShapeMismatch(f"ops.psnr takes two of one shape, not {x1} and {x2}", inputs=(0, 1))
    return Result(TensorType((), "float32"), (), for_each(x1, 3))
