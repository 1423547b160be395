"""Every program of the page about the library runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "library.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.keras
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_of_the_page_runs(number, tmp_path, monkeypatch, capsys):
    """As it stands, in an empty folder; what it trains beats a guess."""
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    exec(PROGRAMS[number], scope)  # our own page
    assert scope["run"].metrics["test"]["binary_accuracy"] > 0.8
    assert "binary_accuracy" in capsys.readouterr().out
