"""Sequences read from what a network says of each step."""

from __future__ import annotations

from typing import Annotated

from specc.catalogue.define import Result, case, op, tensor
from specc.catalogue.dtypes import result_type
from specc.catalogue.kinds import Choice, Flag, Int, Optional
from specc.catalogue.mismatch import BadArgument, BadCombination, ShapeMismatch
from specc.catalogue.ops.promotion import REAL, WHOLE, needs
from specc.catalogue.shapes import clash, needs_rank
from specc.catalogue.types import TensorType

Count = Annotated[int, Int(1, 2**31 - 1)]


@op(
    case((9, 4), tensor(dtype="int32")),
    case((9, 4), tensor(dtype="int32"), merge_repeated=False, mask_index=3),
    case((9, 4), tensor(dtype="int32"), strategy="beam_search", beam_width=5),
    case((None, 4), tensor(dtype="int32"), strategy="beam_search", mask_index=None),
)
def ctc_decode(
    inputs: TensorType,
    sequence_lengths: TensorType,
    *,
    strategy: Annotated[str, Choice(("greedy", "beam_search"))] = "greedy",
    beam_width: Count = 100,
    top_paths: Count = 1,
    merge_repeated: Flag = True,
    mask_index: Annotated[int | None, Optional(Int(0, 2**31 - 1))] = 0,
) -> Result:
    """Likely sequences. (batch, time, n), (batch,) -> (paths, batch, time), (batch, paths)"""
    name = "ops.ctc_decode"
    needs_rank(name, inputs, 3, form="(batch, time, classes)")
    needs_rank(name, sequence_lengths, 1, form="(batch,)", input=1)
    needs("ctc_decode", inputs.dtype, REAL)
    needs("ctc_decode", sequence_lengths.dtype, WHOLE, 1)
    batch, time, classes = inputs.dims
    if clash(batch, sequence_lengths.dims[0]) is not None:
        raise ShapeMismatch(f"{name} takes a length for each example", inputs=(0, 1))
    if mask_index is not None and isinstance(classes, int) and mask_index >= classes:
        raise BadArgument(f"class {mask_index} is not one of {classes}", argument="mask_index")
    paths = 1 if strategy == "greedy" else top_paths
    if paths > beam_width:
        raise BadCombination("top_paths is at most beam_width", argument="top_paths")
    scores = TensorType((batch, paths), result_type(inputs.dtype, "float32"))
    return Result((TensorType((paths, batch, time), "int32"), scores))
