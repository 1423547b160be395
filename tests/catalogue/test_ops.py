"""What Keras does not say of ops: batches and named lengths, messages, costs, and odd numbers."""

from __future__ import annotations

from typing import Any

import pytest

from specc.catalogue.catalogue import builtin
from specc.catalogue.define import Result, tensor
from specc.catalogue.kinds import Int, ListOf, Union
from specc.catalogue.mismatch import (
    BadArgument,
    DTypeMismatch,
    Mismatch,
    RankMismatch,
    ShapeMismatch,
)
from specc.catalogue.ops import OPS
from specc.catalogue.types import BATCH, Symbol, TensorType

TIME, WORDS = Symbol("time"), Symbol("words")


def run(name: str, *inputs: Any, **arguments: Any) -> Result:
    """The rule's result, its arguments checked as a spec's are."""
    checked = builtin().check("op", name, arguments)
    return OPS[name].rule(*inputs, **checked.rule)


def dims(name: str, *inputs: Any, **arguments: Any) -> tuple[Any, ...]:
    """The dimensions of the one tensor that comes out, with their names."""
    outputs = run(name, *inputs, **arguments).outputs
    assert isinstance(outputs, TensorType)
    return outputs.dims


def test_there_are_enough() -> None:
    """At least 200 functions of `keras.ops` have a rule, each with a summary and a case."""
    assert len(OPS) >= 200
    for definition in OPS.values():
        assert definition.summary
        assert definition.cases


def test_the_batch_passes_through() -> None:
    """A batch is still one after ops that leave it, and none after those that take it away."""
    x = tensor(4, 6)
    assert dims("add", x, TensorType((6,))) == (BATCH, 4, 6)
    assert dims("matmul", x, TensorType((6, 5))) == (BATCH, 4, 5)
    assert dims("reshape", x, newshape=[-1, 24]) == (BATCH, 24)
    assert dims("reshape", x, newshape=[-1, 12]) == (None, 12)
    assert dims("sum", x, axis=0) == (4, 6)
    assert dims("transpose", x, axes=[1, 0, 2]) == (4, BATCH, 6)
    assert dims("concatenate", (x, x), axis=0) == (None, 4, 6)
    assert dims("get_item", x, key=":, 0") == (BATCH, 6)
    assert dims("get_item", x, key="0") == (4, 6)
    assert dims("einsum", (x, x), subscripts="bij,bkj->bik") == (BATCH, 4, 4)
    assert dims("tile", x, repeats=[1, 2, 1]) == (BATCH, 8, 6)
    assert dims("pad", x, pad_width=[[0, 0], [1, 1], [0, 0]]) == (BATCH, 6, 6)


@pytest.mark.parametrize(
    ("name", "inputs", "arguments"),
    [
        ("add", (tensor(4), TensorType((32, 4))), {}),
        ("reshape", (tensor(4),), {"newshape": [32, 4]}),
        ("reshape", (tensor(3),), {"newshape": [-1, 2]}),
        ("broadcast_to", (tensor(4),), {"shape": [32, 4]}),
        ("split", (tensor(4),), {"indices_or_sections": 2}),
        ("matmul", (TensorType((3, 32)), tensor(4)), {}),
        ("repeat", (tensor(4),), {"repeats": [1, 2], "axis": 0}),
        ("slice", (tensor(4),), {"start_indices": [0, 0], "shape": [32, 4]}),
        ("get_item", (tensor(4),), {"key": "5"}),
        ("stack", ((tensor(4), TensorType((32, 4))),), {}),
        ("concatenate", ((tensor(4), TensorType((1, 4))),), {"axis": 1}),
    ],
)
def test_a_batch_is_of_no_length(name: str, inputs: Any, arguments: Any) -> None:
    """What only fits a batch of one length is refused, though Keras accepts it."""
    with pytest.raises(ShapeMismatch, match=r"any length|can be shorter"):
        run(name, *inputs, **arguments)


