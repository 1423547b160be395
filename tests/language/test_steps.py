"""Steps: what they may be, and what stands beside their class."""

from __future__ import annotations

import pytest

from tests.language.reading import faults, inputs, layers, messages, outcome, program, shapes


def chain(steps: str, more: str = "") -> str:
    """A spec whose one chain has these steps."""
    return f"{more}graph: {{y: {{from: x, layers: [{steps}]}}}}\noutputs: [y]\n"


def test_a_layer_without_arguments_is_written_in_three_ways():
    made = program("""
        graph:
          a: {from: x, layers: [Flatten]}
          b: {from: x, layers: [Flatten: {}]}
          c: {from: x, layers: [Flatten: ]}
        outputs: [a, b, c]
    """)
    assert {n.name.split(".")[1]: n.label for n in made.nodes[1:]} == {"flatten": "Flatten"}


def test_a_function_of_keras_ops_is_a_step():
    made = program(chain("ops.reshape: {newshape: [-1, 4]}"))
    assert shapes(made) == {"y": "(?, 4)"}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ("Dens: {units: 3}", [("S501", "Dens")]),
        ("ops.ad", [("S501", "ops.ad")]),
        ("Lambda: {function: f}", [("S511", "Lambda")]),
        ("Dense: {units: 3, unit: 3}", [("S505", "unit")]),
        ("Dense", [("S506", "Dense")]),
        ("Dense: {units: true}", [("S504", "true")]),
        ("Dense: {units: 3, activation: rely}", [("S501", "rely")]),
        ("Dense: {units: 3, kernel_regularizer: {L3: {}}}", [("S501", "L3")]),
        ("Dense: {units: 3, kernel_regularizer: {L2: {l3: 1}}}", [("S505", "l3")]),
        ("Conv2D: {filters: 3, kernel_size: 3}", [("S503", "Conv2D")]),
        ("Dense: {units: 3}, {Dense: {units: 2}, call: {trainin: true}}", [("S505", "trainin")]),
        ("{Dense: {units: 2}, call: {training: 3}}", [("S504", "3")]),
    ],
)
def test_a_step_that_is_wrong_is_shown_at_the_word_that_is(steps, found):
    assert [(c, u) for c, u in faults(chain(steps)) if u != "x"] == found


def test_every_fault_of_a_chain_is_found_at_once():
    assert faults(
        chain("""
        Dens: {units: 3}, Dense: {unit: 3}, {Dense: {units: 3}, Flatten: {}}, Dense: {units: 0},
        {repeat: 3, layers: [Dense: {units: $(0 - index)}]}, {ReLU: , when: 3}, {use: no}
    """)
    ) == [
        ("S501", "Dens"),
        ("S505", "unit"),
        ("S205", "{Dense: {units: 3}, Flatten: {}}"),
        ("S504", "0"),
        ("S504", "$(0 - index)"),
        ("S309", "3"),
        ("S310", "no"),
    ]


def test_a_fault_makes_no_further_ones():
    assert faults("""
        graph:
          a: {from: x, layers: [Dense: {units: no}, {mark: s}, Flatten]}
          b: {from: a.s, layers: [Conv2D: {filters: 2, kernel_size: 2}]}
          c: {from: [a, b], layers: [Add]}
        outputs: [c]
    """) == [("S504", "no")]


def test_repeat_takes_steps_several_times_or_not_at_all():
    assert layers(program(chain("{repeat: 2, layers: [Dense: {units: $(index + 1)}, ReLU]}"))) == [
        "Dense:1", "ReLU", "Dense:2", "ReLU",
    ]  # fmt: skip
    assert layers(program(chain("{repeat: 0, layers: [ReLU]}, Flatten"))) == ["Flatten"]
    assert layers(program(chain("{repeat: 2.0, layers: [ReLU]}"))) == ["ReLU", "ReLU"]
    assert layers(program(chain("{Dense: {units: $(index + 5)}, repeat: 2}"))) == [
        "Dense:5", "Dense:6",
    ]  # fmt: skip


def test_repeat_walks_lists_side_by_side():
    made = program(chain(
        "{repeat: {u: $l, a: [relu, gelu]}, layers: [Dense: {units: $u, activation: $a}]}",
        "params: {l: [4, 5]}\n",
    ))  # fmt: skip
    assert [x.arguments["activation"] for x in made.layers] == ["relu", "gelu"]
    assert layers(made) == ["Dense:4", "Dense:5"]


def test_the_inner_repeat_has_the_index():
    made = program(
        chain("""
        {repeat: 2, layers: [Dense: {units: $(index + 1)},
                             {repeat: 2, layers: [{Dense: {units: $(index + 5)}, repeat: 1}]}]}
    """)
    )
    assert layers(made) == ["Dense:1", "Dense:5", "Dense:5", "Dense:2", "Dense:5", "Dense:5"]


