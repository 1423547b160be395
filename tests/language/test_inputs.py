"""Inputs and variables: shapes, names of dimensions, what has a batch and what has none."""

from __future__ import annotations

import pytest

from tests.language.reading import faults, inputs, messages, outcome, program, shapes


def test_a_shape_leaves_the_batch_out_and_dtype_is_float32_by_default():
    made = program("""
        specc: 1
        inputs: {a: {shape: [4, null]}, b: {shape: [3.0], dtype: int32}, c: {shape: []}}
        graph: {y: {from: a}, z: {from: b}, w: {from: c}}
        outputs: [y, z, w]
    """)
    assert shapes(made) == {"y": "(batch, 4, ?)", "z": "(batch, 3)", "w": "(batch,)"}
    assert [t.type.dtype for t in made.inputs.values()] == ["float32", "int32", "float32"]


def test_a_name_is_the_same_length_everywhere_and_two_names_are_two():
    both = "inputs: {{a: {{shape: [{0}, 4]}}, b: {{shape: [{1}, 4]}}}}"
    rest = "graph: {y: {from: [a, b], layers: [Add]}}\noutputs: [y]\n"
    one = f"specc: 1\n{both.format('time', 'time')}\n{rest}"
    assert shapes(program(one)) == {"y": "(batch, time, 4)"}
    two = f"specc: 1\n{both.format('time', 'steps')}\n{rest}"
    assert faults(two) == [("S502", "Add")]
    assert "`time` and `steps` are two names" in messages(two)[0]
    number = f"specc: 1\n{both.format('time', 5)}\n{rest}"
    assert faults(number) == [("S502", "Add")]
    assert "write 5, or `null`, in place of `time`" in messages(number)[0]
    unknown = f"specc: 1\n{both.format('null', 5)}\n{rest}"
    assert shapes(program(unknown)) == {"y": "(batch, 5, 4)"}


def test_each_model_has_names_of_its_own():
    text = """
        specc: 1
        inputs: {{a: {{shape: [time, 4]}}, b: {{shape: [{0}, 4]}}}}
        models:
          m:
            inputs: {{p: {{shape: [time, 4]}}, q: {{shape: [time, 4]}}}}
            graph: {{o: {{from: [p, q], layers: [Add]}}}}
            outputs: [o]
        graph: {{y: {{from: [a, b], layers: [use: m]}}}}
        outputs: [y]
    """
    assert shapes(program(text.format("time"))) == {"y": "(batch, time, 4)"}
    assert faults(text.format("steps")) == [("S502", "m")]
    assert "one length, and is time in `p` and steps in `q`" in messages(text.format("steps"))[0]


def test_a_models_graph_is_right_by_itself_whatever_it_is_fed():
    assert faults("""
        models:
          m: {inputs: {i: {shape: [null, null]}}, graph: {o: {from: i, layers: [Dense: {units: 2}]}},
              outputs: [o]}
        graph: {y: {from: x, layers: [use: m]}}
        outputs: [y]
    """) == [("S508", "Dense")]


def test_known_lengths_go_through_a_model_that_leaves_them_open():
    made = program("""
        models:
          m: {inputs: {i: {shape: [time, 4]}}, graph: {o: {from: i, layers: [Dense: {units: 2}]}},
              outputs: [o]}
        graph: {y: {from: x, layers: [use: m, Flatten]}}
        outputs: [y]
    """)
    assert shapes(made) == {"y": "(batch, 10)"}


def test_what_a_model_cannot_take_is_shown_at_its_use():
    text = """
        models:
          m: {inputs: {i: {shape: [time, 4]}}, outputs: [o],
              graph: {o: {from: i, layers: [Reshape: {target_shape: [-1, 8]}]}}}
        graph: {y: {from: x, layers: [use: m]}}
        outputs: [y]
    """
    assert faults(text) == [("S502", "m")]
    assert messages(text)[0].startswith("the model `m` cannot take i (batch, 5, 4): ")


def test_batch_is_no_name_for_a_dimension():
    assert faults("""
        specc: 1
        inputs: {a: {shape: [batch, 4]}}
        graph: {y: {from: a, layers: [Flatten]}}
        outputs: [y]
    """) == [("S204", "batch")]