def test_named_lengths_are_kept_apart() -> None:
    """Two names are two lengths; one name is one."""
    one, other = tensor(TIME, 8), tensor(WORDS, 8)
    assert dims("add", one, one) == (BATCH, TIME, 8)
    with pytest.raises(ShapeMismatch, match="two names"):
        run("add", one, other)
    assert dims("concatenate", (one, other), axis=1) == (BATCH, None, 8)
    assert dims("einsum", (one, other), subscripts="bid,bjd->bij") == (BATCH, TIME, WORDS)


def test_numbers_take_their_neighbour_s_dtype() -> None:
    """A plain number is no dtype of its own."""
    half = tensor(3, dtype="float16")
    outputs = run("multiply", half, TensorType((), "float")).outputs
    assert isinstance(outputs, TensorType)
    assert outputs.dtype == "float16"
    whole = run("add", tensor(3, dtype="int8"), TensorType((), "float")).outputs
    assert isinstance(whole, TensorType)
    assert whole.dtype == "float32"


def test_messages_say_what_to_write() -> None:
    """An error names the op, the tensors and a way out."""
    with pytest.raises(DTypeMismatch, match=r"ops\.sigmoid takes floating") as caught:
        run("sigmoid", tensor(3, dtype="int32"))
    assert caught.value.help == "write `ops.cast: {dtype: float32}` before"
    with pytest.raises(ShapeMismatch, match=r"ops\.matmul cannot multiply \(batch, 4, 5\) and"):
        run("matmul", tensor(4, 5), TensorType((6, 2)))
    with pytest.raises(BadArgument, match=r"there is no axis 3"):
        run("sum", tensor(4), axis=3)
    with pytest.raises(RankMismatch):
        run("get_item", tensor(4), key=":, :, 0")
    with pytest.raises(Mismatch, match=r"ops\.relu has no argument `alpha`"):
        run("relu", tensor(4), alpha=1)


def test_costs_are_of_one_example() -> None:
    """A multiply-add counts two, arithmetic one, and moving numbers nothing."""
    x = tensor(4, 6)
    assert run("matmul", x, TensorType((6, 5))).flops == 2 * 4 * 5 * 6
    assert run("einsum", (x, x), subscripts="bij,bkj->bik").flops == 2 * 4 * 4 * 6
    assert run("add", x, x).flops == 24
    assert run("reshape", x, newshape=[-1, 24]).flops == 0
    assert run("add", tensor(None), tensor(None)).flops is None


ODD = (-(10**40), -(2**63), -1, 0, 1, 2**31, 2**63, 10**40)


def test_odd_numbers_are_refused_or_taken() -> None:
    """Huge, negative and zero arguments and sizes raise a `Mismatch` or nothing."""
    for definition in OPS.values():
        for sample in definition.cases:
            for argument in definition.arguments:
                for value in (*ODD, *([v, v] for v in ODD), float("1e308"), "", [], None):
                    _tried(
                        definition.name, sample.inputs, {**sample.arguments, argument.name: value}
                    )
            for size in (0, 1, 2**40):
                inputs = [_resized(i, size) for i in sample.inputs]
                _tried(definition.name, inputs, sample.arguments)


def _resized(value: Any, size: int) -> Any:
    if isinstance(value, tuple):
        return tuple(_resized(v, size) for v in value)
    return value.of(*(size if isinstance(d, int) else d for d in value.dims))


def _tried(name: str, inputs: Any, arguments: Any) -> None:
    try:
        run(name, *inputs, **arguments)
    except Mismatch:
        return


def test_kinds_bound_what_is_made() -> None:
    """No op makes more tensors than a graph can hold."""
    kind = next(a.kind for a in OPS["split"].arguments if a.name == "indices_or_sections")
    assert isinstance(kind, Union)
    whole, listed = kind.kinds
    assert isinstance(whole, Int)
    assert isinstance(listed, ListOf)
    assert whole.high == 10_000
