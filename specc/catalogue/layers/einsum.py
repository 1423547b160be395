"""EinsumDense, whose products are written as an equation, and ReversibleEmbedding."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from specc.catalogue.cost import altogether, multiply_adds
from specc.catalogue.define import CallFlag, Result, Weight, case, layer, tensor
from specc.catalogue.kinds import Flag, Int, ListOf, Optional, Positive, Text, Union
from specc.catalogue.layers.lora import Constraint, LoraRank, adapted
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    RankMismatch,
    ShapeMismatch,
    UnknownSize,
)
from specc.catalogue.shapes import Dims, clash, needs_rank, needs_size
from specc.catalogue.types import Dim, TensorType

_LENGTH = Optional(Int(1, 2**31 - 1))
Equation = Annotated[str, Text(what="an equation such as `abc,cd->abd`")]
OutputShape = Annotated[
    int | tuple[int | None, ...], Union((Int(1, 2**31 - 1), ListOf(_LENGTH, 1)))
]
BiasAxes = Annotated[str | None, Optional(Text("[a-zA-Z]+", "letters of the equation's output"))]

_FORMS = (
    (re.compile(r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"), ""),
    (re.compile(r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)"), "left"),
    (re.compile(r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\."), "right"),
)


class Terms(NamedTuple):
    """An equation's letters, and on which side its dots stand."""

    inputs: str
    weight: str
    output: str
    dots: str


def terms(equation: str) -> Terms:
    """The equation read; raises `BadArgument`."""
    for pattern, dots in _FORMS:
        match = pattern.fullmatch(equation)
        if match is not None:
            inputs, weight, output = match.groups()
            for term in (inputs, weight, output):
                if len(set(term)) < len(term):
                    raise BadArgument(f"a letter stands twice in `{term}`", argument="equation")
            for letter in output:
                if letter not in inputs + weight:
                    raise BadArgument(
                        f"`{letter}` comes out, and neither the input nor the weight has it",
                        argument="equation",
                    )
            for letter in weight:
                if letter not in inputs + output:
                    raise BadArgument(
                        f"`{letter}` stands in the weight only, so its length is not known",
                        argument="equation",
                    )
            return Terms(inputs, weight, output, dots)
    raise BadArgument(
        f"`{equation}` is not of the form `ab,bc->ac`, `...b,bc->...c` or `ab...,bc->ac...`",
        argument="equation",
        help="without blanks",
    )


def _sizes(
    read: Terms, inputs: TensorType, given: tuple[int | None, ...]
) -> tuple[dict[str, Dim], Dims]:
    """The length that each letter stands for, and the dimensions that the dots stand for."""
    extra = inputs.rank - len(read.inputs)
    if extra < 0 or (extra and not read.dots):
        raise RankMismatch(
            f"EinsumDense has {len(read.inputs)} letters for its input, which is {inputs}",
            argument="equation",
            inputs=(0,),
            help="`...` stands for the dimensions that stay as they are",
        )
    left = read.dots == "left"
    if left and extra > 2:
        raise RankMismatch(
            f"EinsumDense takes dots on the left for at most 2 dimensions, since Keras announces a"
            f" wrong shape for more; its input is {inputs}",
            argument="equation",
            inputs=(0,),
            help="write a letter for each dimension",
        )
    own = inputs.dims[extra:] if left else inputs.dims[: len(read.inputs)]
    dots = inputs.dims[:extra] if left else inputs.dims[len(read.inputs) :]
    sizes: dict[str, Dim] = dict(zip(read.inputs, own, strict=True))
    # `output_shape` leaves out the batch, which is the first letter unless the dots hold it.
    letters = read.output if left and extra else read.output[1:]
    if len(letters) != len(given):
        raise BadCombination(
            f"the output `{read.output}` has {len(letters)} lengths after the batch, and"
            f" output_shape {len(given)}",
            argument="output_shape",
        )
    for letter, length in zip(letters, given, strict=True):
        if letter not in read.inputs:
            sizes[letter] = length
        elif length is not None and sizes[letter] != length:
            reason = clash(sizes[letter], length)
            said = reason.message if reason else f"it is not known to be {length}"
            raise ShapeMismatch(
                f"EinsumDense: `{letter}` is {sizes[letter]} in the input {inputs}: {said}",
                argument="output_shape",
                inputs=(0,),
                help="write null for it",
            )
    for letter in read.weight:
        if letter in letters and given[letters.index(letter)] is None:
            raise UnknownSize(
                f"EinsumDense needs the length of `{letter}` for its weight",
                argument="output_shape",
                help=f"write it in output_shape, in place {letters.index(letter)}",
            )
    return sizes, dots


