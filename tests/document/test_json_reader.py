"""JSON: its own rules, and the places of everything in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specc.diagnostics.report import Report
from specc.diagnostics.span import Source
from specc.document import json_reader
from specc.document.compose import compose

from .reading import fault, place, tree

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcé😀", min_size=1), inner),
    max_leaves=20,
)


@given(PLAIN, st.sampled_from([None, 1, 4]), st.booleans())
def test_what_a_json_writer_writes_is_read_back(
    value: object, indent: int | None, ascii_only: bool
) -> None:
    """Surrogate pairs, escapes, every number and every layout: the standard library agrees."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    source = Source("spec.json", text)
    node = compose(json_reader.read(text, source), source, Report())
    assert node is not None
    assert node.plain() == value


def test_an_emoji_may_be_a_surrogate_pair() -> None:
    """JSON writers write one so, and libyaml refuses it: this is why JSON is not read as YAML."""
    root, found = tree('{"specc": 1, "description": "\\ud83d\\ude00"}', json=True)
    assert found == []
    assert root is not None
    assert root.plain()["description"] == "😀"


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ('{"specc": 1,}', "S102", (1, 13)),
        ('{"specc": 1, "a": [1,]}', "S102", (1, 22)),
        ('{"specc": 1\n "a": 2}', "S102", (2, 2)),
        ('{"specc" 1}', "S102", (1, 10)),
        ("{specc: 1}", "S102", (1, 2)),
        ("{'specc': 1}", "S102", (1, 2)),
        ('{"specc": 01}', "S102", (1, 12)),
        ('{"specc": nul}', "S102", (1, 11)),
        ('{"specc": NaN}', "S102", (1, 11)),
        ('{"specc": 1} x', "S102", (1, 14)),
        ('{"specc": 1', "S102", (1, 12)),
        ('{"specc": "a\nb"}', "S102", (1, 13)),
        ('{"specc": "\\ud83d"}', "S102", (1, 11)),
        ('{"specc": 1, // no\n "a": 1}', "S102", (1, 14)),
        ('{"specc": 1e999}', "S111", (1, 11)),
        ('{"specc": ' + "1" * 5000 + "}", "S111", (1, 11)),
        ('{"specc": 1, "specc": 2}', "S104", (1, 14)),
        ('{"specc": 1, "<<": {}}', "S107", (1, 14)),
        ("[]", "S113", (1, 1)),
        ("", "S102", (1, 1)),
        ("[" * 100_000, "S108", (1, 101)),
    ],
)
def test_what_is_no_json_is_refused_at_its_place(
    text: str, code: str, where: tuple[int, int]
) -> None:
    """Nothing is let through that RFC 8259 does not have."""
    found = fault(text, json=True)
    assert found.code == code
    assert place(found)[:2] == where


def test_json_is_as_bounded_and_strict_as_yaml() -> None:
    """The same document means the same in both."""
    written = {"specc": 1, "inputs": {"x": {"shape": [4, None]}}, "params": {"a": 1e-3}}
    root, found = tree(json.dumps(written), json=True)
    assert found == []
    assert root is not None
    assert root.plain() == written
