"""Inputs and variables: the tensors that a graph begins with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from specc.catalogue.plain import is_dict
from specc.document.bounds import RANK
from specc.document.values import (
    Chosen,
    Flag,
    Later,
    Number,
    Positive,
    Strict,
    Whole,
    is_expression,
    name,
)

DType = Literal[
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    "bfloat16", "float16", "float32", "float64", "string",
]  # fmt: skip


class Normal(Strict):
    """Noise with a mean and a standard deviation."""

    mean: Later[Number] = 0.0
    stddev: Later[Annotated[Number, Field(ge=0)]] = 1.0


class Uniform(Strict):
    """Noise between two bounds."""

    low: Later[Number] = 0.0
    high: Later[Number] = 1.0


class Integers(Strict):
    """Whole numbers from `low` to `high`, the upper bound left out."""

    low: Later[Whole] = 0
    high: Later[Whole]


class Sample(Strict):
    """What an input is drawn from; one of the three."""

    normal: Normal | None = None
    uniform: Uniform | None = None
    integers: Integers | None = None


def _sample(value: Any) -> Any:
    if isinstance(value, str) and not is_expression(value):
        if value not in ("normal", "uniform"):
            raise PydanticCustomError(
                "choice",
                "normal, or one of normal, uniform and integers as a key",
                {"choices": "normal uniform"},
            )
        return {value: {}}
    if is_dict(value):
        if len(value) != 1:
            raise PydanticCustomError("one_key", "this wants one of normal, uniform and integers")
        return {k: dict[str, Any]() if v is None else v for k, v in value.items()}
    return value


def _dimension(value: Any) -> Any:
    if value is None:
        return value
    if isinstance(value, str):
        return name(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError(
            "dimension", "a whole number from 1, `null` (unknown), or a name such as `time`"
        )
    if not 1 <= value <= 2**53 or not float(value).is_integer():
        raise PydanticCustomError("dimension", "a whole number from 1")
    return int(value)


Dimension = Annotated[int | str | None, BeforeValidator(_dimension)]


class Input(Strict):
    """An input of a model. `shape` leaves the batch out."""

    shape: Later[Annotated[list[Later[Dimension]], Field(max_length=RANK)]]
    dtype: Later[DType] = "float32"
    sample: Later[Annotated[Sample, BeforeValidator(_sample)] | None] = None


class Variable(Strict):
    """A learned tensor that is in no layer. `shape` is its whole shape."""

    shape: Later[Annotated[list[Later[Positive]], Field(max_length=RANK)]]
    initializer: Later[Chosen] = "zeros"
    dtype: Later[DType] = "float32"
    trainable: Later[Flag] = True
    per_example: Later[Flag] = False
