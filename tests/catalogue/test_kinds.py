"""Kinds take what they describe, refuse the rest, and say the same in their JSON Schema."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from specc.catalogue import kinds
from specc.catalogue.catalogue import builtin
from specc.catalogue.kinds import Instance, Kind, Scope
from specc.catalogue.mismatch import BadArgument, Mismatch


class Nothing:
    """A scope in which nothing is declared."""

    def instance(self, family: str, name: str, arguments: Any) -> Instance:
        raise BadArgument(name)

    def named(self, family: str, name: str) -> str:
        raise BadArgument(name)

    def shared(self, name: str) -> Instance:
        raise BadArgument(name)


NOTHING: Scope = Nothing()

VALUES: list[tuple[Kind, list[Any], list[Any]]] = [
    (kinds.Int(1), [1, 32, 32.0], [0, 1.5, True, "1", None, float("nan")]),
    (kinds.Int(), [-3, 0], [0.5]),
    (kinds.Float(0, 1), [0, 0.5, 1], [-0.1, 1.1, True, "x", None]),
    (kinds.Float(0, 1, open_low=True, open_high=True), [0.5], [0, 1]),
    (kinds.Bool(), [True, False], [0, 1, "true", None]),
    (kinds.Text("[a-z]+", "letters"), ["ab"], ["", "A", 3]),
    (kinds.Choice(("valid", "same")), ["same"], ["foo", 1, None]),
    (kinds.Choice(("auto", True)), ["auto", True], [1, False]),
    (kinds.Optional(kinds.Int(1)), [None, 2], [0]),
    (kinds.Union((kinds.Int(), kinds.Text())), [1, "a"], [None, [1]]),
    (kinds.ListOf(kinds.Int(), 1, 2), [[1], [1, 2]], [[], [1, 2, 3], 1, ["a"]]),
    (kinds.PerAxis(kinds.Int(1), 2), [3, [3, 2]], [0, [1], [1, 2, 3], [0, 1]]),
    (kinds.MappingOf(kinds.Float()), [{}, {"a": 1}], [{"a": "b"}, 3]),
    (kinds.Numbers(), [1, [1, 2], [[1], [2]]], [[1, [2]], "a", [True]]),
    (kinds.Anything(), [None, 1, "a", [1]], []),
]
IDS = [repr(k) for k, _, _ in VALUES]


@pytest.mark.parametrize(("kind", "good", "bad"), VALUES, ids=IDS)
def test_values(kind: Kind, good: list[Any], bad: list[Any]) -> None:
    """What is in the range is taken, what is outside is refused with what is wanted."""
    for value in good:
        kind.check(value, NOTHING)
    for value in bad:
        with pytest.raises(BadArgument) as caught:
            kind.check(value, NOTHING)
        assert "this wants" in caught.value.message


@pytest.mark.parametrize(("kind", "good", "bad"), VALUES, ids=IDS)
def test_schema(kind: Kind, good: list[Any], bad: list[Any]) -> None:
    """The schema takes all that the kind takes."""
    schema = kind.schema()
    Draft202012Validator.check_schema(schema)
    for value in good:
        assert Draft202012Validator(schema).is_valid(value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@given(st.sampled_from([k for k, _, _ in VALUES]), anything)
def test_any_value(kind: Kind, value: Any) -> None:
    """Whatever is given, a kind takes it or raises a `Mismatch`."""
    try:
        kind.check(value, NOTHING)
    except Mismatch as mismatch:
        assert mismatch.message


def test_paths() -> None:
    """An error inside a list says which element is to blame."""
    with pytest.raises(BadArgument) as caught:
        kinds.within("kernel_size", kinds.PerAxis(kinds.Int(1), 2), [3, 0], NOTHING)
    assert caught.value.argument == ("kernel_size", 1)


def test_nearest() -> None:
    """A typo finds the name that was meant."""
    assert kinds.nearest("sane", ["same", "valid"]) == "same"
    assert kinds.nearest("SAME", ["same", "valid"]) == "same"
    assert kinds.nearest("q", ["same", "valid"]) is None


def test_spatial() -> None:
    """A kind over the spatial axes follows their number."""
    assert kinds.EachAxis(kinds.Int(1)).over(3) == kinds.PerAxis(kinds.Int(1), 3)
    either = kinds.ForAxes(1, kinds.Text(), kinds.Int())
    assert either.over(1) == kinds.Text()
    assert either.over(2) == kinds.Int()


def test_array_shape() -> None:
    """Nested lists of numbers have the shape of the array that they are."""
    assert kinds.array_shape(kinds.Numbers().check([[1, 2, 3], [4, 5, 6]], NOTHING)) == (2, 3)
    assert kinds.array_shape(1.0) == ()


@pytest.mark.parametrize("name", sorted(builtin().layers))
def test_every_argument_has_a_schema(name: str) -> None:
    """All kinds of a layer's arguments have a valid schema and a description."""
    for argument in builtin().layers[name].arguments:
        Draft202012Validator.check_schema(argument.kind.schema())
        assert argument.kind.describe()
