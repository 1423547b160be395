"""A number of a trial is calculated with as Keras does, once for each trial."""

from __future__ import annotations

import numbers

import pytest

from specc.tune.number import Row


def test_what_is_made_of_a_number_is_made_again_of_each_trials_own():
    row = Row(2)
    a, b = row.number(0, 0.3), row.number(1, 2.0)
    made = [1 - a, (1 - a) ** -0.5, -b * 3, b / a, 1 / (1 - a), 2**b, a + 1]
    with row.bound(list(range(row.width))):
        places = [row.element(m) for m in made]
    values = row.values([0.1, 5.0])
    expected = [1 - 0.1, (1 - 0.1) ** -0.5, -5.0 * 3, 5.0 / 0.1, 1 / (1 - 0.1), 2**5.0, 0.1 + 1]
    assert [values[p] for p in places] == expected
    assert len(values) == row.width


def test_equal_formulas_share_an_element():
    row = Row(1)
    a = row.number(0, 0.3)
    with row.bound(list(range(row.width))):
        assert row.element(1 - a) == row.element(1 - a) != row.element(a - 1)


def test_it_compares_as_the_value_that_it_is_like():
    a = Row(1).number(0, 0.3)
    assert 0 < a < 1
    assert a == 0.3
    assert a != 0.4
    assert 0.3 >= a <= 0.3
    assert a
    assert isinstance(a, numbers.Real)


def test_a_number_that_python_wants_as_a_constant_is_refused():
    """Otherwise one trial's number would be every trial's."""
    a = Row(1).number(0, 0.3)
    with pytest.raises(TypeError, match="cannot be a constant"):
        float(a)
    with pytest.raises(TypeError, match="unhashable"):
        hash(a)


def test_a_number_that_met_no_tensor_is_known():
    row = Row(2)
    a, b = row.number(0, 0.3), row.number(1, 0.4)
    assert row.element(a) is None, "outside of a trace it is nothing yet"
    with row.bound(list(range(row.width))):
        row.element(1 - b)
    assert row.unreached(2) == [0]


def test_more_numbers_than_the_vector_holds_are_refused():
    row = Row(0)
    a = row.number(0, 0.3)
    with row.bound(list(range(row.width))):
        for i in range(row.width):
            row.element(a + i)
        with pytest.raises(OverflowError):
            row.element(a - 1)
