"""What is written is read as the same values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics.report import Report
from specc.diagnostics.span import Source
from specc.document.read import read_text_of
from specc.document.write import WIDTH, written

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.sampled_from(
        ["", "~", "null", "no", "12", "0o7", "1e3", ".5", "-", "- a", "a: b", "a #b", "$x", "$(a",
         "[a", "*", "&a", "!a", "a\nb", " a", "a ", "\x85", "\u2028", "😀", "\ufeff", "a" * 200]
    ),
)  # fmt: skip
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXT
)
KEY = st.text(st.characters(categories=["L", "Nd", "P"]), min_size=1, max_size=10)
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEY, inner, max_size=5),
    max_leaves=20,
)


def read(text: str) -> Any:
    report = Report()
    found = read_text_of(Source("text", text), report).plain()
    assert report.ok, str(report)
    return found


@given(VALUE)
def test_a_value_is_read_as_it_was_written(value: Any) -> None:
    """Whatever it holds; and its type is the same, too."""
    found = read(written({"specc": 1, "params": value}))["params"]
    assert found == value
    assert repr(found) == repr(value)


def test_it_is_written_as_people_write() -> None:
    """A step by its class, what fits on one line, no quotes where none are needed."""
    layers = ["Flatten", {"Dense": {"units": "$(2 * n)"}}, {"Add": {}, "take": ["skip"]}]
    spec = {"specc": 1, "graph": {"score": {"from": "image", "layers": layers * 2}}}
    assert written(spec) == (
        "specc: 1\n"
        "graph:\n"
        "  score:\n"
        "    from: image\n"
        "    layers:\n"
        + (
            "      - Flatten\n"
            '      - Dense: {units: "$(2 * n)"}\n'
            "      - {Add: {}, take: [skip]}\n"
        ) * 2
    )  # fmt: skip


@pytest.mark.parametrize("length", [10, 1000])
def test_a_line_is_no_longer_than_it_should_be(length: int) -> None:
    """But for a scalar, which is not broken."""
    lines = written({"specc": 1, "params": {"a": {"b": list(range(length))}}}).splitlines()
    assert max(map(len, lines)) <= WIDTH
