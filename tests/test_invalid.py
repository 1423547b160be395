"""What is wrong, and the whole text that says so: `tests/invalid/<CODE>/`.

Each specification there has beside it the text that `specc check` prints for it. `UPDATE=1 pytest
tests/test_invalid.py` writes the texts anew; read every one that changes as a user would. A file
`.arguments` holds what stands on the command line: `--set path=value`, `--allow DIR`, or `train`
for what only training refuses.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from specc.diagnostics.codes import CODES
from specc.diagnostics.render import full
from specc.diagnostics.report import Report
from specc.document.bounds import BYTES
from specc.pipeline import Settings, passes

INVALID = Path(__file__).parent / "invalid"
EXAMPLES = sorted(p for p in INVALID.rglob("*") if p.suffix in (".yaml", ".json"))
BASES = {"S117/base.yaml"}
"""Specifications that others extend, and that are right."""
TOO_LONG_TO_KEEP = {"S109": "long"}


def checked(path: Path) -> Report:
    """The report of an example, made in its own folder so that the places are short."""
    arguments = path.with_suffix(".arguments")
    words = shlex.split(arguments.read_text()) if arguments.exists() else []
    sets = [words[i + 1] for i, w in enumerate(words) if w == "--set"]
    allow = [Path(words[i + 1]) for i, w in enumerate(words) if w == "--allow"]
    made = passes(Path(path.name), settings=Settings(sets=sets, allow=allow, prove=True))
    if "train" in words and made.program is not None:
        from specc.train.trainable import check_trainable

        check_trainable(made.program, made.root, made.report)
    return made.report


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_an_example_says_what_it_should(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder's code is among what is found, and the text is the one that was read."""
    monkeypatch.chdir(path.parent)
    report = checked(path)
    if f"{path.parent.name}/{path.name}" in BASES:
        assert not report.codes
        return
    assert path.parent.name in report.codes
    text = full.render(report)
    expected = path.with_suffix(".txt")
    if os.environ.get("UPDATE"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_a_text_beyond_the_bound_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its example would be too long to keep."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "long.yaml"
    with path.open("wb") as file:
        file.truncate(BYTES + 1)
    report = checked(path)
    assert report.codes == ["S109"]
    assert full.render(report) == (INVALID / "S109" / "long.txt").read_text()


def test_every_code_has_an_example() -> None:
    """A code that nothing shows is a code that nothing gives."""
    shown = {p.parent.name for p in EXAMPLES} | set(TOO_LONG_TO_KEEP)
    assert shown == set(CODES)


def test_every_text_belongs_to_an_example() -> None:
    """No text is left behind where an example was renamed."""
    texts = {p.with_suffix("") for p in INVALID.rglob("*.txt")}
    texts -= {INVALID / code / name for code, name in TOO_LONG_TO_KEEP.items()}
    assert texts <= {p.with_suffix("") for p in EXAMPLES}


def test_an_example_is_the_same_whether_it_stands_in_a_file_or_a_mapping() -> None:
    """What a program passes as a mapping has the same codes, and paths in the place of lines."""
    import yaml

    for code in ("S302", "S401", "S405", "S502", "S504", "S505", "S513"):
        for path in sorted((INVALID / code).glob("*.yaml")):
            plain = yaml.load(path.read_text(), yaml.CSafeLoader)
            made = passes(plain, settings=Settings())
            assert set(made.report.codes) >= {code}
            assert all(d.span is not None and d.span.path for d in made.report)
