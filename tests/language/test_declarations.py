"""Blocks, models and shared layers: what is made afresh, what is the same, and what is seen."""

from __future__ import annotations

import pytest

from tests.language.reading import faults, inputs, layers, messages, outcome, program, shapes

SKIPS = """
    blocks:
      b:
        inputs: [i]
        params: {n: 4}
        graph: {out: {from: i, layers: [Dense: {units: $n}]}, skip: {from: i}}
        outputs: [out, skip]
"""
TWO = """
    models:
      m:
        inputs: {i: {shape: [5, 4]}, j: {shape: [5, 4]}}
        graph: {o: {from: [i, j], layers: [Add]}, p: {from: i, layers: [ReLU]}}
        outputs: {first: o, second: p}
"""


def test_every_use_of_a_block_makes_fresh_weights():
    made = program("""
        blocks:
          b: {inputs: [i], graph: {o: {from: i, layers: [Dense: {units: 4}]}}, output: o}
        graph: {y: {from: x, layers: [use: b, {use: b, repeat: 2}]}}
        outputs: [y]
    """)
    assert len(made.layers) == 3
    assert [x.name for x in made.layers] == ["y.b.o.dense", "y.b_2.o.dense", "y.b_3.o.dense"]


def test_every_use_of_a_shared_layer_or_model_is_the_same_weights():
    made = program("""
        shared: {d: {Dense: {units: 4}}}
        models:
          m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [Dense: {units: 4}]}},
              outputs: [o]}
        graph: {y: {from: x, layers: [use: d, use: m, {use: d, call: {training: false}}, use: m]}}
        outputs: [y]
    """)
    assert [x.name for x in made.layers] == ["d"]
    assert [m.name for m in made.models] == ["m"]
    assert made.parameters == 40
    assert [n.name for n in made.nodes] == ["x", "y.d", "y.m", "y.d_2", "y.m_2"]


def test_a_shared_layer_needs_the_same_weights_at_every_use():
    text = """
        shared: {d: {Dense: {units: 3}}}
        graph: {y: {from: x, layers: [use: d, use: d]}}
        outputs: [y]
    """
    assert faults(text) == [("S514", "d")]
    (found,) = outcome(text).report
    assert [r.message for r in found.related] == ["its first use is here"]


def test_a_block_or_model_takes_a_list_in_order_or_a_mapping_by_name():
    made = program(TWO + """
    blocks:
      b: {inputs: [p, q], graph: {o: {from: {x1: p, x2: q}, layers: [ops.subtract]}}, output: o}
    graph:
      z: {from: x, layers: [ReLU]}
      a: {from: [x, z], layers: [use: b]}
      c: {from: {q: x, p: z}, layers: [use: b]}
      d: {from: x, layers: [{use: b, take: {p: z}}]}
      e: {from: x, layers: [{use: b, take: [z]}]}
      f: {from: {j: x, i: z}, layers: [use: m]}
      g: {from: x, layers: [{use: m, take: [z]}]}
      h: {from: f.first}
      k: {from: g.second}
    outputs: [a, c, d, e, h, k]
    """)  # fmt: skip
    assert inputs(made, "a.b.o.subtract") == {"x1": "x", "x2": "z.relu"}
    assert inputs(made, "c.b.o.subtract") == {"x1": "z.relu", "x2": "x"}
    assert inputs(made, "d.b.o.subtract") == {"x1": "z.relu", "x2": "x"}
    assert inputs(made, "e.b.o.subtract") == {"x1": "x", "x2": "z.relu"}
    assert inputs(made, "f.m") == {"i": "z.relu", "j": "x"}
    assert inputs(made, "g.m") == {"i": "x", "j": "z.relu"}


