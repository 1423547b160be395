"""Texts of a picture."""

from __future__ import annotations

import pytest

from specc.catalogue.kinds import Instance
from specc.catalogue.types import BATCH, Symbol, TensorType
from specc.lower.diagram import labels


@pytest.mark.parametrize(
    ("dims", "dtype", "text"),
    [
        ((BATCH, 28, 28, 1), "float32", "28×28×1"),
        ((BATCH, Symbol("time"), None, 4), "float32", "time×?×4"),
        ((BATCH,), "int32", "scalar int32"),
        ((3, 4), "float32", "3×4"),
        ((), "float", "scalar"),
    ],
)
def test_shapes(dims, dtype, text):
    """The batch is left out, and a dtype is said only if it is not the usual one."""
    assert labels.shape(TensorType(dims, dtype)) == text


def test_the_usual_dtype_is_the_programs():
    """With mixed precision `float16` is usual, and `float32` is worth a word."""
    assert labels.shape(TensorType((BATCH, 2), "float16"), "float16") == "2"
    assert labels.shape(TensorType((BATCH, 2)), "float16") == "2 float32"


@pytest.mark.parametrize(
    ("texts", "text"),
    [
        (["8", "8"], "8"),
        (["64", "32", "16"], "64, 32, 16"),
        (["64", "64", "32"], "64, 64, 32"),
        (["8", "8", "8", "4", "4", "4"], "8, 4"),
        ([str(i) for i in range(9)], "0, 1, … 8"),
    ],
)
def test_turns_are_merged(texts, text):
    """Few values are listed, many are cut."""
    assert labels.merged(texts) == text


def test_arguments_show_what_tells():
    """Telling arguments come first; what is usual, and how weights begin, is left out."""
    given = {
        "padding": "valid",
        "strides": (1, 1),
        "kernel_initializer": "zeros",
        "use_bias": False,
        "activation": Instance("activation", "LeakyReLU", {"negative_slope": 0.1}),
        "filters": 8,
        "kernel_size": (3, 5),
    }
    lines = labels.arguments([given])
    assert lines == ("filters 8 · kernel 3×5", "LeakyReLU(negative_slope 0.1)", "use_bias false")


def test_arguments_of_turns_are_listed():
    """A value that one turn alone has is shown beside a dash."""
    turns = [{"units": 4, "activation": "relu"}, {"units": 8}]
    assert labels.arguments(turns) == ("units 4, 8 · relu, –",)


def test_long_and_odd_texts_are_cut():
    """No text is longer than a box, and none holds a line break or a control character."""
    text = labels.clipped("a\nb\x00c\u202ed" + "e" * 100)
    assert text.startswith("a b c d")
    assert len(text) == labels.LONGEST
    assert labels.value(list(range(100))) == "[100 values]"
    assert labels.value(float("inf")) == "inf"


@pytest.mark.parametrize(
    ("flops", "text"), [(12, "12 FLOPs"), (1500, "1.5 kFLOPs"), (2 * 10**9, "2 GFLOPs")]
)
def test_operations(flops, text):
    """Costs have a unit that people read."""
    assert labels.operations(flops) == text
