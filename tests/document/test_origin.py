"""A program knows its document, with which alone it can be compiled again."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.lower.json import as_json
from specc.pipeline import compile as compiled

ROOT = Path(__file__).resolve().parent.parent.parent
GALLERY = sorted((ROOT / "specs").glob("*.*"))


@pytest.mark.parametrize("path", GALLERY, ids=lambda p: p.stem)
def test_every_spec_of_the_gallery_is_compiled_again_from_what_it_resolves_to(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is the same, and so is what it resolves to; its files are found where they were."""
    monkeypatch.chdir(path.parent)
    program = compiled(path)
    assert program.origin is not None
    text = program.origin.resolved(program.name)
    again = compiled(text=text)
    assert as_json(again) == as_json(program)
    assert again.origin is not None
    assert again.origin.resolved(again.name) == text


def test_bases_settings_and_the_files_name_are_in_it(tmp_path: Path) -> None:
    """It needs nothing beside itself; the text as it was given is kept, too."""
    base = (ROOT / "specs" / "digits.yaml").read_text().replace("name: digits\n", "")
    (tmp_path / "base.yaml").write_text(base)
    (tmp_path / "wide.yaml").write_text(
        "specc: 1\nextends: base.yaml\ndata: {split: {stratify: $delete}}\n"
    )
    program = compiled(
        tmp_path / "wide.yaml", params={"rate": 0.25}, sets=["train.epochs=3", "train.seed=9"]
    )
    origin = program.origin
    assert origin is not None
    assert origin.given == (tmp_path / "wide.yaml").read_text()
    assert (origin.file, origin.folder) == ("wide.yaml", tmp_path)
    assert origin.sets == ("train.epochs=3", "train.seed=9")
    assert origin.params == {"rate": 0.25}
    plain = origin.plain(program.name)
    assert list(plain)[:2] == ["specc", "name"]
    assert plain["name"] == "wide"
    assert "extends" not in plain
    assert plain["train"]["epochs"] == 3
    assert "stratify" not in plain["data"]["split"]
    assert as_json(compiled(text=origin.resolved("wide"))) == as_json(program)


def test_a_mapping_has_no_text() -> None:
    """What it resolves to is there all the same."""
    spec = {
        "specc": 1, "inputs": {"x": {"shape": [4]}}, "outputs": ["y"],
        "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": 2}}]}},
    }  # fmt: skip
    origin = compiled(spec).origin
    assert origin is not None
    assert origin.given is None
    assert origin.resolved("spec").startswith("specc: 1\nname: spec\ninputs: {x: {shape: [4]}}\n")
