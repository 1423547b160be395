"""Attention: each step of a query takes what it needs from the steps of a value."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from specc.catalogue.cost import SOFTMAX, altogether, multiply_adds, operations
from specc.catalogue.define import CallFlag, Result, Tensors, Weight, case, layer, tensor
from specc.catalogue.kinds import Choice, Flag, Int, ListOf, Optional, Positive, Rate, Union
from specc.catalogue.layers.recurrent import check_mask
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    InputCount,
    RankMismatch,
    ShapeMismatch,
)
from specc.catalogue.shapes import (
    Dims,
    broadcast,
    clash,
    merge_dims,
    needs_rank,
    needs_size,
    product,
)
from specc.catalogue.types import Dim, TensorType

_COUNT = Int(1, 2**31 - 1)
ScoreMode = Annotated[str, Choice(("dot", "concat"))]
Window = Annotated[int | None, Optional(_COUNT)]
ValueDim = Annotated[int | None, Optional(_COUNT)]
OutputShape = Annotated[int | tuple[int, ...] | None, Optional(Union((_COUNT, ListOf(_COUNT, 1))))]
AttentionAxes = Annotated[
    int | tuple[int, ...] | None, Optional(Union((Int(-64, 64), ListOf(Int(-64, 64), 1))))
]
Flash = Annotated[bool | None, Optional(Choice((True, False)))]


Of = tuple[int, TensorType, Dim]
"""A dimension of a tensor, and the tensor's position."""


def _agree(name: str, what: str, one: Of, other: Of) -> Dim:
    """The length that two tensors share; raises `ShapeMismatch` saying `what` is wanted."""
    reason = clash(one[2], other[2])
    if reason is None:
        return merge_dims(one[2], other[2])
    raise ShapeMismatch(
        f"{name} takes {what}; these are {one[1]} and {other[1]}: {reason.message}",
        inputs=(one[0], other[0]),
        help=reason.help,
    )


def _simple(
    name: str,
    inputs: Tensors,
    mask: Tensors | None,
    *,
    concat: bool,
    dtype: str,
) -> tuple[TensorType, TensorType, int | None]:
    """The output, the scores and the cost of `Attention` and `AdditiveAttention`."""
    if not 2 <= len(inputs) <= 3:
        raise InputCount(
            f"{name} takes [query, value] or [query, value, key]; it is given {len(inputs)}",
            inputs=tuple(range(len(inputs))),
            help="for attention of a tensor to itself, list it twice",
        )
    for i, each in enumerate(inputs):
        needs_rank(name, each, 3, -1, form="(batch, time, features)", input=i)
    query, value, key = inputs[0], inputs[1], inputs[-1]
    last = len(inputs) - 1
    if not query.rank == value.rank == key.rank:
        raise RankMismatch(
            f"{name} takes tensors of as many dimensions; these are {', '.join(map(str, inputs))}",
            inputs=tuple(range(len(inputs))),
        )
    lead: list[Dim] = []
    same = "tensors that are equal before the last two dimensions"
    for axis in range(query.rank - 2):
        dim = _agree(name, same, (0, query, query[axis]), (1, value, value[axis]))
        lead.append(_agree(name, same, (0, query, dim), (last, key, key[axis])))
    features = "a query and key of as many features"
    _agree(name, features, (0, query, query[-1]), (last, key, key[-1]))
    every = "a value and key of as many steps"
    steps = _agree(name, every, (1, value, value[-2]), (last, key, key[-2]))
    if mask is not None:
        if not 2 <= len(mask) <= 3:
            raise InputCount(f"{name} takes a mask for the query and one for the value")
        for i, (each, of) in enumerate(zip(mask, inputs, strict=False)):
            check_mask(name, each, of.dims[:-1], len(inputs) + i)
    output = TensorType((*lead, query[-2], value[-1]), dtype)
    scores = TensorType((*lead, query[-2], steps), dtype)
    deep, wide = (d if isinstance(d, int) else None for d in (query[-1], value[-1]))
    each_score = operations(deep, 3) if concat else multiply_adds(deep)
    cost = altogether(
        operations(scores.size, each_score),
        operations(scores.size, SOFTMAX),
        multiply_adds(scores.size, wide),
    )
    return output, scores, cost


