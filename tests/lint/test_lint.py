"""Lint: each warning on what is wrong, and silence on what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

import specc
from specc.diagnostics.codes import CODES

INVALID = Path(__file__).parent.parent / "invalid"
LINTS = sorted(c for c, d in CODES.items() if d.__module__.rpartition(".")[2].startswith("lint_"))

HEAD = "specc: 1\ninputs:\n  x: {shape: [8]}\ngraph:\n  y:\n    from: x\n    layers:\n"


def text(*layers: str, outputs: str = "") -> str:
    """A spec of one chain over eight numbers."""
    steps = "".join(f"      - {layer}\n" for layer in layers)
    return f"{HEAD}{steps}outputs:\n  y: {outputs}\n"


@pytest.mark.parametrize("code", LINTS)
def test_each_warning_is_given(code: str) -> None:
    """The example of a code gives that warning, and nothing else."""
    assert specc.check(INVALID / code / "example.yaml").codes == [code]


@pytest.mark.parametrize("code", LINTS)
def test_a_comment_silences_it(code: str) -> None:
    """`# specc: allow CODE` on the line of the warning silences it, another code does not."""
    written = (INVALID / code / "example.yaml").read_text()
    (found,) = specc.check(text=written)
    assert found.span is not None
    lines = written.splitlines()
    line = lines[found.span.line - 1]
    lines[found.span.line - 1] = f"{line}  # specc: allow {code}"
    assert specc.check(text="\n".join(lines)).codes == []
    lines[found.span.line - 1] = f"{line}  # specc: allow W999"
    assert specc.check(text="\n".join(lines)).codes == [code]


@pytest.mark.parametrize(
    "written",
    [
        text("Dense: {units: 1, activation: sigmoid}", outputs="{loss: binary_crossentropy}"),
        text("Dense: {units: 4, activation: softmax}", outputs="{loss: categorical_crossentropy}"),
        text("Dense: {units: 4}", outputs="{loss: {CategoricalCrossentropy: {from_logits: true}}}"),
        text("Dense: {units: 4}", "Softmax", "Dropout: {rate: 0.1}", "Dense: {units: 1}"),
        text("Dense: {units: 4, use_bias: false}", "BatchNormalization", "ReLU"),
        text("Dense: {units: 4, activation: relu}", "BatchNormalization"),
        text("Dense: {units: 1}", outputs="{loss: mse, metrics: [mae]}"),
        text("Reshape: {target_shape: [8, 1]}", "MaxPooling1D: {pool_size: 2, strides: 2}"),
        text("Reshape: {target_shape: [8, 1]}", "Conv1D: {filters: 4, kernel_size: 1, strides: 2}"),
    ],
)
def test_what_is_right_is_left_alone(written: str) -> None:
    """Neighbours of what the warnings are about, done right."""
    assert specc.check(text=written).codes == []


def test_a_nested_model_is_read_too() -> None:
    """A warning inside a model is found, once, however often the model is used."""
    written = (
        "specc: 1\ninputs: {a: {shape: [4]}, b: {shape: [4]}}\n"
        "models:\n  half:\n    inputs: {x: {shape: [4]}}\n"
        "    graph: {h: {from: x, layers: [{Dropout: {rate: 0}}, {Dense: {units: 2}}]}}\n"
        "    outputs: [h]\n"
        "graph:\n  left: {from: a, layers: [{use: half}]}\n"
        "  right: {from: b, layers: [{use: half}]}\n"
        "outputs: [left, right]\n"
    )
    assert specc.check(text=written).codes == ["W113"]


def test_every_lint_is_a_documented_warning() -> None:
    """Each has its explanation, with what is wrong and what is right."""
    for code in LINTS:
        assert CODES[code].severity == "warning"
        assert "Wrong:" in CODES[code].explanation()
        assert "Right:" in CODES[code].explanation()
