"""`--set path=value`: the value is read as YAML and stands in the place of the old one."""

from __future__ import annotations

from typing import Any

import pytest

import specc
from specc.diagnostics.report import Report
from specc.document.assign import assigned, from_text
from specc.document.failure import Unreadable

from .reading import HEAD, TAIL, tree
from .test_address import LAYERS, SPEC


def changed(*sets: str) -> dict[str, Any]:
    """The spec with values set."""
    root, _ = tree(SPEC)
    assert root is not None
    report = Report()
    found = assigned(root, [from_text(s, report) for s in sets], report)
    assert report.errors == []
    return found.plain()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3),
        ("1e-3", 0.001),
        ("true", True),
        ("", None),
        ("null", None),
        ("text", "text"),
        ("'3'", "3"),
        ("[32, 64]", [32, 64]),
        ("{SGD: {momentum: 0.9}}", {"SGD": {"momentum": 0.9}}),
        ("$(min(a, b))", "$(min(a, b))"),
        ("a=b", "a=b"),
        ("[1,", "[1,"),
        ("a: b: c", "a: b: c"),
        ("*", "*"),
        ("@x", "@x"),
    ],
)
def test_a_value_is_read_as_yaml_and_else_as_text(written: str, value: Any) -> None:
    """So that what needs no quotes in a shell needs none here."""
    assert changed(f"params.width={written}")["params"]["width"] == value


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1e400", "S111"),
        ("\udcff", "S101"),
        ("!!x 3", "S106"),
        ("[" * 200, "S108"),
        ("a\n---\nb", "S112"),
    ],
)
def test_what_a_document_refuses_is_refused_here_too(written: str, code: str) -> None:
    """A bomb is no text."""
    with pytest.raises(Unreadable) as caught:
        from_text(f"params.width={written}", Report())
    found = caught.value.diagnostic
    assert found.code == code
    assert found.span is not None
    assert found.span.line == 1


@pytest.mark.parametrize("written", ["train.epochs", "=3", " = 3", ""])
def test_what_is_no_assignment_says_so(written: str) -> None:
    """A program may pass anything in `sets`."""
    report = specc.check(text=HEAD + TAIL, sets=[written])
    assert report.codes == ["S118"]


def test_steps_take_arguments_and_keys() -> None:
    """A class written by its name alone becomes a mapping."""
    spec = changed("graph.y.1.when=false", "graph.y.first.units=9", "graph.y.4.rate=0.5")
    steps = spec["graph"]["y"]["layers"]
    assert steps[0] == {"Dense": {"units": 9}, "id": "first"}
    assert steps[1] == {"Flatten": {}, "when": False}
    assert steps[4] == {"Dropout": {"rate": 0.5}}
    steps = changed("graph.y.1.data_format=x")["graph"]["y"]["layers"]
    assert steps[1] == {"Flatten": {"data_format": "x"}}


def test_sections_that_lack_are_made() -> None:
    """A spec without `data` can be given one."""
    assert changed("data.split.test=0.5")["data"] == {"split": {"test": 0.5}}


def test_later_settings_win_and_build_on_earlier_ones() -> None:
    """In the order of the command line."""
    spec = changed("train.optimizer=sgd", "train.optimizer.*.momentum=0.5", "train.epochs=1")
    assert spec["train"]["optimizer"] == {"sgd": {"momentum": 0.5}}
    assert changed("train.epochs=1", "train.epochs=2")["train"]["epochs"] == 2


def test_the_tree_is_not_changed() -> None:
    """Another tree is made; what is shared between the two stays as it was."""
    root, _ = tree(SPEC)
    assert root is not None
    before = root.plain()
    report = Report()
    after = assigned(root, [from_text("graph.y.first.units=9", report)], report)
    assert root.plain() == before
    assert after.plain() != before
    assert after.at((*LAYERS, 1)) is root.at((*LAYERS, 1))


def test_an_error_in_a_value_is_shown_in_the_argument() -> None:
    """With its column in the whole of `path=value`."""
    report = specc.check(text=HEAD + TAIL, sets=["train.epochs=many"])
    (found,) = report.errors
    assert found.span is not None
    assert (found.span.source.name, found.span.column, found.span.end_column) == ("--set", 14, 18)
    assert "train.epochs=many" in str(report)


def test_extends_cannot_be_set() -> None:
    """It has been read by then; saying nothing would mislead."""
    assert specc.check(text=HEAD + TAIL, sets=["extends=base.yaml"]).codes == ["S118"]


def test_a_step_in_a_repeat_or_block_changes_everywhere() -> None:
    """One address, every turn."""
    text = (
        f"{HEAD}graph: {{y: {{from: x, layers: [{{repeat: 3, layers: "
        "[{Dense: {units: 4}, id: hidden}]}]}}\noutputs: [y]\n"
    )
    assert specc.compile(text=text).parameters == 3 * (4 * 4 + 4)
    program = specc.compile(text=text, sets=["graph.y.hidden.use_bias=false"])
    assert program.parameters == 3 * 4 * 4
