"""Every code is documented, tested by an example, and emitted somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from specc.diagnostics.codes import CODES
from specc.diagnostics.diagnostic import Diagnostic, subclasses

ROOT = Path(__file__).resolve().parent.parent.parent
DEFINED = ROOT / "specc" / "diagnostics" / "codes"
CLASSES = pytest.mark.parametrize("cls", CODES.values(), ids=CODES)


def names_in(path: Path) -> set[str]:
    """Every name and attribute that a module mentions in its code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return names | {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}


EMITTED: set[str] = set()
for module in (ROOT / "specc").rglob("*.py"):
    if DEFINED not in module.parents:
        EMITTED |= names_in(module)


def test_a_code_belongs_to_one_class() -> None:
    """Two classes with one code would explain each other's faults."""
    codes = [cls.code for cls in subclasses()]
    assert len(codes) == len(set(codes)) == len(CODES)


@CLASSES
def test_a_code_says_its_severity(cls: type[Diagnostic]) -> None:
    """`S` stops the compiler, `W` does not."""
    assert re.fullmatch(r"[SW]\d{3}", cls.code)
    assert cls.severity == ("warning" if cls.code.startswith("W") else "error")


@CLASSES
def test_a_code_is_explained_with_a_wrong_and_a_right_example(cls: type[Diagnostic]) -> None:
    """What it is, and how it looks: the docstring is what `specc explain` prints."""
    assert cls.__doc__ is not None
    text = cls.explanation()
    wrong, right = text.index("\n\nWrong:\n\n    "), text.index("\n\nRight:\n\n    ")
    assert 0 < wrong < right
    assert cls.title()
    assert "\n" not in cls.title()


@CLASSES
def test_a_code_has_a_failing_example(cls: type[Diagnostic]) -> None:
    """In `tests/invalid/<CODE>/`, where another test compares what is said of it."""
    folder = ROOT / "tests" / "invalid" / cls.code
    assert folder.is_dir(), f"tests/invalid/{cls.code}/ is missing"
    assert any(folder.iterdir())


@CLASSES
def test_a_code_is_emitted(cls: type[Diagnostic]) -> None:
    """A class that no pass mentions can never be found."""
    assert cls.__name__ in EMITTED, f"nothing in specc/ mentions {cls.__name__}"


def test_no_example_has_lost_its_code() -> None:
    """A folder for a code that is gone tests nothing."""
    folder = ROOT / "tests" / "invalid"
    if folder.is_dir():
        assert {p.name for p in folder.iterdir() if p.is_dir()} <= set(CODES)