@pytest.mark.parametrize(
    ("chain", "found"),
    [
        ("from: x, layers: [use: b]", ("S406", "b")),
        ("from: [x, x, x], layers: [use: b]", ("S406", "b")),
        ("from: {p: x, r: x}, layers: [use: b]", ("S406", "r")),
        ("from: {p: x}, layers: [{use: b, take: {p: x}}]", ("S406", "p")),
        ("from: [x, x], layers: [{use: b, with: {n: 1}}]", ("S312", "n")),
        ("from: [x, x], layers: [{use: b, call: {training: true}}]", ("S201", "call")),
        ("from: x, layers: [use: m]", ("S510", "m")),
        ("from: [x, x, x], layers: [use: m]", ("S510", "m")),
        ("from: {i: x, k: x}, layers: [use: m]", ("S510", "k")),
        ("from: [x, x], layers: [{use: m, with: {n: 1}, as: [it, s]}]", ("S312", "with")),
        (
            "from: [x, x], layers: [{use: m, call: {trainin: true}, as: [it, s]}]",
            ("S505", "trainin"),
        ),
        ("from: x, layers: [use: d, Conv2D: {filters: 1, kernel_size: 1}]", ("S503", "Conv2D")),
        ("from: x, layers: [use: mm]", ("S310", "mm")),
        ("from: x, layers: [{use: d, with: {n: 1}}]", ("S312", "with")),
    ],
)
def test_a_use_that_does_not_fit(chain, found):
    text = TWO + f"""
    shared: {{d: {{Dense: {{units: 4}}}}}}
    blocks:
      b: {{inputs: [p, q], graph: {{o: {{from: [p, q], layers: [Add]}}}}, output: o}}
    graph: {{y: {{{chain}}}}}
    outputs: [y]
    """  # fmt: skip
    assert next(f for f in faults(text) if f[0].startswith("S")) == found


def test_parts_of_blocks_and_models_are_named_by_their_outputs():
    made = program(TWO + SKIPS + """
    graph:
      a: {from: [x, x], layers: [use: m]}
      c: {from: x, layers: [use: b]}
      d: {from: [x, x], layers: [use: m], as: [f, s]}
      e: {from: x, layers: [use: b], as: [o, s]}
      g: {from: x, layers: [{use: b, as: [it, s]}, ReLU]}
      h: {from: [a.first, a.second, c.out, c.skip, d.f, d.s, e.s, g.s], layers: [Add]}
    outputs: [h]
    """)  # fmt: skip
    assert inputs(made, "h.add")["inputs"] == [
        "a.m:0", "a.m:1", "c.b.out.dense", "x", "d.m:0", "d.m:1", "x", "x",
    ]  # fmt: skip


def test_several_outputs_in_the_middle_of_a_chain_need_as():
    text = SKIPS + "    graph: {y: {from: x, layers: [use: b, ReLU]}}\n    outputs: [y]\n"
    assert faults(text) == [("S403", "ReLU")]
    text = TWO + "    graph: {y: {from: [x, x], layers: [use: m, ReLU]}}\n    outputs: [y]\n"
    assert [c for c, _ in faults(text)] == ["S403"]
    text = (
        SKIPS + "    graph: {y: {from: x, layers: [{use: b, as: [it]}, ReLU]}}\n    outputs: [y]\n"
    )
    assert faults(text) == [("S405", "[it]")]


def test_a_repeated_block_passes_its_first_output_on_and_collects_the_others():
    made = program(SKIPS + """
    graph:
      d:
        from: x
        layers:
          - {use: b, repeat: 2}
          - {Dense: {units: 4}}
          - {repeat: 2, layers: [{use: b, with: {n: $(index + 3)}, as: [it, later]}, ReLU]}
      list: {from: d.skip, layers: [Add]}
      last: {from: d.out}
      one: {from: [d.skip.1, d.later.0], layers: [Concatenate]}
      each:
        from: d
        layers: [{repeat: 2, layers: [Dense: {units: 4}, {Add: , take: ["d.skip.$(1 - index)"]}]}]
    outputs: [list, last, one, each]
    """)  # fmt: skip
    assert inputs(made, "list.add") == {"inputs": ["x", "d.b.out.dense"]}
    assert made.outputs["last"].name == "d.b_2.out.dense"
    assert inputs(made, "one.concatenate") == {"inputs": ["d.b.out.dense", "d.dense"]}
    assert inputs(made, "each.add") == {"inputs": ["each.dense", "d.b.out.dense"]}
    assert inputs(made, "each.add_2") == {"inputs": ["each.dense_2", "x"]}


def test_turns_are_counted_from_0_and_none_is_negative():
    text = (
        SKIPS
        + """
    graph:
      d: {from: x, layers: [{use: b, repeat: 2}]}
      a: {from: d.skip.2}
      c: {from: d.skip.-1}
      e: {from: d.other}
    outputs: [a, c, e]
    """
    )
    assert faults(text) == [("S404", "d.skip.2"), ("S401", "d.skip.-1"), ("S404", "d.other")]
    assert "there are 2" in messages(text)[0]


