"""The data section is checked against the model: every fault, its code, its place, its help."""

from __future__ import annotations

from typing import Any

import pytest

from specc.data.check import check_data
from specc.data.dataset import Dataset, FieldType
from specc.diagnostics.report import Report
from specc.pipeline import Settings, passes

SPEC: dict[str, Any] = {
    "specc": 1,
    "name": "small",
    "inputs": {"pixels": {"shape": [64]}},
    "graph": {"digit": {"from": "pixels", "layers": [{"Dense": {"units": 10}}]}},
    "outputs": {"digit": {"loss": "sparse_categorical_crossentropy"}},
    "data": {
        "source": "digits",
        "inputs": {"pixels": {"field": "image", "transform": ["flatten"]}},
        "targets": {"digit": {"field": "label"}},
    },
}


def checked(datasets=None, **changes: Any) -> Report:
    spec = {**SPEC, **{k: v for k, v in changes.items() if k != "data"}}
    spec["data"] = {**SPEC["data"], **changes.get("data", {})}
    without = {k: v for k, v in spec.items() if k != "data"}
    outcome = passes(without, settings=Settings())
    assert outcome.program is not None, str(outcome.report)
    from dataclasses import replace

    from specc.document.spec import Data

    program = replace(outcome.program, data=Data.model_validate(spec["data"]))
    report = Report()
    check_data(program, outcome.root, report, **({"datasets": datasets} if datasets else {}))
    return report


def test_a_spec_that_fits_has_no_fault():
    assert checked().codes == []


@pytest.mark.parametrize(
    ("data", "code", "message", "help"),
    [
        ({"source": "digit"}, "S701", "no dataset named `digit`", "did you mean `digits`"),
        ({"source": "csv"}, "S701", "no dataset named `csv`", "a reader is a key"),
        (
            {"inputs": {"pixels": {"field": "images", "transform": ["flatten"]}}},
            "S702", "no field `images`", "did you mean `image`",
        ),
        ({"sample_weight": "weight"}, "S702", "no field `weight`", "its fields are image, label"),
        ({"split": {"stratify": "lable"}}, "S702", "no field `lable`", "did you mean `label`"),
        ({"inputs": {}}, "S703", "no field is bound to the input `pixels`", "inputs: {pixels:"),
        ({"targets": {}}, "S703", "target of the output `digit`", "targets: {digit:"),
        (
            {"targets": {"digits": {"field": "label"}, "digit": {"field": "label"}}},
            "S703", "the model has no output `digits`", "did you mean `digit`",
        ),
        (
            {"inputs": {"pixels": {"field": "image"}}},
            "S704", "does not fit the input `pixels`, (64,)", "`transform: [flatten]`",
        ),
        (
            {"inputs": {"pixels": {"field": "image", "transform": ["flatten", "expand_dims"]}}},
            "S704", "(8, 8) after flatten, expand_dims is (64, 1)", None,
        ),
        (
            {"inputs": {"pixels": {"field": "image", "transform": ["flaten"]}}},
            "S705", "no transform named `flaten`", "did you mean `flatten`",
        ),
        (
            {"inputs": {"pixels": {"field": "image", "transform": [{"tokenize": 9}]}}},
            "S705", "tokenize wants text", None,
        ),
        ({"split": {"validation": 0.6, "test": 0.5}}, "S706", "leave nothing", "fractions"),
        ({"split": {"stratify": "image"}}, "S706", "`stratify` wants classes", None),
    ],
)  # fmt: skip
def test_each_fault_has_its_code_and_help(data, code, message, help):
    report = checked(data=data)
    assert report.codes == [code], str(report)
    (found,) = report.errors
    assert message in found.message
    if help is not None:
        assert help in (found.help or "")


def test_every_fault_is_found_at_once():
    report = checked(
        data={
            "inputs": {"pixels": {"field": "images"}},
            "targets": {"digit": {"field": "label", "transform": ["onehot"]}},
            "split": {"validation": 0.9, "test": 0.9},
        }
    )
    assert sorted(report.codes) == ["S702", "S705", "S706"]


def test_a_sampled_input_needs_no_field():
    inputs = {"pixels": {"shape": [64]}, "noise": {"shape": [64], "sample": "normal"}}
    graph = {"digit": {"from": ["pixels", "noise"], "layers": ["Add", {"Dense": {"units": 10}}]}}
    assert checked(inputs=inputs, graph=graph).codes == []
    bound = {**SPEC["data"]["inputs"], "noise": {"field": "image", "transform": ["flatten"]}}
    assert checked(inputs=inputs, graph=graph, data={"inputs": bound}).codes == ["S703"]


def test_floats_do_not_become_whole_numbers_by_themselves():
    graph = {
        "digit": {
            "from": "pixels",
            "layers": [{"Embedding": {"input_dim": 17, "output_dim": 4}}, "Flatten",
                       {"Dense": {"units": 10}}],
        }
    }  # fmt: skip
    inputs = {"pixels": {"shape": [64], "dtype": "int32"}}
    report = checked(inputs=inputs, graph=graph)
    assert report.codes == ["S704"]
    cast = {"pixels": {"field": "image", "transform": ["flatten", {"cast": "int32"}]}}
    assert checked(inputs=inputs, graph=graph, data={"inputs": cast}).codes == []


def test_a_named_dimension_is_one_length():
    inputs = {n: {"shape": ["time"], "dtype": "int32"} for n in ("a", "b")}
    layers = [{"Embedding": {"input_dim": 9, "output_dim": 4}}]
    graph = {
        "left": {"from": "a", "layers": layers},
        "right": {"from": "b", "layers": layers},
        "digit": {
            "from": ["left", "right"],
            "layers": ["Add", "GlobalAveragePooling1D", {"Dense": {"units": 10}}],
        },
    }
    fields = {
        "short": FieldType((4,), "int32"),
        "long": FieldType((6,), "int32"),
        "label": FieldType((), "int32", classes=10),
    }
    datasets = {"pairs": Dataset("pairs", fields, dict, "")}
    data = {"source": "pairs", "inputs": {"a": {"field": "short"}, "b": {"field": "long"}}}
    report = checked(datasets, inputs=inputs, graph=graph, data=data)
    assert report.codes == ["S704"]
    assert "`time` is 4 in the input `a`" in report.errors[0].message
