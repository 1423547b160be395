"""A space is proven: what compiles alone and together, and what does not is named once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.diagnostics.report import Report
from specc.infer.program import Program
from specc.pipeline import Settings, passes
from specc.train.check import check_training
from specc.tune import compiler
from specc.tune.parts import Parts
from specc.tune.proof import proven
from specc.tune.space import dimensions
from specc.tune.variant import Variants

DIGITS = Path(__file__).parents[2] / "specs" / "digits.yaml"

BASE: dict[str, Any] = {
    "specc": 1,
    "params": {"filters": 32, "groups": 8, "rate": 0.1, "half": "$(rate / 2)", "kind": "float32"},
    "inputs": {"image": {"shape": [8, 8, 1]}},
    "graph": {
        "y": {
            "from": "image",
            "layers": [
                {"Conv2D": {"filters": "$filters", "kernel_size": 3}, "id": "conv"},
                {"GroupNormalization": {"groups": "$groups"}, "id": "norm"},
                {"Dropout": {"rate": "$half"}, "when": "$(rate > 0)"},
                "GlobalAveragePooling2D",
                {"Dense": {"units": 10, "activation": "softmax"}},
            ],
        }
    },
    "outputs": {"y": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}},
    "data": {
        "source": "digits",
        "inputs": {"image": {"field": "image", "transform": ["expand_dims"]}},
        "targets": {"y": {"field": "label"}},
        "split": {"validation": "$rate"},
    },
    "train": {"optimizer": "adam", "epochs": 3, "precision": "$kind"},
}

CHOICES: dict[str, list[Any]] = {
    "params.filters": [32, 48, 64, 0],
    "params.groups": [8, 32, 5],
    "params.rate": [0.0, 0.5, 2.5, "much"],
    "params.kind": ["float32", "mixed_float16", "float8"],
    "graph.y.norm": ["BatchNormalization", {"LayerNormalization": {}}, {"GroupNormalization": {"groups": 16}}, "Norm"],
    "graph.y.norm.GroupNormalization.axis": [-1, 1],
    "graph.y.conv.kernel_size": [3, 9],
    "outputs.y.loss": ["sparse_categorical_crossentropy", "mse", "binary_crossentropy"],
    "outputs.y.metrics": [["accuracy"], []],
    "data.split.validation": [0.2, 0],
    "data.split.test": [0.2, 0.9],
    "train.optimizer": ["sgd", {"SGD": {}}, {"RMSprop": {"momentun": 1}}, {"Adam": {}}],
    "train.optimizer.SGD.momentum": [0.9, "most"],
    "train.epochs": [1, 0],
    "train.phases": [[{"name": "all"}], [{"name": "some", "over": ["y"]}], [{"name": "no", "over": ["z"]}]],
    "train.distribute": ["none", "data_parallel"],
}  # fmt: skip

spaces = st.dictionaries(
    st.sampled_from(sorted(CHOICES)), st.integers(1, 15), min_size=1, max_size=4
)


def _space(picked: dict[str, int]) -> dict[str, Any]:
    return {
        a: {"choice": [v for i, v in enumerate(CHOICES[a]) if bits >> i & 1] or CHOICES[a][:1]}
        for a, bits in picked.items()
    }


@settings(max_examples=60, deadline=None)
@given(spaces)
def test_the_parts_of_a_variant_say_what_the_whole_says(picked: dict[str, int]) -> None:
    """For every combination: the check by parts, the check of the tree, and `check` of its text."""
    spec = {**BASE, "tune": {"objective": "val_accuracy", "space": _space(picked)}}
    outcome = passes(spec, settings=Settings())
    if not outcome.report.ok:
        return  # such as a field that no choice brings
    assert outcome.root is not None and outcome.compiler is not None
    tune = outcome.compiler.tune
    assert tune is not None
    variants = Variants(outcome.root, dimensions(tune, outcome.root))
    parts = Parts(variants, outcome.compiler)
    objective = {"objective": "val_accuracy", "space": {"train.seed": {"choice": [0]}}}
    for layout in variants.layouts():
        for combination in layout.combinations():
            tree = variants.tree(combination)
            whole = outcome.compiler.program(tree)[0] is not None
            text = {**tree.plain(), "tune": objective}
            assert passes(text, settings=Settings()).report.ok == whole
            assert parts.ok(combination) == whole


def _report(tune: str, base: str | None = None) -> tuple[Any, Report]:
    text = (base or DIGITS.read_text()).partition("\ntune:")[0]
    outcome = passes(text=f"{text}\ntune:\n{tune}", settings=Settings(prove=True))
    return outcome.proof, outcome.report


def test_a_conditional_field_is_varied_only_where_it_is() -> None:
    """Momentum is a field of SGD's alone: 3 with it, and one without."""
    proof, report = _report(
        "  {objective: val_accuracy, space: {train.optimizer.SGD.momentum: {choice: [0.1, 0.5, 0.9]},"
        " train.optimizer: {choice: [adam, sgd]}}}"
    )
    assert report.ok
    assert (proof.combinations, proof.every, proof.sampled) == (4, True, ())


def test_every_whole_number_is_proven_and_what_is_sampled_is_said() -> None:
    """All of 64, and of more than 256 the ends and some between."""
    proof, _ = _report(
        "  {objective: val_accuracy, space: {train.batch_size: {int: [1, 64]},"
        " train.epochs: {int: [61, 1000]}}}"
    )
    assert proof.sampled == ("train.epochs",)
    assert proof.combinations == 64 * 18


def test_what_breaks_a_bound_is_left_out_and_counted() -> None:
    """Two of three topologies have more than 5,000 parameters."""
    proof, report = _report(
        "  {objective: val_accuracy, require: {parameters: {max: 5000}}, space: {params.topology:"
        " {choice: [[32], [64, 32], [128, 64]]}, train.batch_size: {choice: [32, 64]}}}"
    )
    assert report.ok
    assert (proof.combinations, proof.left_out) == (6, 4)
    assert "4 of them left out" in str(proof)


def test_beyond_the_bound_every_pair_is_tried() -> None:
    """A pair that fails is found among more combinations than can all be tried."""
    spec = {
        **BASE,
        "tune": {
            "objective": "val_accuracy",
            "space": {
                "params.filters": {"choice": [32, 48]},
                "params.groups": {"choice": [8, 32]},
                "train.epochs": {"int": [1, 50]},
            },
        },
    }
    outcome = passes(spec, settings=Settings(params={"rate": 0.2}))
    assert outcome.root is not None and outcome.compiler is not None
    assert outcome.compiler.tune is not None
    report = Report()
    assert proven(outcome.compiler.tune, outcome.root, outcome.compiler, report, 20) is None
    (found,) = report.errors
    assert "`params.filters` = 48 and `params.groups` = 32" in found.message


def test_training_is_checked_once_for_all_graphs_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Graphs that differ inside only fit the same data and training: 12 of 144 are looked at."""
    checked: list[Program] = []

    def counted(program: Program, *rest: Any) -> None:
        checked.append(program)
        check_training(program, *rest)

    monkeypatch.setattr(compiler, "check_training", counted)
    outcome = passes(DIGITS, settings=Settings(prove=True))
    assert outcome.proof is not None and outcome.proof.combinations == 144
    written = [repr(p.train) for p in checked]
    assert len(written) == len(set(written)) == 12
