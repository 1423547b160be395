"""The page of a study shows everything, fetches nothing, and takes no name for markup."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import specc
from specc.tune.page import study_html
from specc.tune.plots import LINES, POINTS, plots
from specc.tune.study import search
from tests.tune.quick import Quick, program

HARM = "</script><script>alert(1)</script><img src=http://x.example/y>"
VOID = {"meta", "img", "br", "use"}


class Page(HTMLParser):
    """What a page consists of; raises where a tag is not closed as it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.data: dict[str, list[str]] = {}
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = ("src", "href", "xlink:href", "action", "data", "srcset", "poster")
        self.addresses += [v or "" for k, v in attrs if k in names]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.data.setdefault(self.open[-1], []).append(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("studies")
    prepared = program(trials=40, pruner="median")
    return search(prepared, studies=folder, engine=Quick(), progress="none")


def figures(page: Page) -> list[Any]:
    return [json.loads(d) for d in page.data["script"] if d.startswith("{")]


def test_the_page_is_whole_and_fetches_nothing(made: Any) -> None:
    """No address but within itself; the rule in its head lets nothing else be loaded or run."""
    path = made.report()
    assert path == made.path / "study.html"
    text = path.read_text()
    page = Page(text)
    assert all(a.startswith("#") for a in page.addresses)
    assert not {"link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    style = "".join(page.data["style"])
    assert "url(" not in style
    assert "@import" not in style
    rule = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert rule is not None
    assert rule[1].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:;")
    assert "http" not in rule[1]
    scripts = rule[1].split("script-src ")[1].split()
    assert [s[:8] for s in scripts] == ["'sha256-"] * 2
    assert text.count("plotly.js v") == 1


def test_it_shows_the_search_and_the_winner(made: Any) -> None:
    """The best ten, the plots, where the winner differs, and two diagrams."""
    page = Page(study_html(made))
    assert page.data["h2"] == [
        "The best", "Where the winner differs from the spec", "History",
        "Importance of each field", "Parallel coordinates", "Slices", "Architecture",
        "The best as a spec",
    ]  # fmt: skip
    assert [t for t in page.data["th"] if re.fullmatch(r"#\d+", t)] == [
        f"#{t.number}" for t in made.ranked[:10]
    ]
    assert page.data["h3"] == ["The winner", "The spec"]
    assert page.tags.count("svg") == 2
    found = figures(page)
    kinds = [p.kind for p in plots(made).figures]
    assert len(found) == len(kinds) == 3 + 4
    history = found[kinds.index("history")]["data"]
    assert len(history) >= 2
    cells = page.data["td"]
    assert str(made.best.values["params.units"]) in cells
    assert "8" in cells  # the spec's own


def test_names_and_choices_are_text(tmp_path: Path) -> None:
    """Whatever they hold, in the page and in its plots."""
    space = {HARM: {"choice": [HARM, "<b>bold</b>", "plain"]}, "x": {"uniform": [0, 1]}}
    study = specc.search(
        space, lambda t: t["x"], trials=20, studies=tmp_path, progress="none", name="harm"
    )
    page = Page(study_html(study))
    assert page.tags.count("script") == 2 + len(figures(page))
    assert "img" not in page.tags
    assert HARM in page.data["th"]
    for figure in figures(page):
        assert "<b>" not in json.dumps(figure["data"])
        assert "<img" not in json.dumps(figure)


def test_a_link_among_the_files_is_not_followed(made: Any, tmp_path: Path) -> None:
    """What it leads to is nobody's business who is sent the page."""
    folder = tmp_path / "small" / "1"
    shutil.copytree(made.path, folder)
    (tmp_path / "secret").write_text("a password")
    (folder / "best.yaml").unlink()
    (folder / "best.yaml").symlink_to(tmp_path / "secret")
    text = study_html(specc.open_study(folder))
    assert "a password" not in text
    assert "The best as a spec" not in text


def test_a_large_study_has_a_page_of_some_size(tmp_path: Path) -> None:
    """Plots show the best half, and of the rest some; it is said."""
    space = {"x": {"uniform": [0, 1]}, "n": {"int": [1, 9]}}
    study = specc.search(
        space, lambda t: t["x"], trials=2_500, studies=tmp_path, progress="none", name="large"
    )
    found = plots(study)
    assert f"2,500 trials, parallel coordinates {LINES}" in found.notes[0]
    by_kind = {p.kind: json.loads(p.figure) for p in found.figures}
    lines = [t for t in by_kind["parallel"]["data"] if t.get("mode") == "lines"]
    assert LINES / 2 <= len(lines) <= LINES + 10
    assert sum(len(p.figure) for p in found.figures) < 3_000_000
    assert POINTS < 2_500


def test_a_study_in_which_nothing_ended_has_a_page(tmp_path: Path) -> None:
    """It says so."""
    study = search(program(trials=1), studies=tmp_path, engine=Quick(refuses=0), progress="none")
    page = Page(study_html(study))
    assert "No trial came to its end." in page.data["p"]
    assert figures(page) == []


LEAN = """
import sys
from pathlib import Path
from specc.lower.lean import load_lean
load_lean()
import specc
specc.open_study(sys.argv[1]).report(Path(sys.argv[2]))
print(*[n for n in ("sklearn", "matplotlib", "pandas") if n in sys.modules])
"""


def test_a_command_writes_the_same_page_without_what_optuna_looks_for(made: Any, tmp_path: Path):
    whole, lean = tmp_path / "whole.html", tmp_path / "lean.html"
    made.report(whole)
    done = subprocess.run(
        [sys.executable, "-c", LEAN, str(made.path), str(lean)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
    assert lean.read_text() == whole.read_text()