@pytest.mark.parametrize(
    ("repeat", "found"),
    [
        ("2.5", ("S203", "2.5")),
        ("-1", ("S203", "-1")),
        ("$half", ("S313", "$half")),
        ("$list", ("S313", "$list")),
        ("{}", ("S313", "{}")),
        ("{u: 3}", ("S203", "3")),
        ("{u: $half}", ("S313", "$half")),
        ("{u: [1], v: [1, 2]}", ("S307", "{u: [1], v: [1, 2]}")),
        ("{half: [1]}", ("S306", "half")),
        ("{index: [1]}", ("S204", "index")),
        ("1000000000", ("S308", "1000000000")),
    ],
)
def test_a_repeat_that_is_none(repeat, found):
    more = "params: {half: 2.5, list: [1]}\n"
    text = chain(f"{{repeat: {repeat}, layers: [Dense: {{units: 1}}]}}", more)
    assert [f for f in faults(text) if not f[0].startswith("W")] == [found]


def test_a_repeats_names_hide_no_outer_repeats():
    assert faults(chain(
        "{repeat: {u: [1]}, layers: [{repeat: {u: [2]}, layers: [Dense: {units: $u}]}]}"
    )) == [("S306", "u")]  # fmt: skip
    made = program(chain(
        "{repeat: {u: [1]}, layers: [Dense: {units: $u}]}, "
        "{repeat: {u: [2]}, layers: [Dense: {units: $u}]}"
    ))  # fmt: skip
    assert layers(made) == ["Dense:1", "Dense:2"]


def test_when_leaves_a_step_or_group_out():
    more = "params: {rate: 0.3, yes: true}\n"
    made = program(chain(
        "{Dropout: {rate: $rate}, when: $(rate > 0)}, {Dense: {units: 1}, when: false}, "
        "{Dense: {units: 2}, when: $yes}, {repeat: 2, when: $(rate > 1), layers: [ReLU]}, "
        "{Dense: {units: $(index + 1)}, repeat: 3, when: $(index != 1)}",
        more,
    ))  # fmt: skip
    assert layers(made) == ["Dropout", "Dense:2", "Dense:1", "Dense:3"]
    assert faults(chain("{ReLU: , when: $rate}", more))[-1] == ("S309", "$rate")
    assert faults(chain("{ReLU: , when: yes}", more))[-1] == ("S309", "yes")
    assert faults("graph: {y: {from: x, when: true}}\noutputs: [y]\n") == [("S201", "when")]


def test_a_step_that_an_expression_gives_is_final():
    text = chain("$step", "params: {step: {Dense: {units: $$u}}}\n")
    assert faults(text) == [("S504", "$step")]


def test_take_gives_further_tensors_by_argument_or_after_the_running_one():
    made = program("""
        graph:
          m: {from: x, layers: [Dense: {units: 4}]}
          a: {from: x, layers: [{Add: , take: [m, it]}]}
          b: {from: x, layers: [{MultiHeadAttention: {num_heads: 1, key_dim: 2}, take: {value: it}}]}
          c: {from: x, layers: [{ops.subtract: , take: {x1: m}}]}
          d: {from: x, layers: [{ops.subtract: , take: {x2: m}}]}
          e: {from: {query: x}, layers: [{MultiHeadAttention: {num_heads: 1, key_dim: 2}, take: {value: m}}]}
        outputs: [a, b, c, d, e]
    """)
    assert inputs(made, "a.add") == {"inputs": ["x", "m.dense", "x"]}
    assert inputs(made, "b.multi_head_attention") == {"query": "x", "value": "x"}
    assert inputs(made, "c.subtract") == {"x1": "m.dense", "x2": "x"}
    assert inputs(made, "d.subtract") == {"x1": "x", "x2": "m.dense"}
    assert inputs(made, "e.multi_head_attention") == {"query": "x", "value": "m.dense"}


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("{Dense: {units: 4}, take: {foo: x}}", ("S510", "foo")),
        ("{Dense: {units: 4}, take: [x]}", ("S510", "Dense")),
        ("{Dense: {units: 4}, take: {inputs: x}}", ("S510", "Dense")),
        ("{ops.multiply: {x2: 2.0}, take: {x2: x}}", ("S510", "x2")),
        ("{ops.add: , take: {x2: [x, x]}}", ("S510", "x2")),
        ("ops.add", ("S510", "ops.add")),
        ("{ops.add: {x2: abc}}", ("S504", "abc")),
        ("{Add: , take: [nope]}", ("S401", "nope")),
        ("{Add: , take: [It]}", ("S401", "It")),
        ("{Add: , take: []}", ("S510", "Add")),
        ("{Add: , take: {inputs: []}}", ("S203", "[]")),
        ("{Add: , take: x}", ("S203", "x")),
    ],
)
def test_a_take_that_does_not_fit(step, found):
    assert faults(chain(step)) == [found]


