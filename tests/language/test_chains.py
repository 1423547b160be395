"""Chains: where they come from, their parts, their names, and the ways they can be wrong."""

from __future__ import annotations

from tests.language.reading import faults, inputs, messages, outcome, program

STATES = "LSTM: {units: 3, return_state: true}"


def test_from_is_a_name_a_list_or_a_mapping_with_lists():
    made = program("""
        specc: 1
        inputs: {x: {shape: [5, 4]}, h: {shape: [3]}, c: {shape: [3]}}
        graph:
          one: {from: x, layers: [Flatten]}
          list: {from: [x, x], layers: [Add]}
          mapping: {from: {query: x, value: x}, layers: [MultiHeadAttention: {num_heads: 1, key_dim: 2}]}
          nested: {from: {sequences: x, initial_state: [h, c]}, layers: [LSTM: {units: 3}]}
          op: {from: {x1: x, x2: x}, layers: [ops.add]}
        outputs: [one, list, mapping, nested, op]
    """)
    assert inputs(made, "list.add") == {"inputs": ["x", "x"]}
    assert inputs(made, "nested.lstm") == {"sequences": "x", "initial_state": ["h", "c"]}
    assert inputs(made, "op.add") == {"x1": "x", "x2": "x"}


def test_a_list_is_one_argument_and_several_arguments_are_a_mapping():
    text = "graph: {y: {from: [x, x], layers: [ops.add]}}\noutputs: [y]\n"
    assert faults(text) == [("S510", "ops.add")]
    assert "`{x1: …, x2: …}`" in messages(text)[0]


def test_layers_may_be_empty_and_aliases_lead_on():
    made = program("""
        graph: {y: {from: z}, z: {from: w, layers: []}, w: {from: x, layers: [Flatten]}, v: {from: y}}
        outputs: [y, v]
    """)
    assert made.outputs["y"] is made.outputs["v"]


def test_the_order_in_the_file_does_not_matter():
    one = program("graph: {a: {from: x, layers: [Flatten]}, b: {from: a}}\noutputs: [b]\n")
    two = program("graph: {b: {from: a}, a: {from: x, layers: [Flatten]}}\noutputs: [b]\n")
    assert [n.name for n in one.nodes] == [n.name for n in two.nodes]


def test_a_cycle_prints_the_whole_path_with_each_place():
    text = """
        graph:
          y: {from: z, layers: [Dense: {units: 4}]}
          z: {from: [w, x], layers: [Add]}
          w: {from: y, layers: [ReLU]}
          p: {from: q}
          q: {from: p}
          me: {from: me, layers: [ReLU]}
        outputs: [y]
    """
    assert faults(text) == [("S402", "w"), ("S402", "p"), ("S402", "me")]
    first, second, third = outcome(text).report
    assert first.message.endswith("w -> y -> z -> w")
    assert [r.message for r in first.related] == ["`y` is taken here", "`z` is taken here"]
    assert second.message.endswith("p -> q -> p")
    assert third.message.endswith("me -> me")


def test_a_cycle_through_parts_and_blocks_is_found_too():
    assert [
        c
        for c, _ in faults("""
        blocks:
          b: {inputs: [i], graph: {o: {from: i, layers: [ReLU]}}, output: o}
        graph:
          y: {from: z.s, layers: [{mark: t}, use: b]}
          z: {from: y, layers: [{mark: s}, ReLU]}
        outputs: [z]
    """)
    ] == ["S402"]


def test_an_undefined_name_is_told_with_the_nearest_known():
    text = """
        graph:
          y: {from: xx, layers: [Flatten]}
          z: {from: [x, nope, nope2], layers: [Add]}
          dead: {from: nowhere}
        outputs: [y, zz]
    """
    assert faults(text) == [
        ("S401", "xx"),
        ("S401", "nope"),
        ("S401", "nope2"),
        ("S401", "nowhere"),
        ("S401", "zz"),
    ]
    assert "did you mean `x`?" in messages(text)[0]


def test_the_same_undefined_name_is_told_at_each_place():
    assert faults("""
        graph: {y: {from: nope, layers: [Flatten]}, z: {from: nope, layers: [Flatten]}}
        outputs: [y, z]
    """) == [("S401", "nope"), ("S401", "nope")]


def test_a_chain_that_leads_nowhere_is_a_warning_and_is_checked():
    assert faults("""
        graph: {y: {from: x, layers: [Flatten]}, z: {from: x, layers: [ReLU]}}
        outputs: [y]
    """) == [("W402", "z")]
    assert faults("""
        graph: {y: {from: x, layers: [Flatten]}, z: {from: x, layers: [Dense: {units: 0}]}}
        outputs: [y]
    """) == [("W402", "z"), ("S504", "0")]


def test_a_spec_without_outputs_is_an_error():
    assert faults("graph: {y: {from: x}}\n") == [("S207", "specc: 1")]
    assert faults("graph: {y: {from: x}}\noutputs: []\n") == [("S207", "[]")]


def test_as_on_a_chain_names_the_tensors_of_its_last_step():
    made = program(f"""
        graph:
          e: {{from: x, layers: [{STATES}], as: [seq, h, c]}}
          y: {{from: e.seq, layers: [Dense: {{units: 2}}]}}
          z: {{from: [e.h, e.c], layers: [Add]}}
        outputs: [y, z]
    """)
    assert inputs(made, "z.add") == {"inputs": ["e.lstm:1", "e.lstm:2"]}


