"""A mapping that a program passes: plain values only, with paths in place of lines."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import pytest

import specc
from specc.diagnostics.span import Source
from specc.document.failure import Unreadable
from specc.document.given import located

SPEC: dict[str, Any] = {
    "specc": 1,
    "inputs": {"x": {"shape": [4]}},
    "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": 2}}]}},
    "outputs": ["y"],
}


def refused(value: Any) -> tuple[str, tuple[str | int, ...]]:
    """The code and path of the error for a value at `params.a`."""
    with pytest.raises(Unreadable) as caught:
        located({"params": {"a": value}}, Source("spec"))
    found = caught.value.diagnostic
    assert found.span is not None
    return found.code, found.span.path


def test_an_error_says_the_path_where_there_are_no_lines() -> None:
    """`spec: graph.y.layers.0.Dense.unit` is where a program looks."""
    wrong = SPEC | {"train": {"epoch": 3}}
    report = specc.check(wrong)
    assert report.codes == ["S201"]
    assert "spec: train.epoch" in str(report)


def test_values_become_plain_ones() -> None:
    """NumPy's numbers, tuples and the members of enumerations are what they stand for."""

    class Color(enum.StrEnum):
        RED = "red"

    given = {"a": np.int64(3), "b": np.float32(0.5), "c": (1, 2), "d": Color.RED, "e": True}
    plain = located(given, Source("spec")).plain()
    assert plain == {"a": 3, "b": 0.5, "c": [1, 2], "d": "red", "e": True}
    assert [type(v) for v in plain.values()] == [int, float, list, str, bool]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({1, 2}, "S203"),
        (object(), "S203"),
        (print, "S203"),
        (b"text", "S203"),
        (np.zeros(3), "S203"),
        (float("nan"), "S111"),
        (float("inf"), "S111"),
        (1 << 20_000, "S111"),
        ("half \ud800", "S101"),
        ({"\ud800": 1}, "S101"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_no_document_could_hold_is_refused(value: Any, code: str) -> None:
    """With the path of the value, and without printing it."""
    assert refused(value) == (code, ("params", "a"))


def test_keys_are_text() -> None:
    """As in a document."""
    assert refused({1: 2})[0] == "S105"
    assert refused({1 << 20_000: 2})[0] == "S105"


def test_a_mapping_that_holds_itself_has_an_end() -> None:
    """Deep or wide: both bounds hold for mappings too."""
    deep: dict[str, Any] = {}
    deep["a"] = deep
    assert refused(deep)[0] == "S108"


def test_a_mapping_of_too_many_values_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is repeated counts each time, as aliases do."""
    monkeypatch.setattr("specc.document.given.NODES", 1000)
    row: list[Any] = [0] * 100
    assert refused([row] * 10)[0] == "S110"


def test_a_mapping_is_not_changed() -> None:
    """A program may go on using what it passed."""
    before = repr(SPEC)
    specc.compile(SPEC, sets=["graph.y.0.units=3"])
    assert repr(SPEC) == before


def test_params_are_checked_the_same_way() -> None:
    """`params=` takes plain values, and names that the spec has."""
    spec = SPEC | {"params": {"width": 2}}
    assert specc.check(spec, params={"width": float("inf")}).codes == ["S111"]
    report = specc.check(spec, params={"widht": 3})
    assert "S118" in report.codes
    assert "did you mean `params.width`?" in str(report)