def test_collected_names_are_given_once():
    assert [c for c, _ in faults(SKIPS + """
    graph: {y: {from: x, layers: [{mark: skip}, {use: b, repeat: 2}, {use: b, repeat: 2}]}}
    outputs: [y]
    """)] == ["S314", "S314"]  # fmt: skip


def test_blocks_and_models_have_declarations_of_their_own():
    made = program("""
        blocks:
          b:
            inputs: [i]
            params: {n: 3}
            shared: {d: {Dense: {units: $n}}}
            variables: {v: {shape: [$n]}}
            models:
              m: {inputs: {i: {shape: [5, $n]}}, outputs: [o],
                  graph: {o: {from: i, layers: [Dense: {units: $n}]}}}
            blocks:
              inner: {inputs: [q], params: {k: $n}, output: r,
                      graph: {r: {from: q, layers: [Dense: {units: $k}]}}}
            graph:
              o: {from: i, layers: [use: d, use: d2, use: m, use: m, use: inner, {ops.add: , take: {x2: v}}]}
            output: o
        shared: {d2: {Dense: {units: 3}}}
        graph: {y: {from: x, layers: [use: b, {use: b, with: {n: 3}}]}}
        outputs: [y]
    """)
    assert [x.name for x in made.layers] == [
        "y.b.d", "d2", "y.b.o.inner.r.dense", "y.b_2.d", "y.b_2.o.inner.r.dense",
    ]  # fmt: skip
    assert [m.name for m in made.models] == ["y.b.m", "y.b_2.m"]
    assert [v.name for v in made.variables] == ["y.b.v", "y.b_2.v"]


def test_a_block_or_model_sees_only_its_own_tensors():
    text = """
        blocks:
          b: {inputs: [i], graph: {o: {from: [i, x], layers: [Add]}}, output: o}
        graph: {y: {from: x, layers: [use: b]}}
        outputs: [y]
    """
    assert faults(text) == [("S401", "x")]
    assert "give it `x` as an input" in messages(text)[0]
    (found,) = outcome(text).report
    assert [r.message for r in found.chain] == ["in block `b`, used"]


@pytest.mark.parametrize(
    ("more", "steps", "way"),
    [
        ("blocks: {a: {inputs: [i], graph: {o: {from: i, layers: [use: a]}}, output: o}}", "use: a",
         "a -> a"),
        ("blocks: {a: {inputs: [i], graph: {o: {from: i, layers: [use: c]}}, output: o}, "
         "c: {inputs: [i], graph: {o: {from: i, layers: [use: a]}}, output: o}}", "use: a",
         "a -> c -> a"),
        ("models: {a: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: a]}}, "
         "outputs: [o]}}", "use: a", "a -> a"),
    ],
)  # fmt: skip
def test_what_uses_itself_is_an_error(more, steps, way):
    text = f"{more}\ngraph: {{y: {{from: x, layers: [{steps}]}}}}\noutputs: [y]\n"
    assert [c for c, _ in faults(text)] == ["S311"]
    assert messages(text)[0].startswith(f"`a` uses itself: {way}")


def test_a_hundred_blocks_in_one_another_are_walked_and_more_refused():
    def nested(count: int, times: int = 1) -> str:
        uses = ", ".join
        text = "specc: 1\ninputs: {x: {shape: [4]}}\nblocks:\n"
        for i in range(count):
            inner = uses([f"use: b{i + 1}"] * times)
            text += f"  b{i}: {{inputs: [i], graph: {{o: {{from: i, layers: [{inner}]}}}}, output: o}}\n"
        text += (
            f"  b{count}: {{inputs: [i], graph: {{o: {{from: i, layers: [ReLU]}}}}, output: o}}\n"
        )
        return text + "graph: {y: {from: x, layers: [use: b0]}}\noutputs: [y]\n"

    assert layers(program(nested(98))) == ["ReLU"]
    assert [c for c, _ in faults(nested(150))] == ["S108"]
    assert [c for c, _ in faults(nested(30, 2))] == ["S308"]


def test_a_fault_in_a_block_is_told_once_for_each_use_and_not_for_each_turn():
    assert faults("""
        blocks:
          b: {inputs: [i], graph: {o: {from: i, layers: [Dense: {units: no}]}}, output: o}
        graph:
          y: {from: x, layers: [{use: b, repeat: 3}]}
        outputs: [y]
    """) == [("S504", "no")]


