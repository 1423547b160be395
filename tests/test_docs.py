"""Every example of the language's reference is a spec, and means what the page says it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import specc
from tests.lift.saved_files import dense, model, write

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "language.md"

EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def heading(text: str) -> str:
    """The anchor of a heading, as Markdown viewers make it."""
    return re.sub(r"[^\w -]", "", text.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_page_is_right(number: int, tmp_path: Path) -> None:
    """One that begins with `specc: 1` is whole; others stand in the first as sections of it."""
    text = EXAMPLES[number]
    (tmp_path / "digits.yaml").write_text(EXAMPLES[0])
    (tmp_path / "example.yaml").write_text(text)
    write(tmp_path / "teacher.keras", model(dense()))
    if text.startswith("specc: 1"):
        report = specc.check(tmp_path / "example.yaml")
    else:
        whole: dict[str, Any] = yaml.safe_load(EXAMPLES[0]) | yaml.safe_load(text)
        (tmp_path / "section.yaml").write_text(yaml.safe_dump(whole))
        report = specc.check(tmp_path / "section.yaml")
    wrong = report.errors
    assert not wrong, "\n".join(f"{one.code}: {one.message}" for one in wrong)


def test_every_link_within_the_page_leads_somewhere() -> None:
    """A reference that sends its reader nowhere is worse than none."""
    page = PAGE.read_text(encoding="utf-8")
    anchors = {heading(line) for line in re.findall(r"^#+ (.*)$", page, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= anchors
