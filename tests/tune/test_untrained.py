"""What a study does not come to train says why, or leaves nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from specc.lower.missing import MissingExtra
from specc.tune.ledger import Ledger
from specc.tune.study import search
from tests.tune.quick import Quick, program


def test_what_cannot_be_compiled_says_why(tmp_path: Path) -> None:
    """Where the space was not proven; no engine had it."""
    space = {"params.units": {"choice": [8, -1]}}
    made = program(space, sampler="grid")
    study = search(made, studies=tmp_path, engine=Quick(), progress="none")
    assert [t.state for t in study.trials] == ["done", "failed"]
    assert study.engines == {"quick": 1}
    with Ledger(study.path / "ledger.sqlite", reading=True) as ledger:
        (training,) = ledger.told(1)
    assert training.reason is not None
    assert "units" in training.reason


def test_a_study_whose_engine_is_not_there_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--resume` would take it for the last one."""

    def nothing(_: str) -> None:
        return None

    monkeypatch.setattr(sys.modules["specc.tune.choice"], "find_spec", nothing)
    with pytest.raises(MissingExtra):
        search(program(trials=1), studies=tmp_path / "studies", engine="slots", progress="none")
    assert list((tmp_path / "studies").iterdir()) == []