@layer(
    case([(5, 8), (9, 8)]),
    case([(5, 8), (9, 7), (9, 8)], use_scale=True, score_mode="concat"),
    case([(None, 8), (9, 8)], return_attention_scores=True, use_causal_mask=True),
    case([(2, 5, 8), (2, 9, 8)], dropout=0.1),
    case([(5, 8), (9, 8)], [tensor(5, dtype="bool"), tensor(9, dtype="bool")]),
)
def Attention(
    inputs: Tensors,
    mask: Tensors | None = None,
    *,
    use_scale: Flag = False,
    score_mode: ScoreMode = "dot",
    dropout: Rate = 0.0,
    return_attention_scores: CallFlag = False,
    use_causal_mask: CallFlag = False,
    dtype: str,
) -> Result:
    """Dot-product attention. [(batch, tq, dim), (batch, tv, wide)] -> (batch, tq, wide)

    The inputs are query, value and, if it is not the value, key. (Luong et al. 2015)
    """
    concat = score_mode == "concat"
    output, scores, cost = _simple(
        "Attention",
        inputs,
        mask,
        concat=concat,
        dtype=dtype,
    )
    weights = (Weight("scale", ()),) if use_scale else ()
    weights += (Weight("concat_score_weight", ()),) if concat else ()
    return Result((output, scores) if return_attention_scores else output, weights, cost)


@layer(
    case([(5, 8), (9, 8)]),
    case([(5, 8), (9, 7), (9, 8)], use_scale=False),
    case([(None, 8), (9, 8)], return_attention_scores=True, dropout=0.5),
)
def AdditiveAttention(
    inputs: Tensors,
    mask: Tensors | None = None,
    *,
    use_scale: Flag = True,
    dropout: Rate = 0.0,
    return_attention_scores: CallFlag = False,
    use_causal_mask: CallFlag = False,
    dtype: str,
) -> Result:
    """Attention by tanh of a sum. [(batch, tq, dim), (batch, tv, wide)] -> (batch, tq, wide)

    The inputs are query, value and, if it is not the value, key. (Bahdanau et al. 2015)
    """
    output, scores, cost = _simple(
        "AdditiveAttention",
        inputs,
        mask,
        concat=True,
        dtype=dtype,
    )
    weights: tuple[Weight, ...] = ()
    if use_scale:
        features = needs_size("AdditiveAttention", inputs[0], -1, "number of features")
        weights = (Weight("scale", (features,)),)
    return Result((output, scores) if return_attention_scores else output, weights, cost)


class Heads(NamedTuple):
    """Query, value and key of attention with several heads, and the masks over them."""

    query: TensorType
    value: TensorType
    key: TensorType
    masks: tuple[TensorType | None, ...]
    scores: Dims

    def check_masks(self, name: str) -> None:
        """Raises unless the masks are of the steps of their tensors."""
        tensors = (self.query, self.value, self.key)
        position = 3
        for mask, of in zip(self.masks[:3], tensors, strict=True):
            if mask is not None:
                check_mask(name, mask, of.dims[:-1], position)
                position += 1
        full = self.masks[3]
        if full is None:
            return
        wanted = self.scores
        short = (wanted[0], *wanted[2:])
        for candidate in (wanted, short):
            try:
                if len(full.dims) == len(candidate) and broadcast(full.dims, candidate):
                    return
            except ShapeMismatch:
                continue
        raise ShapeMismatch(
            f"{name} takes an attention_mask of shape {TensorType(short)}; this is {full}",
            inputs=(position,),
        )


def _no_flash(name: str, flash: bool | None, dropout: float, scores: bool) -> None:
    if flash and dropout > 0:
        raise BadCombination(
            f"{name} has no dropout with flash attention",
            argument="flash_attention",
            help="leave out one of them",
        )
    if flash and scores:
        raise BadCombination(
            f"{name} cannot return its scores with flash attention",
            argument="flash_attention",
            help="leave out `flash_attention`",
        )


def _projections(
    names: tuple[tuple[str, int, tuple[int, ...]], ...], use_bias: bool
) -> tuple[Weight, ...]:
    """A kernel, and a bias, for each projection: its name, features in, and shape out."""
    weights: list[Weight] = []
    for name, features, shape in names:
        weights.append(Weight(f"{name}/kernel", (features, *shape)))
        if use_bias:
            weights.append(Weight(f"{name}/bias", shape))
    return tuple(weights)


def _attended(query: TensorType, attention_axes: int | tuple[int, ...] | None) -> tuple[int, ...]:
    rank = query.rank
    if attention_axes is None:
        return tuple(range(1, rank - 1))
    given = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
    axes = tuple(a if a >= 0 else rank + a for a in given)
    for axis in axes:
        if not 0 < axis < rank - 1:
            raise BadArgument(
                f"MultiHeadAttention cannot attend along axis {axis} of {query}",
                argument="attention_axes",
                help=f"axes go from 1 to {rank - 2}: the batch and the features are left out",
            )
    if len(set(axes)) < len(axes):
        raise BadArgument("an axis is named twice", argument="attention_axes")
    return axes


