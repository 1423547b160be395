"""What matters to the objective is found, and nothing is said of too little."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.tune.study import search
from tests.tune.quick import Quick, program


def test_what_the_objective_goes_by_matters_most(tmp_path: Path) -> None:
    """The loss of this engine is 1 over the units; a field that some trials have is told too."""
    study = search(program(trials=60), studies=tmp_path, engine=Quick(), progress="none")
    shares = study.importances()
    assert next(iter(shares)) == "params.units"
    assert shares["params.units"] > 0.8
    assert set(shares) == set(study.dimensions)
    assert sum(shares.values()) == pytest.approx(1)


def test_nothing_is_said_of_too_few_or_of_equals(tmp_path: Path) -> None:
    """Where one number says nothing of another."""
    few = search(program(trials=5), studies=tmp_path, engine=Quick(), progress="none")
    assert few.importances() == {}
    space = {"x": {"uniform": [0, 1]}}
    equal = specc.search(space, lambda _: 1.0, trials=20, studies=tmp_path, progress="none")
    assert equal.importances() == {}
