"""Dense, Embedding, and layers that pass a tensor on."""

from __future__ import annotations

from specc.catalogue.cost import altogether, for_each, multiply_adds
from specc.catalogue.define import Result, Weight, case, layer, tensor
from specc.catalogue.kinds import Flag, Number, Positive
from specc.catalogue.layers.lora import Constraint, LoraRank, adapted
from specc.catalogue.shapes import needs_rank, needs_size
from specc.catalogue.types import TensorType


@layer(
    case(4, units=7),
    case((10, 8), units=7, use_bias=False),
    case((None, 5), units=3, lora_rank=2),
    case((3, 4, 5), units=2),
)
def Dense(
    inputs: TensorType,
    *,
    units: Positive,
    use_bias: Flag = True,
    lora_rank: LoraRank = None,
    kernel_constraint: Constraint = None,
    dtype: str,
) -> Result:
    """A fully connected layer. (batch, ..., features) -> (batch, ..., units)

    The number of features must be known.
    """
    needs_rank("Dense", inputs, 2, -1, form="(batch, ..., features)")
    features = needs_size("Dense", inputs, -1, "number of features")
    kernel = Weight("kernel", (features, units))
    weights = (kernel, Weight("bias", (units,))) if use_bias else (kernel,)
    outputs = TensorType((*inputs[:-1], units), dtype)
    cost = multiply_adds(features, outputs.size)
    if use_bias:
        cost = altogether(cost, outputs.size)
    return Result(outputs, adapted("Dense", weights, lora_rank, kernel_constraint), cost)


@layer(
    case(tensor(10, dtype="int32"), input_dim=50, output_dim=6),
    case(tensor(None, dtype="int64"), input_dim=50, output_dim=6, mask_zero=True),
    case(tensor(dtype="int32"), input_dim=5, output_dim=6),
    case(tensor(3, 4, dtype="int32"), input_dim=5, output_dim=6, lora_rank=2),
    case(tensor(3), input_dim=5, output_dim=6),
)
def Embedding(
    inputs: TensorType,
    *,
    input_dim: Positive,
    output_dim: Positive,
    mask_zero: Flag = False,
    lora_rank: LoraRank = None,
    embeddings_constraint: Constraint = None,
    dtype: str,
) -> Result:
    """A learned vector for each id. (batch, ...) of ids -> (batch, ..., output_dim)

    Ids go from 0 to `input_dim` - 1. Numbers with a fraction are cut down to whole ones.
    """
    table = Weight("embeddings", (input_dim, output_dim))
    weights = adapted(
        "Embedding",
        (table,),
        lora_rank,
        embeddings_constraint,
        argument="embeddings_constraint",
    )
    return Result(TensorType((*inputs.dims, output_dim), dtype), weights, 0)


@layer(
    case((10, 8)),
    case((None, 8), mask_value=-1.0),
    case(4),
)
def Masking(inputs: TensorType, *, mask_value: Number = 0.0, dtype: str) -> Result:
    """Skips the steps whose numbers are all `mask_value`. (batch, time, features), unchanged"""
    needs_rank("Masking", inputs, 2, -1, form="(batch, time, features)")
    return Result(inputs.cast(dtype), (), for_each(inputs))


@layer(case(4), case((10, 8)), case(tensor(3, dtype="int32")), text=True)
def Identity(inputs: TensorType) -> Result:
    """Passes its input on. Any shape and dtype, unchanged"""
    return Result(inputs, (), 0)