@layer(
    case((10, 8), equation="abc,cd->abd", output_shape=[None, 6], bias_axes="d"),
    case((10, 8), equation="...x,xy->...y", output_shape=4),
    case((None, 8), equation="abc,cde->abde", output_shape=[None, 3, 4], bias_axes="de"),
    case((10, 8), equation="ab...,bc->ac...", output_shape=5, bias_axes="c"),
    case(8, equation="ab,bc->ac", output_shape=64, lora_rank=2),
    case((10, 8), equation="abc,bd->adc", output_shape=[3, None]),
)
def EinsumDense(
    inputs: TensorType,
    *,
    equation: Equation,
    output_shape: OutputShape,
    bias_axes: BiasAxes = None,
    lora_rank: LoraRank = None,
    kernel_constraint: Constraint = None,
    dtype: str,
) -> Result:
    """A dense layer whose product is an equation: `abc,cd->abd`. (batch, ...) -> (batch, ...)

    `output_shape` leaves the batch, and what the dots stand for, out; null is a length that the
    input gives.
    """
    read = terms(equation)
    given = (output_shape,) if isinstance(output_shape, int) else output_shape
    sizes, dots = _sizes(read, inputs, given)

    def length(letter: str) -> int:
        size = sizes[letter]
        if isinstance(size, int):
            return size
        raise UnknownSize(
            f"EinsumDense needs to know the length of `{letter}`, which is not known in {inputs}",
            inputs=(0,),
        )

    kernel = Weight("kernel", tuple(length(letter) for letter in read.weight))
    weights: tuple[Weight, ...] = (kernel,)
    own = tuple(sizes[letter] for letter in read.output)
    outputs = TensorType((*dots, *own) if read.dots == "left" else (*own, *dots), dtype)
    summed = [letter for letter in read.inputs if letter not in read.output]
    cost = outputs.size
    for letter in summed:
        size = sizes[letter]
        cost = None if cost is None or not isinstance(size, int) else cost * size
    cost = multiply_adds(cost)
    if bias_axes is not None:
        for letter in bias_axes:
            if letter not in read.output:
                raise BadArgument(
                    f"`{letter}` is not in the output `{read.output}`", argument="bias_axes"
                )
        first = min(read.output.index(letter) for letter in bias_axes)
        shape = tuple(length(c) if c in bias_axes else 1 for c in read.output[first:])
        trailing = () if read.dots == "left" else (1,) * len(dots)
        weights += (Weight("bias", (*shape, *trailing)),)
        cost = altogether(cost, outputs.size)
    return Result(outputs, adapted("EinsumDense", weights, lora_rank, kernel_constraint), cost)


@layer(
    case(tensor(10, dtype="int32"), input_dim=50, output_dim=6),
    case((10, 8), input_dim=50, output_dim=8, tie_weights=False, reverse=True),
    case((None, 8), input_dim=50, output_dim=8, reverse=True),
)
def ReversibleEmbedding(
    inputs: TensorType,
    *,
    input_dim: Positive,
    output_dim: Positive,
    tie_weights: Flag = True,
    reverse: CallFlag = False,
    dtype: str,
) -> Result:
    """An embedding that also goes back. (batch, ...) of ids -> (batch, ..., output_dim)

    With `call: {reverse: true}` (batch, ..., output_dim) -> (batch, ..., input_dim), by the same
    weights unless `tie_weights` is false.
    """
    weights = (Weight("embeddings", (input_dim, output_dim)),)
    if not tie_weights:
        weights += (Weight("reverse_embeddings", (output_dim, input_dim)),)
    if not reverse:
        return Result(TensorType((*inputs.dims, output_dim), dtype), weights, 0)
    needs_rank("ReversibleEmbedding", inputs, 2, -1, form="(batch, ..., output_dim)")
    features = needs_size("ReversibleEmbedding", inputs, -1, "number of features")
    if features != output_dim:
        raise ShapeMismatch(
            f"ReversibleEmbedding goes back from {output_dim} features; its input is {inputs}",
            inputs=(0,),
            help=f"a Dense with `units: {output_dim}` before would fit",
        )
    outputs = TensorType((*inputs[:-1], input_dim), dtype)
    return Result(outputs, weights, multiply_adds(outputs.size, output_dim))
