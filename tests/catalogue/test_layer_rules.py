"""Rules without Keras: what they refuse and how they say it, named lengths, costs."""

from __future__ import annotations

from itertools import islice
from random import Random
from typing import Any

import pytest
from drawing import cases, show
from ruling import outputs, ruling

from specc.catalogue.define import Case, Result, case, tensor
from specc.catalogue.layers import LAYERS
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    Mismatch,
    RankMismatch,
    ShapeMismatch,
    UnknownSize,
)
from specc.catalogue.types import BATCH, Dim, Symbol, TensorType

TIME, WORDS = Symbol("time"), Symbol("words")
NAMES = sorted(LAYERS)


def apply(name: str, *inputs: Any, **arguments: Any) -> Result:
    return ruling(LAYERS[name], case(*inputs, **arguments))


def dims(name: str, *inputs: Any, **arguments: Any) -> tuple[Dim, ...]:
    return outputs(apply(name, *inputs, **arguments))[0].dims


def refusal(name: str, *inputs: Any, **arguments: Any) -> Mismatch:
    with pytest.raises(Mismatch) as caught:
        apply(name, *inputs, **arguments)
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_own_cases(name: str) -> None:
    """A layer takes its own cases, has one weight of a name, and keeps the batch."""
    for each in LAYERS[name].cases:
        result = ruling(LAYERS[name], each)
        names = [w.name for w in result.weights]
        assert len(set(names)) == len(names)
        assert all(t.batched for t in outputs(result))


@pytest.mark.parametrize("name", NAMES)
def test_summary(name: str) -> None:
    """The first line of a rule's docstring says what it is and is not cut off."""
    summary = LAYERS[name].summary
    assert summary
    assert len(summary) <= 100


@pytest.mark.parametrize("name", NAMES)
def test_only_mismatches(name: str) -> None:
    """Whatever is drawn, huge numbers among it, a rule gives a result or raises a `Mismatch`."""
    rng = Random(f"{name} huge")
    for drawn in islice(cases(LAYERS[name], rng), 60):
        arguments = {
            k: rng.choice((v, 2**31 - 1, -(2**63), 2**70)) if type(v) is int else v
            for k, v in drawn.arguments.items()
        }
        try:
            result = ruling(LAYERS[name], Case(drawn.inputs, arguments))
        except Mismatch as mismatch:
            assert mismatch.message, show(name, drawn)
        else:
            assert all(isinstance(n, int) for w in result.weights for n in w.shape)


@pytest.mark.parametrize("name", NAMES)
def test_cost(name: str) -> None:
    """The cost of a case is a number wherever all lengths are."""
    for each in LAYERS[name].cases:
        result = ruling(LAYERS[name], each)
        flat = [t for i in each.inputs for t in (i if isinstance(i, tuple) else (i,)) if t]
        if all(t.size is not None for t in flat):
            assert result.flops is not None, show(name, each)
            assert result.flops >= 0


def test_named_lengths_live_on() -> None:
    """A named length stays where nothing changes it, and is unknown where something does."""
    assert dims("Dense", (TIME, 8), units=3) == (BATCH, TIME, 3)
    assert dims("LSTM", (TIME, 8), units=3, return_sequences=True) == (BATCH, TIME, 3)
    assert dims("Conv1D", (TIME, 8), filters=3, kernel_size=3, padding="same") == (BATCH, TIME, 3)
    assert dims("Conv1D", (TIME, 8), filters=3, kernel_size=3) == (BATCH, None, 3)
    assert dims("MaxPooling1D", (TIME, 8)) == (BATCH, None, 8)
    assert dims("ZeroPadding1D", (TIME, 8), padding=0) == (BATCH, TIME, 8)
    assert dims("Permute", (TIME, 8), dims=[2, 1]) == (BATCH, 8, TIME)
    assert dims("Flatten", (TIME, 1)) == (BATCH, TIME)
    assert dims("Reshape", (TIME, 8), target_shape=[-1, 2, 4]) == (BATCH, TIME, 2, 4)
    assert dims("Embedding", tensor(TIME, dtype="int32"), input_dim=9, output_dim=4) == (
        BATCH,
        TIME,
        4,
    )
    assert dims("Add", [(TIME, 8), (1, 8)]) == (BATCH, TIME, 8)
    assert dims("Concatenate", [(TIME, 8), (TIME, 2)]) == (BATCH, TIME, 10)
    assert dims("Concatenate", [(TIME, 8), (TIME, 8)], axis=1) == (BATCH, None, 8)
    assert dims("Attention", [(TIME, 8), (WORDS, 8)]) == (BATCH, TIME, 8)


def test_named_lengths_differ() -> None:
    """Two names, or a name and a number, are not one length."""
    error = refusal("Add", [(TIME, 8), (WORDS, 8)])
    assert "two names" in error.message
    assert "give both the name" in (error.help or "")
    error = refusal("Concatenate", [(TIME, 8), (10, 8)])
    assert "`null`" in (error.help or "")
    assert isinstance(refusal("Attention", [(TIME, 8), (WORDS, 8), (5, 8)]), ShapeMismatch)