@layer(
    case((5, 8), (9, 8), num_heads=2, key_dim=4),
    case(
        (5, 8), (9, 7), (9, 6), num_heads=2, key_dim=4, value_dim=3, output_shape=5, use_bias=False
    ),
    case((9, 8), (9, 8), num_heads=2, key_dim=4, return_attention_scores=True),
    case((4, 5, 8), (4, 6, 8), num_heads=2, key_dim=4, attention_axes=[2]),
    case((4, 5, 8), (4, 6, 8), num_heads=2, key_dim=4, attention_axes=[1, 2], use_gate=True),
    case((None, 8), (9, 8), num_heads=1, key_dim=4, output_shape=[3, 4], dropout=0.1),
    case(
        (5, 8),
        (9, 8),
        ...,
        ...,
        ...,
        ...,
        tensor(5, 9, dtype="bool"),
        num_heads=2,
        key_dim=4,
    ),
)
def MultiHeadAttention(
    query: TensorType,
    value: TensorType,
    key: TensorType | None = None,
    query_mask: TensorType | None = None,
    value_mask: TensorType | None = None,
    key_mask: TensorType | None = None,
    attention_mask: TensorType | None = None,
    *,
    num_heads: Positive,
    key_dim: Positive,
    value_dim: ValueDim = None,
    dropout: Rate = 0.0,
    use_bias: Flag = True,
    output_shape: OutputShape = None,
    attention_axes: AttentionAxes = None,
    sliding_window: Window = None,
    flash_attention: Flash = None,
    use_gate: Flag = False,
    return_attention_scores: CallFlag = False,
    use_causal_mask: CallFlag = False,
    dtype: str,
) -> Result:
    """Attention with several heads. (batch, tq, dim), (batch, tv, wide) -> (batch, tq, dim)

    The key is the value where it is left out. With `output_shape` the last dimension is that. With
    `return_attention_scores` (batch, heads, tq, tv) too. Features must be known. (Vaswani et al.
    2017)
    """
    name = "MultiHeadAttention"
    _no_flash(name, flash_attention, dropout, return_attention_scores)
    for i, each in enumerate((query, value, key)):
        if each is not None:
            needs_rank(name, each, 3, -1, form="(batch, time, features)", input=i)
    key, last = (value, 1) if key is None else (key, 2)
    if not query.rank == value.rank == key.rank:
        raise RankMismatch(
            f"{name} takes tensors of as many dimensions; these are {query}, {value} and {key}",
            inputs=(0, 1, last),
        )
    axes = _attended(query, attention_axes)
    steps: list[Dim] = list(value.dims[:-1])
    lead: list[Dim] = list(query.dims[:-1])
    for axis in range(query.rank - 1):
        same = "a value and a key that are equal but for their features"
        one, other = value[axis], key[axis]
        steps[axis] = _agree(name, same, (1, value, one), (last, key, other))
        if axis and isinstance(one, int) != isinstance(other, int):
            raise ShapeMismatch(
                f"{name} takes {same}; in one of these a length is not known: {value} and {key}",
                inputs=(1, last),
                help="write both as numbers, or none",
            )
        if axis not in axes:
            same = "a query and a value that are equal where it does not attend"
            lead[axis] = _agree(name, same, (0, query, lead[axis]), (1, value, steps[axis]))
    width = value_dim or key_dim
    features = [
        needs_size(name, each, -1, "number of features", input=i)
        for i, each in enumerate((query, value, key))
    ]
    shape = output_shape or (features[0],)
    shape = (shape,) if isinstance(shape, int) else shape
    gate = (("gate", features[0], (num_heads, width)),) if use_gate else ()
    weights = _projections(
        (
            ("query", features[0], (num_heads, key_dim)),
            ("key", features[2], (num_heads, key_dim)),
            *gate,
            ("value", features[1], (num_heads, width)),
        ),
        use_bias,
    )
    weights += (Weight("attention_output/kernel", (num_heads, width, *shape)),)
    weights += (Weight("attention_output/bias", shape),) if use_bias else ()
    apart = tuple(lead[i] for i in range(query.rank - 1) if i not in axes)
    scores = (*apart, num_heads, *(lead[i] for i in axes), *(steps[i] for i in axes))
    masks = (query_mask, value_mask, key_mask, attention_mask)
    if masks != (None, None, None, None):
        Heads(query, value, key, masks, scores).check_masks(name)
    output = TensorType((*lead, *shape), dtype)
    cost = _cost(
        weights, product(lead[1:]), product(steps[1:]), product(scores[1:]), key_dim + width
    )
    if return_attention_scores:
        return Result((output, TensorType(scores, dtype)), weights, cost)
    return Result(output, weights, cost)


