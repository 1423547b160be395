"""Outputs, losses and the sections about the model: what the graph's names may stand for there."""

from __future__ import annotations

import pytest

from tests.language.reading import faults, program, shapes


def test_outputs_are_a_list_of_names_or_a_mapping():
    made = program("graph: {y: {from: x}, z: {from: x, layers: [Flatten]}}\noutputs: [y, z]\n")
    assert shapes(made) == {"y": "(batch, 5, 4)", "z": "(batch, 20)"}
    made = program("""
        graph: {y: {from: x, layers: [{mark: s}, Flatten]}}
        outputs: {y: , marked: {from: y.s}, again: {from: x}}
    """)
    assert list(made.outputs) == ["y", "marked", "again"]


def test_a_part_needs_a_name_to_be_an_output():
    assert faults("graph: {y: {from: x, layers: [mark: s, ReLU]}}\noutputs: [y.s]\n") == [
        ("S204", "y.s")
    ]


def test_an_output_names_one_tensor():
    assert faults("""
        graph: {e: {from: x, layers: [LSTM: {units: 3, return_state: true}], as: [a, b, c]}}
        outputs: [e]
    """) == [("S403", "e")]
    assert faults("""
        blocks: {b: {inputs: [i], graph: {o: {from: i}, p: {from: i}}, outputs: [o, p]}}
        graph: {e: {from: x, layers: [{use: b, repeat: 2}]}}
        outputs: {y: {from: e.p}}
    """) == [("S403", "e.p")]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{y: {los: mse}}", ("S201", "los")),
        ("{y: {weight: heavy}}", ("S203", "heavy")),
        ("{y: {from: nope}}", ("S401", "nope")),
        ("{Y: {from: y}}", ("S204", "Y")),
        ("[y, nope]", ("S401", "nope")),
        ("$outs", ("S301", "$outs")),
        ("3", ("S203", "3")),
    ],
)
def test_an_output_that_is_wrong(written, found):
    assert faults(f"graph: {{y: {{from: x}}}}\noutputs: {written}\n") == [found]


def test_a_target_may_be_another_tensor():
    made = program("""
        graph: {y: {from: x, layers: [Dense: {units: 4}]}}
        outputs: {y: {loss: mse, target: x}}
    """)
    assert made.targets["y"] is made.inputs["x"]


def test_terms_take_tensors_and_numbers_and_a_weight_that_may_be_negative():
    made = program("""
        graph: {y: {from: x, layers: [Flatten, Dense: {units: 4}]}}
        outputs: [y]
        losses: {a: {MeanSquaredError: {}, y_true: 1, y_pred: y, weight: -0.5}}
    """)
    term = made.losses["a"]
    assert (term.cls, term.weight, term.tensors["y_true"]) == ("MeanSquaredError", -0.5, 1.0)


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("{MeanSquaredErr: {}, y_true: 1, y_pred: y}", ("S501", "MeanSquaredErr")),
        ("{MeanSquaredError: {foo: 1}, y_true: 1, y_pred: y}", ("S505", "foo")),
        ("{MeanSquaredError: {}, y_tru: 1, y_pred: y}", ("S315", "y_tru")),
        ("{KLToNormal: {}, mean: y}", ("S315", "a")),
        ("{MeanSquaredError: {}, y_true: 1, y_pred: nope}", ("S401", "nope")),
        ("{y_true: 1, y_pred: y}", ("S203", "{y_true: 1, y_pred: y}")),
    ],
)
def test_a_term_that_is_wrong(term, found):
    text = f"graph: {{y: {{from: x, layers: [Flatten]}}}}\noutputs: [y]\nlosses: {{a: {term}}}\n"
    assert found[0] in [code for code, _ in faults(text)]


def test_a_tensor_that_only_a_term_needs_is_in_the_program():
    made = program("""
        graph: {y: {from: x}, z: {from: x, layers: [ReLU]}}
        outputs: [y]
        losses: {a: {MeanSquaredError: {}, y_true: 0, y_pred: z}}
    """)
    assert [n.name for n in made.nodes] == ["x", "z.relu"]


def test_a_fault_in_one_section_hides_none_in_another():
    found = faults("""
        params: {n: 3}
        graph: {y: {from: x, layers: [Dense: {unit: 3}]}}
        outputs: {y: {los: mse}, z: {from: nope}}
        train: {epoch: 3, batch_size: $m}
    """)
    assert [f for f in found if f[0][0] == "S"] == [
        ("S505", "unit"), ("S201", "los"), ("S401", "nope"), ("S201", "epoch"), ("S301", "$m"),
    ]  # fmt: skip