def test_it_is_the_running_tensor_where_there_is_one():
    text = "graph: {y: {from: {x1: x}, layers: [{ops.add: , take: {x2: it}}]}}\noutputs: [y]\n"
    assert faults(text) == [("S401", "it")]


def test_a_tensor_is_given_by_from_or_by_take():
    text = "graph: {y: {from: {x1: x}, layers: [{ops.add: , take: {x1: x}}]}}\noutputs: [y]\n"
    assert faults(text) == [("S406", "x1")]


def test_ids_are_one_in_a_chain():
    assert faults(chain("{ReLU: , id: a}, {ReLU: , id: a}")) == [("S314", "a")]
    program(chain("{repeat: 2, layers: [{ReLU: , id: a}]}"))


def test_call_gives_arguments_at_call_time():
    made = program(chain("{Dropout: {rate: 0.5}, call: {training: false}}"))
    assert made.nodes[-1].call == {"training": False}
    text = chain("Dropout: {rate: 0.5, training: false}")
    assert faults(text) == [("S505", "training")]
    assert "`call: {training: …}`" in messages(text)[0]


@pytest.mark.parametrize("name", ["a/b", "''", "' a'", "_a", "4", "[1]", "x" * 201])
def test_a_layers_name_is_one_that_keras_keeps(name):
    assert [c for c, _ in faults(chain(f"Dense: {{units: 1, name: {name}}}"))] == ["S513"]


def test_two_layers_of_a_model_have_two_names():
    assert faults(chain("ReLU: {name: a}, ReLU: {name: a}")) == [("S513", "a")]
    assert faults(chain("ReLU: {name: x}")) == [("S513", "x")]
    assert faults(chain("ReLU: {name: y.relu}, ReLU")) == [("S513", "y.relu")]
    assert faults(chain("{ReLU: {name: a}, repeat: 3}")) == [("S513", "a")]
    program(chain("{ReLU: {name: a_$(index)}, repeat: 3}"))


def test_names_are_readable_and_never_two_alike():
    made = program("""
        blocks:
          b: {inputs: [i], graph: {o: {from: i, layers: [ReLU]}}, output: o}
          b_2: {inputs: [i], graph: {o: {from: i, layers: [ReLU]}}, output: o}
        graph: {y: {from: x, layers: [use: b, use: b, use: b_2, use: b, Conv1D: {filters: 1, kernel_size: 1}]}}
        outputs: [y]
    """)
    assert [n.name for n in made.nodes[1:]] == [
        "y.b.o.relu", "y.b_2.o.relu", "y.b_2_2.o.relu", "y.b_3.o.relu", "y.conv1d",
    ]  # fmt: skip


def test_a_wrapper_takes_its_layer_as_a_step():
    made = program("""
        shared: {cell: {GRUCell: {units: 4}}}
        models:
          m: {inputs: {i: {shape: [4]}}, graph: {o: {from: i, layers: [Dense: {units: 2}]}}, outputs: [o]}
        graph:
          a: {from: x, layers: [Bidirectional: {layer: {LSTM: {units: 3}}}]}
          b: {from: x, layers: [TimeDistributed: {layer: {use: m}}]}
          c: {from: x, layers: [RNN: {cell: [{GRUCell: {units: 3}}, {LSTMCell: {units: 2}}]}]}
          d: {from: x, layers: [RNN: {cell: {use: cell}}]}
        outputs: [a, b, c, d]
    """)
    assert shapes(made) == {
        "a": "(batch, 6)", "b": "(batch, 5, 2)", "c": "(batch, 2)", "d": "(batch, 4)",
    }  # fmt: skip
    text = chain("Bidirectional: {layer: {LSTM: {unitz: 3}}}")
    assert faults(text) == [("S505", "unitz")]
    assert faults(chain("Bidirectional: {layer: {use: nope}}")) == [("S310", "nope")]


def test_places_of_repeats_are_shown_innermost_first_and_only_a_few():
    text = "Dense: {units: $(0 - index)}"
    for _ in range(9):
        text = f"{{repeat: 2, layers: [{text}]}}"
    (found,) = outcome(chain(text)).report
    assert len(found.chain) == 6
    assert found.chain[0].message == "in turn 1 of 2 of the repeat"
