"""What must be equal, what broadcasts, how long things come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.catalogue.mismatch import BadArgument, RankMismatch, ShapeMismatch, UnknownSize
from specc.catalogue.shapes import (
    broadcast,
    clash,
    merge_dims,
    merge_shapes,
    needs_rank,
    needs_size,
    position,
    product,
    total,
    transposed_length,
    window_length,
)
from specc.catalogue.types import BATCH, Dim, Symbol, TensorType

TIME, WORDS = Symbol("time"), Symbol("words")

dims = st.one_of(st.integers(1, 6), st.none(), st.sampled_from([TIME, WORDS, BATCH]))
shapes = st.lists(dims, max_size=4).map(tuple)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [(3, 3, 3), (None, 3, 3), (3, None, 3), (None, TIME, TIME), (TIME, TIME, TIME)],
)
def test_equal(one: Dim, other: Dim, both: Dim) -> None:
    """Equal lengths are one; what is known of either is kept."""
    assert merge_dims(one, other) == both


@pytest.mark.parametrize(
    ("one", "other", "message", "help"),
    [
        (3, 4, "3 is not 4", None),
        (TIME, WORDS, "two names", "give both the name `time`"),
        (TIME, 4, "any length, not only 4", "write 4, or `null`"),
        (4, TIME, "any length, not only 4", "write 4, or `null`"),
        (BATCH, 1, "a batch can be of any length", "per_example: true"),
        (TIME, BATCH, "`time` is not `batch`", "per_example: true"),
    ],
)
def test_unequal(one: Dim, other: Dim, message: str, help: str | None) -> None:
    """Lengths that differ, or may, are refused in the user's words, with what to write."""
    with pytest.raises(ShapeMismatch) as caught:
        merge_dims(one, other)
    assert message in caught.value.message
    assert (caught.value.help is None) == (help is None)
    assert help is None or help in (caught.value.help or "")


@given(dims, dims)
def test_clash_is_symmetric(one: Dim, other: Dim) -> None:
    """Two lengths clash whichever stands first."""
    assert (clash(one, other) is None) == (clash(other, one) is None)


def test_merge_shapes() -> None:
    """Shapes are merged length by length, and must be of one rank."""
    assert merge_shapes((BATCH, None, 8), (BATCH, 5, None)) == (BATCH, 5, 8)
    with pytest.raises(ShapeMismatch):
        merge_shapes((BATCH, 8), (BATCH, 5, 8))


@pytest.mark.parametrize(
    ("given_shapes", "result"),
    [
        ([(5, 8), (8,)], (5, 8)),
        ([(5, 1), (1, 8)], (5, 8)),
        ([(None, 8), (5, 1)], (5, 8)),
        ([(None,), (1,)], (None,)),
        ([(TIME, 8), (1, 8)], (TIME, 8)),
        ([(BATCH, 3), (3,), ()], (BATCH, 3)),
    ],
)
def test_broadcast(given_shapes: list[tuple[Dim, ...]], result: tuple[Dim, ...]) -> None:
    """1 stretches; an unknown length beside a number above 1 is that number."""
    assert broadcast(*given_shapes) == result


@given(shapes, shapes)
def test_broadcast_is_symmetric(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> None:
    """Broadcasting gives the same, or fails, whichever stands first."""

    def attempt(a: tuple[Dim, ...], b: tuple[Dim, ...]) -> tuple[Dim, ...] | None:
        try:
            return broadcast(a, b)
        except ShapeMismatch:
            return None

    assert attempt(one, other) == attempt(other, one)


@given(shapes)
def test_broadcast_with_itself(shape: tuple[Dim, ...]) -> None:
    """A shape broadcast with itself is itself."""
    assert broadcast(shape, shape) == shape


def test_products() -> None:
    """Sums and products are known where all lengths are."""
    assert product((2, 3, 4)) == 24
    assert product(()) == 1
    assert product((2, None)) is None
    assert product((2, TIME)) is None
    assert total((2, 3)) == 5
    assert total((2, None)) is None


@pytest.mark.parametrize(
    ("size", "window", "stride", "padding", "dilation", "length"),
    [
        (10, 3, 1, "valid", 1, 8),
        (10, 3, 2, "valid", 1, 4),
        (10, 3, 2, "same", 1, 5),
        (10, 3, 1, "causal", 2, 10),
        (10, 3, 1, "valid", 4, 2),
        (None, 3, 1, "valid", 1, None),
        (TIME, 3, 1, "same", 1, TIME),
        (TIME, 3, 2, "same", 1, None),
        (TIME, 1, 1, "valid", 1, TIME),
    ],
)
def test_window(
    size: Dim, window: int, stride: int, padding: str, dilation: int, length: Dim
) -> None:
    """A window fits as often as Keras says; a named length lives on where nothing changes it."""
    assert window_length(size, window, stride, padding, dilation) == length


def test_window_too_large() -> None:
    """A window that does not fit once is refused."""
    with pytest.raises(ShapeMismatch, match="a window of 5 does not fit into 4"):
        window_length(4, 5, 1)
    with pytest.raises(ShapeMismatch):
        window_length(4, 2**31 - 1, 2**31 - 1, "valid", 2**31 - 1)


def test_transposed() -> None:
    """A transposed convolution multiplies, or gives what `output_padding` asks for."""
    assert transposed_length(5, 3, 2, "same") == 10
    assert transposed_length(5, 3, 2, "valid") == 11
    assert transposed_length(5, 2, 3, "valid") == 15
    assert transposed_length(5, 3, 2, "same", output_padding=1) == 10
    assert transposed_length(TIME, 3, 1, "same") == TIME
    assert transposed_length(None, 3, 2, "same") is None


def test_rank() -> None:
    """A wrong rank is refused with what is wanted, what is there, and what would help."""
    needs_rank("Dense", TensorType((BATCH, 3)), 2, -1)
    with pytest.raises(RankMismatch) as caught:
        needs_rank("Conv2D", TensorType((BATCH, 28, 28)), 4, form="(batch, height, …)")
    assert caught.value.message == (
        "Conv2D takes 4 dimensions, (batch, height, …); this has 3: (batch, 28, 28)"
    )
    assert caught.value.help == "`Reshape: {target_shape: [28, 28, 1]}` adds a dimension"
    assert caught.value.inputs == (0,)
    with pytest.raises(RankMismatch, match="3 to 4 dimensions"):
        needs_rank("Resizing", TensorType((3,)), 3, 4)


def test_size() -> None:
    """A length that is not known is refused by its name."""
    assert needs_size("Dense", TensorType((BATCH, 3)), -1) == 3
    with pytest.raises(UnknownSize, match="which is `time` in"):
        needs_size("Dense", TensorType((BATCH, TIME)), -1)


def test_position() -> None:
    """An axis counts from either end."""
    assert position(-1, 3) == 2
    assert position(0, 3) == 0
    with pytest.raises(BadArgument, match="no axis 3 in 3 dimensions"):
        position(3, 3)