def test_batch_or_none() -> None:
    """A tensor without a batch is not merged with one that has it."""
    variable = TensorType((1, 16, 8))
    for name, arguments in (("Add", {}), ("Concatenate", {"axis": 1}), ("Dot", {"axes": 2})):
        error = refusal(name, [(16, 8), variable], **arguments)
        assert "per_example: true" in (error.help or "")
    assert dims("Add", [variable, variable]) == (1, 16, 8)


def test_errors_help() -> None:
    """An error names the layer, what is wanted and what is there, and says what to write."""
    error = refusal("Add", [(32, 32, 64), (32, 32, 3)])
    assert error.message == (
        "Add takes tensors of one shape; these differ: (batch, 32, 32, 64) and (batch, 32, 32, 3)"
    )
    assert error.inputs == (0, 1)
    assert error.help == "a 1x1 Conv2D with `filters: 64` on the other would make them equal"
    error = refusal("GroupNormalization", (10, 6), groups=4)
    assert error.help == "`groups: 3` would"
    error = refusal("Conv2D", (9, 9, 4), filters=6, kernel_size=3, strides=2, dilation_rate=2)
    assert isinstance(error, BadCombination)
    assert error.argument == ("dilation_rate",)
    error = refusal("Conv2D", (2, 2, 4), filters=6, kernel_size=3)
    assert "a window of 3 does not fit into 2" in error.message
    error = refusal("Dense", TIME, units=3)
    assert isinstance(error, UnknownSize)
    error = refusal("LSTM", 8, units=3)
    assert isinstance(error, RankMismatch)
    assert "(batch, time, features)" in error.message


def test_errors_inside_wrappers() -> None:
    """An error of a layer inside a layer points through the wrapper."""
    error = refusal(
        "TimeDistributed", (4, 9, 3), layer={"Conv2D": {"filters": 2, "kernel_size": 3}}
    )
    assert error.argument == ("layer", "Conv2D")
    error = refusal("Bidirectional", (4, 9), layer={"LSTM": {"units": 0}})
    assert isinstance(error, BadArgument)
    assert error.argument == ("layer", "LSTM", "units")
    error = refusal(
        "Pipeline", (4, 9), layers=[{"Identity": {}}, {"Conv1D": {"filters": 2, "kernel_size": 9}}]
    )
    assert error.argument == ("layers", 1, "Conv1D")


def test_a_pipeline_has_no_steps() -> None:
    """Keras's TimeDistributed asks the layer inside for a shape that Pipeline does not tell."""
    row = {"Pipeline": {"layers": [{"Dense": {"units": 3}}]}}
    found = refusal("TimeDistributed", (3, 4), layer=row)
    assert isinstance(found, BadArgument)
    assert found.help is not None
    assert dims("TimeDistributed", (3, 4), layer={"Dense": {"units": 3}})[1:] == (3, 3)


def test_costs() -> None:
    """Costs are a multiply-add counted twice, and a bias once."""
    assert apply("Dense", 4, units=3).flops == 2 * 4 * 3 + 3
    assert apply("Dense", (10, 4), units=3, use_bias=False).flops == 10 * 2 * 4 * 3
    assert apply("Conv2D", (8, 8, 3), filters=4, kernel_size=3).flops == 36 * (2 * 27 * 4 + 4)
    assert apply("MaxPooling2D", (8, 8, 3)).flops == 4 * 4 * 3 * 4
    assert apply("Add", [4, 4, 4]).flops == 8
    assert apply("ReLU", 4).flops == 0
    assert apply("LSTM", (TIME, 8), units=3).flops is None
    assert apply("LSTM", (10, 8), units=3).flops == 10 * (2 * (8 * 12 + 3 * 12) + 12)


def test_masked_attention() -> None:
    """An attention mask is of the query's and the value's steps, for each head or for all."""
    heads = {"num_heads": 2, "key_dim": 4}
    for mask in ((5, 9), (2, 5, 9), (1, 5, 9)):
        inputs = ((5, 8), (9, 8), ..., ..., ..., ..., tensor(*mask, dtype="bool"))
        assert dims("MultiHeadAttention", *inputs, **heads) == (BATCH, 5, 8)
    inputs = ((5, 8), (9, 8), ..., ..., ..., ..., tensor(9, 5, dtype="bool"))
    assert isinstance(refusal("MultiHeadAttention", *inputs, **heads), ShapeMismatch)


def test_gaussian_sample() -> None:
    """A draw has the shape of its mean and log_var, which are of one shape."""
    assert dims("GaussianSample", (None, 8), (TIME, 8)) == (BATCH, TIME, 8)
    error = refusal("GaussianSample", 4, 5)
    assert error.inputs == (0, 1)


def test_dtype() -> None:
    """A layer computes in the dtype that it is given."""
    found = ruling(LAYERS["Dense"], case(4, units=3, dtype="float16"))
    assert outputs(found)[0].dtype == "float16"
    found = ruling(LAYERS["Discretization"], case(4, bin_boundaries=[0.5]))
    assert outputs(found)[0].dtype == "int32"
