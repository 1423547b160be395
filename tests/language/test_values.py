"""Params and expressions: what the page says under "Values"."""

from __future__ import annotations

import pytest

from tests.language.reading import faults, layers, messages, outcome, program, shapes


def units(expression: str, params: str = "a: 3") -> object:
    """The value of an expression, as a Dense layer is given it."""
    made = program(
        f"params: {{{params}, v: {expression!r}}}\n"
        "graph: {y: {from: x, layers: [Dense: {units: $v}]}}\noutputs: [y]\n"
    )
    return made.layers[0].arguments["units"]


def refused(expression: str, params: str = "a: 3") -> list[str]:
    """The codes of the errors that an expression gives."""
    found = outcome(
        f"params: {{{params}, v: {expression!r}}}\n"
        "graph: {y: {from: x, layers: [Dense: {units: $v}]}}\noutputs: [y]\n"
    )
    return [d.code for d in found.report.errors]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$a", 3),
        ("$(a * 2 + 1)", 7),
        ("$(7 // 2)", 3),
        ("$(64 / 2)", 32),
        ("$(2 ** 5)", 32),
        ("$(7 % 4)", 3),
        ("$(5 if a > 2 and not a == 9 else 1)", 5),
        ("$(5 if 1 < a <= 3 else 1)", 5),
        ("$([4, 5][1])", 5),
        ("$([4, 5][-1])", 5),
        ("$(min(4, 9) + max([1, 2]) + round(2.6) + ceil(1.2) + floor(2.9))", 13),
        ("$(abs(0 - 3) + len([1, 2]) + sum([1, 2]) + log2(8) + sqrt(16))", 15),
        ("$(len('ab' + 'c'))", 3),
        ("$( a )", 3),
    ],
)
def test_an_expression_has_the_value_that_it_says(expression, value):
    assert units(expression) == value


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("$missing", "S301"),
        ("$(a + missing)", "S301"),
        ("$index", "S301"),
        ("$(a +)", "S303"),
        ("$(", "S303"),
        ("$ a", "S303"),
        ("$((1).__class__)", "S303"),
        ("$(a.real)", "S303"),
        ("$(__import__('os'))", "S303"),
        ("$(print(1))", "S303"),
        ("$(lambda: 1)", "S303"),
        ("$([i for i in [1]])", "S303"),
        ("$(f'{a}')", "S303"),
        ("$(3j)", "S303"),
        ("$(b'a')", "S303"),
        ("$(1 in [1])", "S303"),
        ("$([1, 2][0:1])", "S303"),
        ("$(1 / 0)", "S304"),
        ("$('a' + 1)", "S304"),
        ("$([1, 2][2])", "S304"),
        ("$(1 and true)", "S304"),
        ("$(sqrt(0 - 1))", "S304"),
        ("$((0 - 8) ** 0.5)", "S304"),
        ("$(len(3))", "S304"),
        ("$a.0", "S304"),
        ("$(" + "1+" * 500 + "1)", "S305"),
        ("$(" + "(" * 60 + "1" + ")" * 60 + ")", "S305"),
        ("$(" + "-" * 60 + "1)", "S305"),
        ("$(9 ** 9 ** 9)", "S305"),
        ("$('a' * 10 ** 9)", "S305"),
        ("$([1] * 10001)", "S305"),
        ("$([[1] * 10000] * 10000)", "S305"),
        ("$([1] * 6000 + [1] * 6000)", "S305"),
        ("$(10 ** 4001)", "S305"),
        ("$(65 / 2)", "S504"),
        ("$(1 == 1)", "S504"),
    ],
)
def test_what_is_no_expression_or_has_no_value_is_refused(expression, code):
    assert refused(expression) == [code]


def test_elements_are_reached_by_dots_or_brackets():
    assert units("$l.1", "l: [4, 5]") == 5
    assert units("$m.k.0", "m: {k: [9]}") == 9
    assert units("$(m['k'][0])", "m: {k: [9]}") == 9


def test_text_is_filled_in_and_a_plain_name_ends_before_a_dot():
    made = program("""
        params: {s: ab, n: 2, w: [7]}
        graph: {y: {from: x, layers: [Dense: {units: 3, name: "$s.x_$(n + 1)_$(w[0])"}]}}
        outputs: [y]
    """)
    assert made.layers[0].name == "ab.x_3_7"


def test_two_dollars_are_one():
    found = messages("""
        params: {t: cost $$5}
        graph: {y: {from: x, layers: [Dense: {units: 3, name: $t}]}}
        outputs: [y]
    """)
    assert found[0].startswith('"cost $5" cannot be a layer')