def test_what_nothing_uses_is_a_warning_and_its_faults_are_faults():
    assert faults("""
        shared: {a: {Dense: {units: 3}}}
        models: {b: {inputs: {i: {shape: [4]}}, graph: {o: {from: i, layers: [ReLU]}}, outputs: [o]}}
        blocks: {c: {inputs: [i], graph: {o: {from: i}}, output: o}}
        graph: {y: {from: x, layers: [ReLU]}}
        outputs: [y]
    """) == [("W403", "a"), ("W403", "b"), ("W403", "c")]
    assert [
        f
        for f in faults("""
        shared: {a: {Dense: {unit: 3}}}
        models: {b: {inputs: {i: {shape: [4]}}, graph: {o: {from: j, layers: [Relu]}}, outputs: [o]}}
        graph: {y: {from: x, layers: [ReLU]}}
        outputs: [y]
    """)
        if f[0].startswith("S")
    ] == [("S505", "unit"), ("S401", "j"), ("S501", "Relu")]


@pytest.mark.parametrize(
    ("declared", "steps"),
    [
        ("m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: d]}}, outputs: [o]}, "
         "n: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: d]}}, outputs: [o]}",
         "use: m, use: n"),
        ("m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: d]}}, outputs: [o]}",
         "use: m, use: d"),
        ("m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [ReLU]}}, outputs: [o]}, "
         "n: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: m]}}, outputs: [o]}",
         "use: m, use: n, use: d"),
        ("m: {inputs: {i: {shape: [4]}}, graph: {o: {from: i, layers: [Dense: {units: 4}]}}, outputs: [o]}",
         "use: d, TimeDistributed: {layer: {use: d}}"),
        ("m: {inputs: {i: {shape: [4]}}, graph: {o: {from: i, layers: [Dense: {units: 4}]}}, outputs: [o]}",
         "TimeDistributed: {layer: {use: m}}, TimeDistributed: {layer: {use: m}}"),
    ],
)  # fmt: skip
def test_sharing_that_keras_does_not_keep_is_refused_with_the_reason(declared, steps):
    text = f"""
        shared: {{d: {{Dense: {{units: 4}}}}}}
        models: {{{declared}}}
        graph: {{y: {{from: x, layers: [{steps}]}}}}
        outputs: [y]
    """
    assert [c for c, _ in faults(text) if c[0] == "S"] == ["S407"]
    assert "Keras does not keep that when it saves" in messages(text)[-1] + messages(text)[0]


def test_what_is_not_built_shares_nothing():
    made = program("""
        shared: {d: {Dense: {units: 4}}}
        models:
          unused: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: d]}}, outputs: [o]}
        graph:
          y: {from: x, layers: [use: d]}
          dead: {from: x, layers: [TimeDistributed: {layer: {use: d}}]}
        outputs: [y]
    """)
    assert made.parameters == 20


def test_a_model_may_use_a_top_level_model_that_nothing_else_uses():
    made = program("""
        models:
          inner: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [Dense: {units: 4}]}},
                  outputs: [o]}
          outer: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: inner]}},
                  outputs: [o]}
        graph: {y: {from: x, layers: [use: outer, use: outer]}}
        outputs: [y]
    """)
    assert shapes(made) == {"y": "(batch, 5, 4)"}
    assert [m.name for m in made.models[0].models] == ["inner"]


def test_names_of_declarations_are_given_once():
    assert faults("""
        shared: {a: ReLU}
        blocks: {a: {inputs: [i], graph: {o: {from: i}}, output: o}}
        graph: {y: {from: x, layers: [use: a]}}
        outputs: [y]
    """)[0] == ("S314", "a")


def test_a_block_has_one_output_or_several():
    for outputs, code in (("", "S202"), (", output: o, outputs: [o]", "S202"),
                          (", outputs: [o, o]", "S314"), (", outputs: []", "S207"),
                          (", output: p", "S401")):  # fmt: skip
        found = faults(f"""
            blocks: {{a: {{inputs: [i], graph: {{o: {{from: i}}}}{outputs}}}}}
            graph: {{y: {{from: x, layers: [use: a]}}}}
            outputs: [y]
        """)
        assert [c for c, _ in found] == [code], outputs