def test_a_chain_that_ends_in_several_tensors_is_read_only_by_its_parts():
    text = f"""
        graph:
          e: {{from: x, layers: [{STATES}], as: [seq, h, c]}}
          a: {{from: e}}
          b: {{from: e.q}}
          d: {{from: e.seq.0}}
          f: {{from: x.k}}
        outputs: [a, b, d, f]
    """
    assert faults(text) == [
        ("S403", "e"), ("S404", "e.q"), ("S404", "e.seq.0"), ("S404", "x.k"),
    ]  # fmt: skip
    assert "name one of them: `e.seq`" in messages(text)[0]


def test_as_on_a_step_says_which_tensor_goes_on():
    made = program(f"""
        graph:
          y:
            from: x
            layers: [{{{STATES}, as: [h, it, c]}}, Dense: {{units: 3}}, {{Add: , take: [h]}}]
          z: {{from: y.c}}
        outputs: [y, z]
    """)
    assert inputs(made, "y.dense") == {"inputs": "y.lstm:1"}
    assert inputs(made, "y.add") == {"inputs": ["y.dense", "y.lstm:0"]}
    assert made.outputs["z"].name == "y.lstm:2"


def test_as_without_it_ends_a_chain():
    made = program(f"""
        graph:
          e: {{from: x, layers: [{{{STATES}, as: [a, b, c]}}]}}
          y: {{from: [e.a, e.b], layers: [Add]}}
        outputs: [y]
    """)
    assert inputs(made, "y.add") == {"inputs": ["e.lstm:0", "e.lstm:1"]}


def test_before_the_last_step_as_must_fit():
    def y(step: str, rest: str = ", Dense: {units: 3}") -> list[tuple[str, str]]:
        return faults(f"graph: {{y: {{from: x, layers: [{step}{rest}]}}}}\noutputs: [y]\n")

    assert y(f"{{{STATES}}}") == [("S403", "LSTM")]
    assert y(f"{{{STATES}, as: [it, h]}}") == [("S405", "[it, h]")]
    assert y(f"{{{STATES}, as: [it, it, c]}}") == [("S405", "[it, it, c]")]
    assert y(f"{{{STATES}, as: [a, b, c]}}") == [("S403", "Dense")]
    assert y(f"{{{STATES}, as: [it, a, a]}}") == [("S314", "a")]
    assert y(f"{{{STATES}, as: [it, x, y]}}") == [("S314", "x"), ("S314", "y")]
    assert y(f"{{{STATES}, as: [it, A, index]}}") == [("S204", "A"), ("S204", "index")]
    assert y("{Dense: {units: 3}, as: [it, h]}") == [("S405", "[it, h]")]


def test_a_chains_as_must_fit():
    def y(chain: str) -> list[tuple[str, str]]:
        return faults(f"graph: {{e: {{from: x, {chain}}}, y: {{from: e.a}}}}\noutputs: [y]\n")

    assert y("layers: [LSTM: {units: 3}], as: [a, b]") == [("S405", "[a, b]")]
    assert y(f"layers: [{STATES}], as: [a, a, b]") == [("S314", "a")]
    assert y("as: [a]") == [("S405", "[a]")]


def test_marks_are_seen_by_later_steps_and_by_other_chains():
    made = program("""
        graph:
          y: {from: x, layers: [{mark: s}, Dense: {units: 4}, {mark: t}, {Add: , take: [s]}]}
          z: {from: y.t}
        outputs: [y, z]
    """)
    assert inputs(made, "y.add") == {"inputs": ["y.dense", "x"]}
    assert made.outputs["z"].name == "y.dense"


def test_marks_in_a_repeat_belong_to_one_turn():
    made = program("""
        graph:
          y:
            from: x
            layers:
              - repeat: 2
                layers: [{mark: s}, Dense: {units: 4}, {Add: , take: [s]}]
        outputs: [y]
    """)
    assert inputs(made, "y.add_2") == {"inputs": ["y.dense_2", "y.add"]}
    text = """
        graph:
          y: {from: x, layers: [{repeat: 2, layers: [{mark: s}, ReLU]}, {Add: , take: [s]}]}
          z: {from: y.s}
        outputs: [y, z]
    """
    assert faults(text) == [("S401", "s"), ("S404", "y.s")]
    assert all("belongs to one turn" in m for m in messages(text))


def test_a_name_is_given_once_in_a_chain_and_turn():
    assert faults("""
        graph:
          y:
            from: x
            layers:
              - mark: s
              - mark: s
              - mark: x
              - mark: y
              - {repeat: 2, layers: [mark: s, mark: t, mark: t]}
        outputs: [y]
    """) == [("S314", "s"), ("S314", "x"), ("S314", "y"), ("S314", "s"), ("S314", "t")]


def test_a_mark_names_one_tensor():
    assert faults("graph: {y: {from: [x, x], layers: [mark: a, Add]}}\noutputs: [y]\n") == [
        ("S406", "a")
    ]
    assert faults("graph: {y: {from: [x, x]}}\noutputs: [y]\n") == [("S406", "[x, x]")]