def test_params_refer_to_one_another_in_any_order():
    assert units("$b", "b: $(c * 2), c: $d, d: 4") == 8


def test_a_cycle_of_params_is_one_error_that_shows_the_way_round():
    text = """
        params: {a: $b, b: $c, c: $(a + 1)}
        graph: {y: {from: x, layers: [Dense: {units: $a}, Dense: {units: $b}]}}
        outputs: [y]
    """
    assert faults(text) == [("S302", "$b")]
    (found,) = outcome(text).report
    assert found.message == "these params need one another: a -> b -> c -> a"
    assert [r.message for r in found.related] == ["`b` needs `c`", "`c` needs `a`"]


def test_thousands_of_params_in_a_row_are_no_deep_recursion():
    names = [f"p{i}: $(p{i + 1} + 1)" for i in range(2000)]
    assert units("$p0", f"{', '.join(names)}, p2000: 1") == 2001
    names[-1] = "p1999: $p0"
    assert "S302" in refused("$p0", ", ".join(names))


def test_params_that_multiply_one_another_are_refused_before_memory_is_spent():
    many = ", ".join(f"p{i}: [{', '.join([f'$p{i + 1}'] * 10)}]" for i in range(12))
    assert set(refused("$p0", f"{many}, p12: 1")) == {"S305"}


def test_every_section_sees_the_top_level_params():
    made = program("""
        specc: 1
        params: {n: 4, epochs: 7, from: x}
        inputs: {x: {shape: [$n, $(n * 2)]}}
        variables: {v: {shape: [$n]}}
        graph:
          y: {from: $from, layers: [Flatten, Dense: {units: $n}, {ops.add: {}, take: {x2: v}}]}
        outputs: [y]
        train: {epochs: $epochs}
    """)
    assert shapes(made) == {"y": "(batch, 4)"}
    assert made.train is not None
    assert made.train.epochs == 7


def test_a_block_sees_only_its_own_params_and_their_defaults_look_outward():
    made = program("""
        params: {width: 8, depth: 2}
        blocks:
          b:
            params: {width: $width, twice: $(width * 2), n: $depth}
            inputs: [i]
            graph:
              o: {from: i, layers: [Dense: {units: $width}, Dense: {units: $twice},
                                    {Dense: {units: 1}, repeat: $n}]}
            output: o
        graph: {y: {from: x, layers: [use: b, {use: b, with: {width: 5, n: 0}}]}}
        outputs: [y]
    """)
    assert layers(made) == ["Dense:8", "Dense:16", "Dense:1", "Dense:1", "Dense:5", "Dense:16"]
    assert faults("""
        params: {width: 8}
        blocks:
          b: {inputs: [i], graph: {o: {from: i, layers: [Dense: {units: $width}]}}, output: o}
        graph: {y: {from: x, layers: [use: b, Dense: {units: $width}]}}
        outputs: [y]
    """) == [("S301", "$width")]


def test_a_nested_blocks_defaults_look_into_the_block_that_it_stands_in():
    made = program("""
        params: {n: 9}
        blocks:
          outer:
            params: {n: 3}
            inputs: [i]
            blocks:
              inner:
                params: {n: $n}
                inputs: [i]
                graph: {o: {from: i, layers: [Dense: {units: $n}]}}
                output: o
            graph: {o: {from: i, layers: [use: inner]}}
            output: o
        graph: {y: {from: x, layers: [use: outer, {use: outer, with: {n: $n}}]}}
        outputs: [y]
    """)
    assert layers(made) == ["Dense:3", "Dense:9"]


def test_whole_steps_and_lists_of_steps_may_come_from_a_param():
    made = program("""
        params: {step: {Dense: {units: 7}}, steps: [Flatten, {Dense: {units: 3}}], a: {units: 5}}
        graph:
          y: {from: x, layers: [$step, Dense: $a]}
          z: {from: [x, x], layers: [Add, $step]}
          w: {from: x, layers: $steps}
        outputs: [y, z, w]
    """)
    assert layers(made) == ["Dense:7", "Dense:5", "Add", "Dense:7", "Flatten", "Dense:3"]


def test_a_param_that_nothing_reads_is_a_warning_and_only_that():
    text = """
        params: {a: $b, b: 1}
        graph: {y: {from: x, layers: [Flatten]}}
        outputs: [y]
    """
    assert faults(text) == [("W404", "a")]


def test_a_setting_takes_the_place_of_a_value():
    text = """
        params: {n: 3}
        graph: {y: {from: x, layers: [{Dense: {units: $n}, id: first}]}}
        outputs: [y]
    """
    assert layers(program(text, "params.n=5")) == ["Dense:5"]
    assert layers(program(text, "graph.y.first.units=6")) == ["Dense:6"]
