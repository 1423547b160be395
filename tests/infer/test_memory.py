"""What calls alike give is found once, and what is only nearly alike is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specc
from specc.infer import memory, models
from specc.infer.apply import applied
from specc.infer.memory import Memory
from specc.lower.json import as_json

GALLERY = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))

TEXT = """
specc: 1
inputs: {x: {shape: [8]}}
graph:
  y:
    from: x
    layers:
      - {Dense: {units: 8}, repeat: 20}
      - {Dense: {units: 4}, repeat: 20}
outputs: [y]
"""


@pytest.fixture
def ruled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The results that rules were asked for."""
    results: list[Any] = []

    def counted(*given: Any) -> Any:
        results.append(applied(*given))
        return results[-1]

    monkeypatch.setattr(memory, "applied", counted)
    return results


def test_a_rule_is_asked_once_for_calls_alike(ruled: list[Any]) -> None:
    """40 layers: 8 to 8, 8 to 4 and 4 to 4."""
    program = specc.compile(text=TEXT)
    assert program.parameters == 20 * (8 * 8 + 8) + (8 * 4 + 4) + 19 * (4 * 4 + 4)
    assert len(ruled) == 3


def test_values_that_are_equal_are_not_yet_alike(ruled: list[Any]) -> None:
    """`1` and `true` are one key of a dict, and not one argument."""
    text = TEXT.replace("{units: 8}, repeat: 20", "{units: 1}").replace(
        "{units: 4}", "{units: true}"
    )
    (error,) = specc.check(text=text).errors
    assert error.code == "S504"
    assert len(ruled) == 1


def test_what_one_spec_left_changes_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every spec of the gallery gives the program that it gives by itself, there and back."""
    alone = [as_json(specc.compile(path)) for path in GALLERY]
    kept = Memory()
    monkeypatch.setattr(models, "Memory", lambda: kept)
    assert [as_json(specc.compile(path)) for path in GALLERY] == alone
    again = [as_json(specc.compile(path)) for path in reversed(GALLERY)]
    assert again == alone[::-1]


def test_it_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of a million trials has a million rates."""
    monkeypatch.setattr(memory, "MOST", 3)
    kept = Memory()
    found: Any = object()
    for i in range(10):
        kept.keep(i, found)
        assert kept.get(i) is found
        assert sum(kept.get(j) is not None for j in range(10)) <= 3
