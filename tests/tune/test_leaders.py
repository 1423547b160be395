"""The best few: which they are, and which models stay on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from specc.tune.leaders import Leaders
from specc.tune.objective import Goal


def leaders(folder: Path, direction: Literal["min", "max"] = "max") -> Leaders:
    return Leaders(folder, Goal("val_accuracy", direction), 2)


def models(folder: Path) -> set[str]:
    return {p.stem for p in (folder / "models").glob("*")}


def _empty(path: Path) -> None:
    path.write_text("")


def ended(found: Leaders, number: int, value: float) -> None:
    if found.may_take(value):
        found.write(number, _empty)
    found.take(number, value, {"n": number})


@pytest.mark.parametrize(("direction", "best"), [("max", [3, 1]), ("min", [0, 2])])
def test_the_best_few_stay(
    tmp_path: Path, direction: Literal["min", "max"], best: list[int]
) -> None:
    """With their models, the best first, in either direction."""
    found = leaders(tmp_path, direction)
    for number, value in enumerate([0.1, 0.5, 0.3, 0.9]):
        ended(found, number, value)
    assert [n for _, n in found.found] == best
    assert models(tmp_path) == set(map(str, best))
    assert found.values == {"n": best[0]}


def test_of_equals_the_first_is_better(tmp_path: Path) -> None:
    """Whichever ended first, so that a resumed study says the same."""
    for order in ([0, 1, 2], [2, 1, 0]):
        found = leaders(tmp_path)
        for number in order:
            found.take(number, 0.5, {"n": number})
        assert found.found == [(0.5, 0), (0.5, 1)]
        assert found.values == {"n": 0}


def test_models_of_others_are_swept_away(tmp_path: Path) -> None:
    """Of a driver that was killed before it counted; not of those whose end is to come."""
    found = leaders(tmp_path)
    ended(found, 4, 0.5)
    for number in (5, 6):
        found.write(number, _empty)
    found.drop(4)
    assert models(tmp_path) == {"4", "5", "6"}
    found.sweep([6])
    assert models(tmp_path) == {"4", "6"}
    found.drop(6)
    assert models(tmp_path) == {"4"}
