"""The schema for editors says of a document's structure what the checker says.

Compared is a variant of the schema in which any class may have any arguments, because that is what
the structure pass takes; the catalogue's classes are checked later, by `infer`. The schema itself
may refuse more, and never accepts what the structure pass refuses.
"""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from specc.diagnostics.report import Report
from specc.diagnostics.span import Source
from specc.document.extends import extended
from specc.document.failure import Unreadable
from specc.document.files import Folder
from specc.document.given import located
from specc.document.known import fields_of
from specc.document.read import read_file, read_text_of
from specc.document.spec import BESIDE, LOSS, Spec
from specc.document.structure import structured

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import key_texts  # noqa: E402
import schema_steps  # noqa: E402
import spec_schema  # noqa: E402

FILE = ROOT / "schemas" / "spec.schema.json"
GALLERY = sorted([*(ROOT / "specs").glob("*.yaml"), *(ROOT / "specs").glob("*.json")])
INVALID = sorted(
    path for path in (ROOT / "tests" / "invalid").glob("S2*/*") if path.suffix in (".yaml", ".json")
)
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(specc: 1\n.*?)^```$", PAGE, re.M | re.S)


@cache
def committed() -> Draft202012Validator:
    """What an editor reads."""
    return Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8")))


@cache
def open_classes() -> Draft202012Validator:
    """The same language, where any class may have any arguments."""
    return Draft202012Validator(spec_schema.schema(open_classes=True))


def accepted(document: Any) -> bool:
    """Whether the structure pass takes a document."""
    report = Report()
    found = structured(located(document, Source("spec")), report)
    assert (found is not None) == report.ok
    return report.ok


@cache
def merged(path: Path) -> Any:
    """A gallery spec with its bases, as the structure pass is given it."""
    report = Report()
    root = extended(read_file(path, str(path), report), Folder(path.parent, ()), path, report)
    assert report.ok
    return root.plain()


def faults(validator: Draft202012Validator, document: Any) -> str:
    """What a schema has against a document."""
    return "\n".join(f"{e.json_path}: {e.message[:300]}" for e in validator.iter_errors(document))


# --- the schema itself ----------------------------------------------------------------------------


def test_the_schema_is_one_and_is_fresh() -> None:
    """It is valid, of a size that editors load at once, and what the code would write today."""
    text = FILE.read_text(encoding="utf-8")
    assert len(text) < 1_500_000
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    Draft202012Validator.check_schema(open_classes().schema)
    assert text == spec_schema.text(), "run `python tools/generate.py write`"
    references = set(re.findall(r'"\$ref":"#/\$defs/([^"]+)"', text))
    assert references <= set(schema["$defs"])
    assert set(schema["$defs"]) - references == set(), "these definitions are for nothing"


def test_every_class_and_key_is_explained() -> None:
    """What an editor shows beside a class or a key is never empty."""
    definitions = committed().schema["$defs"]
    classes = {name: found for name, found in definitions.items() if "." in name}
    assert [name for name, found in classes.items() if not found["description"]] == []
    for name, model in definitions.items():
        if name[0].isupper():
            for key, value in model["properties"].items():
                told = value.get("description") or value["$ref"].rpartition("/")[2] in classes
                assert told, f"{name}.{key}"


def test_no_text_is_of_a_key_that_is_gone() -> None:
    """`key_texts.py` follows the language."""
    import specc.document.spec as models

    for name, known in key_texts._TEXTS.items():
        if name == "Step":
            continue
        keys = fields_of(getattr(models, name))
        assert set(known) <= set(keys), name
    assert set(key_texts.texts()["Spec"]) == set(fields_of(Spec))
    assert set(BESIDE) <= set(key_texts.texts()["Step"])


# --- what is right --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GALLERY, ids=lambda p: p.stem)
def test_a_gallery_spec_is_accepted(path: Path) -> None:
    """As it is written, where an editor reads it, and with its bases."""
    written = read_file(path, str(path), Report()).plain()
    assert not faults(committed(), written)
    assert accepted(merged(path))
    assert not faults(open_classes(), merged(path))


def test_a_spec_with_a_plugin_is_accepted() -> None:
    """What the schema cannot know it takes as it is."""
    path = ROOT / "tests" / "plugin_example" / "tides.yaml"
    assert not faults(committed(), read_file(path, str(path), Report()).plain())


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_of_the_language_page_is_accepted(number: int) -> None:
    """Whatever the page shows, an editor takes."""
    document = read_text_of(Source("text", EXAMPLES[number]), Report()).plain()
    assert not faults(committed(), document)


# --- what is wrong --------------------------------------------------------------------------------

WHOLE: dict[str, Any] = {
    "specc": 1,
    "inputs": {"x": {"shape": [4]}},
    "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": 1}}]}},
    "outputs": ["y"],
}
LAYERS = ("graph", "y", "layers")
WRONG: list[tuple[tuple[str | int, ...], Any]] = [
    (("specc",), 2),
    (("specc",), True),
    (("graphs",), {}),
    (("name",), "Digits"),
    (("name",), "d" * 101),
    (("inputs", "x", "shape"), 4),
    (("inputs", "x", "shape"), [0]),
    (("inputs", "x", "shape"), ["Time"]),
    (("inputs", "X"), {"shape": [4]}),
    (("inputs", "it"), {"shape": [4]}),
    (("inputs", "x", "sample"), "gauss"),
    (("inputs", "x", "sample"), {"integers": None}),
    (("inputs", "x", "sample"), {"normal": {"stddev": -1}}),
    ((*LAYERS, 0), {"Dense": {"units": 1}, "Dropout": {"rate": 0.5}}),
    ((*LAYERS, 0), {"Dense": [1]}),
    ((*LAYERS, 0), {"when": True}),
    ((*LAYERS, 0), {"repeat": 3}),
    ((*LAYERS, 0), {"Dense": {}, "whne": True}),
    ((*LAYERS, 0), {"repeat": -1, "layers": []}),
    ((*LAYERS, 0), {"layers": []}),
    ((*LAYERS, 0), {"mark": "m", "when": True}),
    ((*LAYERS, 0), {"use": "m", "layers": []}),
    ((*LAYERS, 0), 3),
    ((*LAYERS, 0), "my layer"),
    (("shared",), {"s": {"use": "t"}}),
    (("shared",), {"s": "$layer"}),
    (("outputs",), ["Y"]),
    (("outputs",), {"y": {"loss": {"A": {}, "B": {}}}}),
    (("outputs",), {"y": {"loss": {"Huber": [1]}}}),
    (("losses",), {"t": {"y_pred": "y"}}),
    (("losses",), {"t": {"Huber": {}, "Poisson": {}}}),
    (("losses",), {"t": {"Huber": {}, "Poison": {}}}),
    (("losses",), {"t": {"Huber": {}, "y_true": [1]}}),
    (("train",), {"batch_size": "half"}),
    (("train",), {"epochs": 0}),
    (("train",), {"epochs": 1.5}),
    (("train",), {"phases": [{"minimize": ["y"]}]}),
    (("tune",), {"objective": "val_loss", "space": {}}),
    (("tune",), {"objective": "val_loss", "space": {"a": {"choice": [1], "int": [1, 2]}}}),
    (("data",), {"inputs": {"x": {}}}),
    (("data",), {"source": "digits", "split": {"folds": 1}}),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_fault_of_structure_is_refused_by_both(number: int) -> None:
    """One of each kind, as people make them."""
    path, value = WRONG[number]
    document = put(WHOLE, path, value)
    assert not faults(open_classes(), WHOLE)
    assert not accepted(document)
    assert faults(open_classes(), document)
    assert faults(committed(), document)


@pytest.mark.parametrize("path", INVALID, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_an_invalid_example_of_structure_is_refused(path: Path) -> None:
    """The examples that the diagnostics are tested with."""
    report = Report()
    try:
        root = read_file(path, str(path), report)
        root = extended(root, Folder(path.parent, ()), path, report)
    except Unreadable:
        pytest.skip("it is not a matter of structure")
    assert structured(root, report) is None
    assert faults(committed(), root.plain())


# --- generated documents --------------------------------------------------------------------------

KEYS = sorted(
    {*BESIDE, "Dense", "ops.add", "house.Layer", "Huber", "Wrong", "a", "it", "A b", "É"}
    | {"y_true", "expression"}
    | {key for keys in key_texts.texts().values() for key in keys}
)
SCALARS: list[Any] = [None, True, False, 0, 1, -1, 3, 32.0, 0.5, -0.5, 2**31, 2**53, 2**53 + 1]
TEXTS = ["", "x", "it", "Dense", "my layer", "ops.add", "$x", "a $(b)", "normal", "adam", "full"]
COMPOUND: list[Any] = [
    [],
    {},
    ["x"],
    [1, 2],
    ["$x"],
    [None],
    {"x": 1},
    {"Dense": {"units": 1}},
    {"Dense": None},
    {"Dense": "$x"},
    {"Dense": "x"},
    {"Dense": {}, "ReLU": {}},
    {"Dense": {}, "when": 1, "as": ["A"], "repeat": {"n": [1]}, "take": {"value": ["x"]}},
    {"Dense": {}, "id": "i", "call": {"training": False}, "take": ["x"], "repeat": 2},
    {"use": "x", "with": {"a": 1}},
    {"repeat": 2, "layers": ["Flatten"]},
    {"mark": "m"},
    {"Huber": {}, "y_true": 0, "y_pred": "x", "weight": 2},
    {"integers": {"high": 3}},
    {"choice": [1]},
    {"shape": [4]},
    {"from": "x"},
]
values = st.sampled_from([*SCALARS, *TEXTS, *COMPOUND])


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in a document."""
    yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path."""
    for step in path:
        document = document[step]
    return document


def put(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy of the document with another value at a path."""
    changed = copy.deepcopy(document)
    at(changed, path[:-1])[path[-1]] = copy.deepcopy(value)
    return changed


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A gallery spec in which some things are taken away, renamed, exchanged or put in."""
    document = copy.deepcopy(merged(draw(st.sampled_from(GALLERY))))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document))[1:]))
        parent, key = at(document, path[:-1]), path[-1]
        what = draw(st.sampled_from(["exchange", "borrow", "take away", "rename", "put in"]))
        if what == "exchange":
            parent[key] = copy.deepcopy(draw(values))
        elif what == "borrow":
            other = merged(draw(st.sampled_from(GALLERY)))
            parent[key] = copy.deepcopy(at(other, draw(st.sampled_from(list(places(other))[1:]))))
        elif what == "take away":
            del parent[key]
        elif what == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = parent.pop(key)
        elif what == "put in":
            inside = parent[key] if isinstance(parent[key], dict) else parent
            if isinstance(inside, dict):
                inside[draw(st.sampled_from(KEYS))] = copy.deepcopy(draw(values))
            else:
                inside.append(copy.deepcopy(draw(values)))
        assume(document)
    return document


def lower_case_class(document: Any) -> bool:
    """Whether a step's class is a lower-case word: no class is, and only a schema can know it.

    (The structure pass looks whether the word is near one of a step's keys.)
    """
    known = {*BESIDE, "use", "mark", "layers"}
    return any(
        isinstance(step := at(document, path), dict)
        and (path[-2:-1] == ("layers",) or path[-2:-1] == ("shared",))
        and any(k not in known and k == k.lower() and "." not in k for k in step)
        for path in places(document)
    )


def two_unknown_losses(document: Any) -> bool:
    """Whether a loss term has two classes that Keras has not: JSON Schema cannot count them."""
    terms = document.get("losses") if isinstance(document, dict) else None
    known = set(schema_steps.losses())
    return isinstance(terms, dict) and any(
        isinstance(term, dict) and sum(bool(LOSS.fullmatch(k)) for k in {*term} - known) > 1
        for term in terms.values()
    )


@settings(max_examples=400)
@given(mutated())
def test_a_generated_document_has_one_verdict(document: Any) -> None:
    """What one refuses for its structure the other refuses; the schema is never the milder."""
    if document.get("extends") is not None:
        document = {k: v for k, v in document.items() if k != "extends"}
    assume(not two_unknown_losses(document))
    ours, theirs = accepted(document), not faults(open_classes(), document)
    if lower_case_class(document):
        assert ours or not theirs
    else:
        assert ours == theirs, faults(open_classes(), document) or "the schema takes it"
    if not faults(committed(), document):
        assert ours, "the schema takes what the structure pass refuses"
