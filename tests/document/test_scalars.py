"""Plain scalars: YAML 1.2's core types, and no number that a model cannot have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.document.bounds import DIGITS
from specc.document.scalars import core

from .reading import HEAD, TAIL, fault, place, value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1e-3", 0.001),
        ("1.", 1.0),
        (".5", 0.5),
        ("+12", 12),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("~", None),
        ("", None),
        ("Null", None),
        ("True", True),
        ("FALSE", False),
        ("on", "on"),
        ("no", "no"),
        ("y", "y"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("0b1", "0b1"),
        ("1e", "1e"),
        ("2020-01-01", "2020-01-01"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("=", "="),
    ],
)
def test_a_plain_scalar_is_what_yaml_1_2_says(written: str, meant: object) -> None:
    """`1e-3` is a number; `on`, `no` and the like are text, as YAML 1.2's core schema has them."""
    found = value(written)
    assert found == meant
    assert type(found) is type(meant)


@given(st.text(alphabet="0123456789+-.eExXoOaAfFnNiIlLuU_:~ ", max_size=12))
def test_core_gives_a_plain_value_or_refuses(text: str) -> None:
    """Whatever is written, the value is null, a boolean, a number or the text itself."""
    found = core(text)
    assert found is None or isinstance(found, bool | int | float) or found == text


@pytest.mark.parametrize("written", [".inf", "-.INF", ".nan", "1e400", "-1e999999"])
def test_a_number_that_is_not_finite_is_refused_where_it_stands(written: str) -> None:
    """Infinity and NaN are no settings, however they are written."""
    found = fault(f"{HEAD}params: {{a: {written}}}\n{TAIL}")
    assert found.code == "S111"
    assert place(found) == (3, 13, 3, 13 + len(written))


@pytest.mark.parametrize("digits", ["9" * 100_000, "0x" + "f" * 3_999, "-" + "1" * (DIGITS + 1)])
def test_a_number_of_too_many_digits_is_refused(digits: str) -> None:
    """Python itself refuses to print a number of more than 4,300 digits, so none gets that far."""
    found = fault(f"{HEAD}params: {{a: {digits}}}\n{TAIL}")
    assert found.code == "S111"
    assert len(found.message) < 200, "a long number is cut short in the message"


def test_the_longest_number_can_be_printed() -> None:
    """A number within the bound never fails later, when an error shows it."""
    assert len(str(value("9" * DIGITS))) == DIGITS
