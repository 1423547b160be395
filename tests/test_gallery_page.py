"""The page of the gallery names every spec, and each holds what it is said to show."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "gallery.md"


def test_each_spec_is_named_for_something_that_stands_in_it() -> None:
    """The second column's words are in the files of the third."""
    rows = [row.split(" | ") for row in PAGE.read_text().splitlines() if "](" in row]
    named: set[Path] = set()
    for _, written, shown in (row for row in rows if len(row) == 3):
        for link in re.findall(r"\]\((.*?)\)", shown):
            path = (PAGE.parent / link).resolve()
            text = path.read_text()
            named.add(path)
            assert not [w for w in re.findall(r"`(.*?)`", written) if w not in text], path.name
    assert named == {p for p in (ROOT / "specs").iterdir() if p.is_file()}