@pytest.mark.parametrize(
    ("written", "code", "under"),
    [
        ("{shape: [0]}", "S203", "0"),
        ("{shape: [2.5]}", "S203", "2.5"),
        ("{shape: 4}", "S203", "4"),
        ("{shape: [true]}", "S203", "true"),
        ("{shape: [4], dtype: floot32}", "S203", "floot32"),
        ("{shape: [4], sample: nothing}", "S203", "nothing"),
        ("{shape: [4], sample: {uniform: {low: a}}}", "S203", "a"),
        ("{shape: [4], simple: normal}", "S201", "simple"),
        ("{dtype: int32}", "S202", "a"),
        ("{shape: [$n]}", "S301", "$n"),
        ("{shape: [$(1 / 2)]}", "S203", "$(1 / 2)"),
    ],
)
def test_a_broken_input_is_one_fault_and_hides_no_other(written, code, under):
    assert faults(f"""
        specc: 1
        inputs: {{a: {written}, x: {{shape: [4]}}}}
        graph:
          y: {{from: a, layers: [Dense: {{units: 3}}]}}
          z: {{from: x, layers: [Dense: {{unit: 3}}]}}
        outputs: [y, z]
    """) == [(code, under), ("S505", "unit")]


def test_samples_are_kept_with_what_they_are_drawn_from():
    made = program("""
        specc: 1
        params: {high: 10}
        inputs:
          a: {shape: [4], sample: normal}
          b: {shape: [4], sample: {uniform: {low: -1}}}
          c: {shape: [4], dtype: int32, sample: {integers: {high: $high}}}
        graph: {y: {from: a}, z: {from: b}, w: {from: c}}
        outputs: [y, z, w]
    """)
    assert set(made.samples) == {"a", "b", "c"}
    assert made.samples["b"].uniform is not None
    assert (made.samples["b"].uniform.low, made.samples["b"].uniform.high) == (-1, 1)
    assert made.samples["c"].integers is not None
    assert made.samples["c"].integers.high == 10


def test_a_variable_has_no_batch_and_broadcasts_in_ops():
    made = program("""
        variables: {v: {shape: [4], initializer: {RandomNormal: {stddev: 0.1}}}}
        graph: {y: {from: {x1: x, x2: v}, layers: [ops.add]}}
        outputs: [y]
    """)
    assert shapes(made) == {"y": "(batch, 5, 4)"}
    assert made.parameters == 4


def test_a_layer_that_merges_takes_a_variable_only_per_example():
    text = """
        variables: {{v: {{shape: [5, 4], per_example: {0}}}}}
        graph: {{y: {{from: [x, v], layers: [Add]}}}}
        outputs: [y]
    """
    assert shapes(program(text.format("true"))) == {"y": "(batch, 5, 4)"}
    assert faults(text.format("false")) == [("S502", "Add")]
    assert "per_example: true" in messages(text.format("false"))[0]


@pytest.mark.parametrize(
    ("written", "code", "under"),
    [
        ("{shape: [null]}", "S203", "null"),
        ("{shape: [2], initializer: onez}", "S501", "onez"),
        ("{shape: [2], initializer: {RandomNormal: {std: 1}}}", "S505", "std"),
        ("{shape: [2], initializer: {Constant: {value: abc}}}", "S504", "abc"),
        ("{shape: [2], dtype: int32}", "S509", "int32"),
        ("{shape: [$n]}", "S301", "$n"),
    ],
)
def test_a_broken_variable_is_one_fault(written, code, under):
    assert faults(f"""
        variables: {{v: {written}}}
        graph: {{y: {{from: {{x1: x, x2: v}}, layers: [ops.matmul]}}}}
        outputs: [y]
    """)[0] == (code, under)


def test_a_graph_may_have_variables_for_its_only_sources():
    made = program("""
        specc: 1
        variables: {v: {shape: [1, 4]}}
        graph: {y: {from: v, layers: [ops.square]}}
        outputs: [y]
    """)
    assert shapes(made) == {"y": "(1, 4)"}
    assert not made.inputs


def test_an_input_a_variable_and_a_chain_share_their_names():
    text = """
        variables: {v: {shape: [2]}}
        graph: {v: {from: x}, x: {from: v}}
        outputs: [v]
    """
    codes = [c for c, _ in faults(text)]
    assert codes == ["S314", "S314"]


def test_an_input_or_variable_that_nothing_uses_is_a_warning():
    assert faults("""
        specc: 1
        inputs: {x: {shape: [4]}, b: {shape: [4]}}
        variables: {v: {shape: [4]}}
        graph: {y: {from: x, layers: [Flatten]}}
        outputs: [y]
    """) == [("W401", "b"), ("W401", "v")]
    assert outcome("graph: {y: {from: x}}\noutputs: [y]\n").report.ok


def test_constants_stand_where_an_op_takes_a_tensor():
    made = program("""
        graph: {y: {from: x, layers: [ops.multiply: {x2: 2.0}, ops.subtract: {x1: 1.0}]}}
        outputs: [y]
    """)
    assert inputs(made, "y.multiply") == {"x1": "x", "x2": 2.0}
    assert inputs(made, "y.subtract") == {"x1": 1.0, "x2": "y.multiply"}
