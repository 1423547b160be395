"""Attention over which specc and Keras differ: see `disagreements`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from disagreement import Disagreement

from specc.catalogue.define import case, tensor


def _mixes_examples(layer: Callable[[Any], Any], *shape: int) -> bool:
    """Whether an example's result hangs on the other examples of its batch."""
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    y = x.copy()
    y[1:] = 0
    return not np.allclose(np.asarray(layer(x))[:1], np.asarray(layer(y))[:1])


def _attends_heads() -> bool:
    layer = keras.layers.MultiHeadAttention(2, 4, attention_axes=-1)
    x = np.ones((2, 9, 8), "float32")
    _, scores = layer(x, x, return_attention_scores=True)
    return tuple(scores.shape) != (2, 2, 9, 9)


ATTENTION: tuple[Disagreement, ...] = (
    Disagreement(
        "late",
        "Attention AdditiveAttention",
        "a query and key of|a value and key of|equal before the last two|of as many dimensions",
        "query, value and key are not compared",
        ("Attention", case([(5, 8), (9, 7)])),
    ),
    Disagreement(
        "silent",
        "Attention AdditiveAttention",
        "takes at least 3 dimensions",
        "of (batch, features) it attends over the batch",
        ("Attention", case([8, 8])),
        proof=lambda: _mixes_examples(lambda x: keras.layers.Attention()([x, x]), 4, 8),
    ),
    Disagreement(
        "late",
        "MultiHeadAttention",
        "equal where it does not attend|of as many dimensions|takes at least 3 dimensions",
        "query and value are not compared",
        (
            "MultiHeadAttention",
            case((4, 5, 8), (3, 6, 8), num_heads=2, key_dim=4, attention_axes=2),
        ),
    ),
    Disagreement(
        "silent",
        "MultiHeadAttention",
        "cannot attend along axis",
        "the batch is attended over, and the last axis means the heads",
        ("MultiHeadAttention", case((9, 8), (9, 8), num_heads=2, key_dim=4, attention_axes=-1)),
        proof=_attends_heads,
    ),
    Disagreement(
        "wrong",
        "MultiHeadAttention",
        "shape",
        "the scores are (batch, heads, tq, tv); Keras says (batch, heads, tq, tq)",
        (
            "MultiHeadAttention",
            case((5, 8), (9, 8), num_heads=2, key_dim=4, return_attention_scores=True),
        ),
    ),
    Disagreement(
        "late",
        "GroupQueryAttention",
        "takes 3 dimensions",
        "the number of dimensions is not checked",
        (
            "GroupQueryAttention",
            case((4, 5, 8), (4, 9, 8), head_dim=4, num_query_heads=2, num_key_value_heads=1),
        ),
    ),
    Disagreement(
        "late",
        "MultiHeadAttention GroupQueryAttention",
        "cannot return its scores with flash",
        "flash attention has no scores to return",
        (
            "MultiHeadAttention",
            case(
                (5, 8),
                (5, 8),
                num_heads=2,
                key_dim=4,
                flash_attention=True,
                return_attention_scores=True,
            ),
        ),
    ),
    Disagreement(
        "late",
        "MultiHeadAttention",
        "an axis is named twice",
        "the equation of the scores gets one letter twice",
        (
            "MultiHeadAttention",
            case(
                (9, 8),
                (9, 8),
                num_heads=2,
                key_dim=4,
                attention_axes=[1, 1],
                return_attention_scores=True,
            ),
        ),
    ),
    Disagreement(
        "silent",
        "Attention AdditiveAttention",
        "a query and key of|equal before the last two|of as many dimensions",
        "a length of 1, or a dimension less, is stretched",
        ("AdditiveAttention", case([(5, 8), (9, 1)])),
    ),
    Disagreement(
        "silent",
        "Attention AdditiveAttention",
        "takes a mask of bool",
        "numbers are taken for a mask",
        ("Attention", case([(5, 8), (9, 8)], [tensor(5), tensor(9)])),
    ),
    Disagreement(
        "silent",
        "MultiHeadAttention",
        "",
        "along chosen axes any text is taken for true",
        (
            "MultiHeadAttention",
            case(
                (4, 8, 8),
                (4, 6, 8),
                num_heads=2,
                key_dim=4,
                attention_axes=[2],
                flash_attention="foo",
            ),
        ),
        argument="flash_attention",
    ),
)