def _cost(
    weights: tuple[Weight, ...],
    queries: int | None,
    steps: int | None,
    scores: int | None,
    width: int,
) -> int | None:
    """Projections of every step, scores, their softmax, and the sum of values."""
    costs: list[int | None] = []
    for weight in weights:
        name, what = weight.name.split("/")
        places = steps if name in ("key", "value") else queries
        costs.append(operations(places, weight.size, 2 if what == "kernel" else 1))
    costs.append(multiply_adds(scores, width))
    costs.append(operations(scores, SOFTMAX))
    return altogether(*costs)


@layer(
    case((5, 8), (9, 8), head_dim=4, num_query_heads=4, num_key_value_heads=2),
    case(
        (5, 8), (9, 8), (9, 7), head_dim=4, num_query_heads=4, num_key_value_heads=4, use_bias=False
    ),
    case(
        (None, 8),
        (9, 8),
        head_dim=4,
        num_query_heads=4,
        num_key_value_heads=1,
        return_attention_scores=True,
        use_gate=True,
    ),
)
def GroupQueryAttention(
    query: TensorType,
    value: TensorType,
    key: TensorType | None = None,
    query_mask: TensorType | None = None,
    value_mask: TensorType | None = None,
    key_mask: TensorType | None = None,
    attention_mask: TensorType | None = None,
    *,
    head_dim: Positive,
    num_query_heads: Positive,
    num_key_value_heads: Positive,
    dropout: Rate = 0.0,
    use_bias: Flag = True,
    sliding_window: Window = None,
    flash_attention: Flash = None,
    use_gate: Flag = False,
    return_attention_scores: CallFlag = False,
    use_causal_mask: CallFlag = False,
    dtype: str,
) -> Result:
    """Attention whose heads share keys. (batch, tq, dim), (batch, tv, dim) -> (batch, tq, dim)

    `num_key_value_heads` divides `num_query_heads`. With `return_attention_scores` (batch, heads,
    tq, tv) too. Features must be known. (Ainslie et al. 2023)
    """
    name = "GroupQueryAttention"
    if num_query_heads % num_key_value_heads:
        raise BadCombination(
            f"{name} shares {num_key_value_heads} heads of keys among {num_query_heads} of queries,"
            " which does not divide",
            argument="num_key_value_heads",
            help=f"take a number of which {num_query_heads} is a multiple",
        )
    _no_flash(name, flash_attention, dropout, return_attention_scores)
    for i, each in enumerate((query, value, key)):
        if each is not None:
            needs_rank(name, each, 3, form="(batch, time, features)", input=i)
    key, last = (value, 1) if key is None else (key, 2)
    features = [
        needs_size(name, each, -1, "number of features", input=i)
        for i, each in enumerate((query, value, key))
    ]
    if features[0] != features[1]:
        raise ShapeMismatch(
            f"{name} takes a query and a value of as many features; these are {query} and {value}",
            inputs=(0, 1),
            help=f"a Dense with `units: {features[0]}` on the value would make them equal",
        )
    batch = _agree(name, "tensors of one batch", (0, query, query[0]), (1, value, value[0]))
    steps = _agree(
        name, "a value and a key of as many steps", (1, value, value[1]), (last, key, key[1])
    )
    if isinstance(value[1], int) != isinstance(key[1], int):
        raise ShapeMismatch(
            f"{name} takes a value and a key of as many steps; one is not known: {value} and {key}",
            inputs=(1, last),
            help="write both as numbers, or none",
        )
    heads = (num_query_heads, head_dim)
    shared = (num_key_value_heads, head_dim)
    gate = (("gate", features[0], heads),) if use_gate else ()
    weights = _projections(
        (
            ("query", features[0], heads),
            ("key", features[2], shared),
            *gate,
            ("value", features[1], shared),
        ),
        use_bias,
    )
    weights += (Weight("attention_output/kernel", (*heads, features[0])),)
    weights += (Weight("attention_output/bias", (features[0],)),) if use_bias else ()
    scores = (batch, num_query_heads, query[1], steps)
    masks = (query_mask, value_mask, key_mask, attention_mask)
    if masks != (None, None, None, None):
        Heads(query, value, key, masks, scores).check_masks(name)
    output = TensorType((batch, query[1], features[0]), dtype)
    tq, tv = (d if isinstance(d, int) else None for d in (query[1], steps))
    cost = _cost(weights, tq, tv, product(scores[1:]), 2 * head_dim)
    if return_attention_scores:
        return Result((output, TensorType(scores, dtype)), weights, cost)
    return Result(output, weights, cost)
