"""What a picture shows: tested on the drawing, before any layout."""

from __future__ import annotations

import textwrap

import pytest

import specc
from specc.lower.diagram.build import Detail, drawing
from specc.lower.diagram.view import Box, Drawing, Group


def drawn(spec: str, **detail) -> Drawing:
    text = "specc: 1\nname: test\n" + textwrap.dedent(spec)
    return drawing(specc.compile(text=text), Detail(**detail))


def titled(view: Drawing, title: str) -> list[Box]:
    return [b for b in view.boxes() if b.title == title]


def groups(view: Drawing, kind: str) -> list[Group]:
    return [g for g in view.groups() if g.kind == kind]


def between(view: Drawing, tail: str, head: str) -> list[tuple[str, str, str]]:
    names = {b.id: b.title for b in view.boxes()}
    return [
        (e.slot, e.label, e.kind)
        for e in view.edges
        if (names[e.tail], names[e.head]) == (tail, head)
    ]


def test_a_chain_has_its_shapes_arguments_and_counts():
    """Edges carry shapes without the batch; boxes the class, arguments, weights and the name."""
    view = drawn("""
        inputs: {x: {shape: [28, 28, 1]}}
        graph:
          y:
            from: x
            layers:
              - Conv2D: {filters: 8, kernel_size: 3, strides: 2, activation: relu}
              - Flatten
              - Dense: {units: 10}
        outputs: {y: {loss: mean_squared_error, weight: 0.5}}
    """)
    (conv,) = titled(view, "Conv2D")
    assert conv.lines == ("filters 8 · kernel 3×3 · relu", "strides 2×2", "80 params")
    assert (conv.family, conv.name, conv.kind) == ("convolution", "y.conv2d", "layer")
    assert between(view, "x", "Conv2D") == [("", "28×28×1", "flow")]
    assert between(view, "Conv2D", "Flatten") == [("", "13×13×8", "flow")]
    assert between(view, "Dense", "y") == [("", "10", "flow")]
    (output,) = (b for b in view.boxes() if b.kind == "output")
    assert output.lines == ("loss mean_squared_error × 0.5",)
    assert view.lines == ("13,610 params",)


def test_unknown_and_named_dimensions_and_dtypes_are_shown():
    """An unknown length is `?`, a named one its name; a dtype shows if it is not the usual one."""
    view = drawn("""
        inputs:
          a: {shape: [time, null], dtype: int32}
          b: {shape: [null]}
        graph:
          c: {from: a, layers: [{Embedding: {input_dim: 9, output_dim: 4}}]}
          d: {from: b, layers: [{Dropout: {rate: 0.1}}]}
        outputs: [c, d]
    """)
    assert between(view, "a", "Embedding") == [("", "time×? int32", "flow")]
    assert between(view, "Embedding", "c") == [("", "time×?×4", "flow")]
    assert between(view, "b", "Dropout") == [("", "?", "flow")]


def test_one_tensor_twice_is_two_edges():
    """`Add` of a tensor with itself has two edges, not one."""
    view = drawn("""
        inputs: {x: {shape: [4]}}
        graph: {y: {from: [x, x], layers: [Add]}}
        outputs: [y]
    """)
    assert len(between(view, "x", "Add")) == 2


RESIDUALS = """
    inputs: {x: {shape: [8]}}
    blocks:
      residual:
        params: {units: 16}
        inputs: [x]
        graph:
          sum:
            from: x
            layers:
              - mark: skip
              - Dense: {units: $units, activation: relu}
              - Dense: {units: 8}
              - Add: {}
                take: [skip]
        output: sum
    graph:
      y:
        from: x
        layers:
          - repeat: {units: [64, 32, 16]}
            layers: [{use: residual, with: {units: $units}}]
          - Dense: {units: 1}
    outputs: [y]
"""


def test_turns_that_are_alike_are_drawn_once():
    """A repeated block is one group with its ×N; what differs between turns is listed."""
    view = drawn(RESIDUALS)
    (group,) = view.groups()
    assert (group.kind, group.title, group.times) == ("repeat", "residual", 3)
    first, second, last = titled(view, "Dense")
    assert first.lines == ("units 64, 32, 16 · relu", "144 to 576 params")
    assert second.lines == ("units 8", "136 to 520 params")
    assert last.lines == ("units 1", "9 params")
    assert len(titled(view, "Add")) == 1
    assert between(view, "Dense", "Dense") == [("", "64, 32, 16", "flow")]


def test_a_residual_inside_a_repeat_begins_in_its_turn():
    """Edges go from a point inside the group: from outside they would mean the first turn only."""
    view = drawn(RESIDUALS)
    (group,) = view.groups()
    (point,) = (b for b in group.boxes() if b.kind == "point")
    heads = {b.id: b.title for b in view.boxes()}
    from_point = [(heads[e.head], e.kind) for e in view.edges if e.tail == point.id]
    assert from_point == [("Dense", "flow"), ("Add", "skip")]
    assert between(view, "x", point.title) == [("", "8", "flow")]


def test_expanding_draws_every_turn():
    """With `expand`, each turn is a group that says which one it is."""
    view = drawn(RESIDUALS, expand=True)
    assert [g.lines[0] for g in groups(view, "turn")] == [f"turn {i} of 3" for i in (1, 2, 3)]
    assert [b.name for b in titled(view, "Add")] == ["sum.add"] * 3
    assert all(b.kind != "point" for b in view.boxes())


def test_what_is_outside_in_every_turn_comes_from_outside():
    """A decoder's memory is the same tensor in each turn: its edge goes straight to its taker."""
    view = drawn("""
        inputs: {x: {shape: [5, 8]}, memory: {shape: [7, 8]}}
        graph:
          y:
            from: x
            layers:
              - repeat: 4
                layers:
                  - MultiHeadAttention: {num_heads: 2, key_dim: 4}
                    take: {value: memory}
        outputs: [y]
    """)
    (group,) = view.groups()
    assert group.times == 4
    assert between(view, "memory", "MultiHeadAttention") == [("value", "7×8", "flow")]
    assert between(view, "x", "MultiHeadAttention") == [("query", "5×8", "flow")]


def test_turns_that_are_used_from_outside_are_not_drawn_as_one():
    """A U-Net's skips come from single turns; folding the turns would hide which."""
    view = drawn("""
        inputs: {x: {shape: [8, 8, 1]}}
        blocks:
          down:
            inputs: [x]
            graph:
              kept: {from: x, layers: [{Conv2D: {filters: 1, kernel_size: 3, padding: same}}]}
              half: {from: kept, layers: [{MaxPooling2D: {pool_size: 2}}]}
            outputs: [half, kept]
        graph:
          down: {from: x, layers: [{use: down, repeat: 2}]}
          up:
            from: down.half
            layers:
              - repeat: 2
                layers:
                  - UpSampling2D
                  - Add: {}
                    take: [down.kept.$(1 - index)]
        outputs: [up]
    """)
    assert all(g.times == 1 for g in view.groups())
    assert len(titled(view, "MaxPooling2D")) == len(titled(view, "UpSampling2D")) == 2
    assert [kind for *_, kind in between(view, "Conv2D", "Add")] == ["skip", "skip"]


def test_turns_of_different_structure_are_drawn_apart():
    """The turn that `when` changes stands alone, and the others are one group that says which."""
    view = drawn("""
        inputs: {x: {shape: [8]}}
        graph:
          y:
            from: x
            layers:
              - repeat: 4
                layers:
                  - Dense: {units: 8}
                  - Dropout: {rate: 0.1}
                    when: $(index > 0)
        outputs: [y]
    """)
    (group,) = view.groups()
    assert (group.times, group.lines[0]) == (3, "turns 2 to 4 of 4")
    assert len(titled(view, "Dense")) == 2


def test_repeats_inside_repeats_are_both_drawn_once():
    """Nested turns fold inside one another, in the order of the turns."""
    view = drawn("""
        inputs: {x: {shape: [8]}}
        graph:
          y:
            from: x
            layers:
              - repeat: {units: [8, 4, 2]}
                layers:
                  - repeat: 2
                    layers: [{Dense: {units: $units}}]
                  - Dropout: {rate: 0.1}
        outputs: [y]
    """)
    assert [g.times for g in view.groups()] == [3, 2]
    (dense,) = titled(view, "Dense")
    assert dense.lines[0].startswith("units 8, 4, 2")
    assert between(view, "Dense", "Dropout") == [("", "8, 4, 2", "flow")]


def test_a_shared_layer_is_one_thing_used_twice():
    """Its calls have one colour, a tag that counts the uses, a link, one count of weights."""
    view = drawn("""
        inputs: {a: {shape: [4]}, b: {shape: [4]}}
        shared: {reader: {Dense: {units: 3}}}
        graph:
          c: {from: a, layers: [{use: reader}]}
          d: {from: b, layers: [{use: reader}]}
          e: {from: [c, d], layers: [Concatenate]}
        outputs: [e]
    """)
    first, second = titled(view, "Dense")
    assert (first.tag, second.tag) == ("shared · use 1 of 2", "shared · use 2 of 2")
    assert first.accent == second.accent is not None
    assert first.lines == ("units 3", "15 params")
    assert second.lines == ("units 3",)
    assert [(k.tail, k.head) for k in view.links] == [(first.id, second.id)]
    assert view.lines == ("15 params",)


def test_a_shared_layer_in_a_repeat_says_how_often_it_is_used():
    """Turns that call the same layer are one box, and its tag counts the calls."""
    view = drawn("""
        inputs: {a: {shape: [4]}}
        shared: {again: {Dense: {units: 4}}}
        graph: {c: {from: a, layers: [{use: again, repeat: 3}]}}
        outputs: [c]
    """)
    (box,) = titled(view, "Dense")
    assert box.tag == "shared · use 1 to 3 of 3"
    assert box.lines == ("units 4", "20 params")


SIAMESE = """
    inputs: {a: {shape: [4]}, b: {shape: [4]}}
    models:
      encoder:
        inputs: {x: {shape: [4]}}
        graph: {code: {from: x, layers: [{Dense: {units: 2}}]}}
        outputs: [code]
        trainable: false
    graph:
      c: {from: a, layers: [{use: encoder}]}
      d: {from: b, layers: [{use: encoder}]}
      e: {from: [c, d], layers: [Subtract]}
    outputs: [e]
"""


def test_a_model_used_twice_is_drawn_once():
    """Its graph stands once, and every call is a box of its colour that is linked to it."""
    view = drawn(SIAMESE)
    (group,) = view.groups()
    assert (group.kind, group.title, group.frozen) == ("definition", "encoder", True)
    assert group.lines == ("one model, used 2 times · 10 params",)
    assert [b.title for b in group.boxes()] == ["x", "Dense", "code"]
    calls = titled(view, "encoder")
    assert [b.kind for b in calls] == ["model", "model"]
    assert {b.accent for b in calls} == {group.accent}
    assert [(k.tail, k.head) for k in view.links] == [(b.id, group.id) for b in calls]
    assert between(view, "a", "encoder") == [("", "4", "flow")]


def test_a_model_used_once_is_drawn_where_it_is_called():
    """Tensors pass its border; outputs have boxes where there are several."""
    view = drawn("""
        inputs: {a: {shape: [4]}}
        models:
          encoder:
            inputs: {x: {shape: [4]}}
            graph:
              mean: {from: x, layers: [{Dense: {units: 2}}]}
              spread: {from: x, layers: [{Dense: {units: 2}}]}
            outputs: [mean, spread]
        graph:
          code: {from: a, layers: [{use: encoder}]}
          z: {from: {mean: code.mean, log_var: code.spread}, layers: [GaussianSample]}
        outputs: [z]
    """)
    (group,) = groups(view, "model")
    assert [b.title for b in group.boxes()] == ["Dense", "Dense", "mean", "spread"]
    assert len(between(view, "a", "Dense")) == 2
    assert between(view, "mean", "GaussianSample") == [("mean", "2", "flow")]
    assert view.links == ()


def test_a_model_in_a_wrapper_is_linked_to_it():
    """`TimeDistributed: {layer: {use: …}}` shows the model beside, and the link."""
    view = drawn("""
        inputs: {a: {shape: [7, 4]}}
        models:
          each:
            inputs: {x: {shape: [4]}}
            graph: {y: {from: x, layers: [{Dense: {units: 2}}]}}
            outputs: [y]
        graph: {b: {from: a, layers: [{TimeDistributed: {layer: {use: each}}}]}}
        outputs: [b]
    """)
    (group,) = groups(view, "definition")
    (wrapper,) = titled(view, "TimeDistributed")
    assert [(k.tail, k.head) for k in view.links] == [(wrapper.id, group.id)]


def test_variables_losses_and_targets_are_drawn():
    """A variable is a box of weights; losses and targets have edges of their own kind."""
    view = drawn("""
        inputs: {x: {shape: [4], sample: normal}}
        variables: {bias: {shape: [4], trainable: false}}
        graph:
          y: {from: {x1: x, x2: bias}, layers: [ops.add, {ops.multiply: {x2: 0.5}}]}
        outputs: {y: {loss: mean_squared_error, target: x}}
        losses: {small: {MeanAbsoluteError: {}, y_true: 0, y_pred: y, weight: 0.1}}
    """)
    (bias,) = titled(view, "bias")
    assert (bias.kind, bias.lines, bias.frozen) == ("variable", ("4 params",), True)
    assert between(view, "bias", "ops.add") == [("x2", "4", "flow")]
    assert titled(view, "ops.multiply")[0].lines == ("x2 0.5",)
    assert titled(view, "x")[0].lines == ("drawn: normal",)
    assert between(view, "x", "y") == [("target", "4", "target")]
    assert titled(view, "loss small")[0].lines == ("MeanAbsoluteError · y_true 0", "weight 0.1")
    assert between(view, "ops.multiply", "loss small") == [("y_pred", "4", "loss")]


def test_frozen_layers_are_marked():
    """A layer with weights that do not learn says so; one without weights has nothing to freeze."""
    view = drawn("""
        inputs: {x: {shape: [4]}}
        graph: {y: {from: x, layers: [{Dense: {units: 2, trainable: false}}, ReLU]}}
        outputs: [y]
    """)
    assert titled(view, "Dense")[0].frozen
    assert not titled(view, "ReLU")[0].frozen
    assert view.lines == ("10 params · 10 of them not trained",)


def test_depth_draws_what_is_deeper_as_one_box():
    """At depth 0 a repeat or a model is one box with its count of weights."""
    view = drawn(RESIDUALS, depth=0)
    (box,) = (b for b in view.boxes() if b.kind == "summary")
    assert (box.title, box.lines) == ("residual ×3", ("1,928 params · 9 calls",))
    assert len([e for e in view.edges if e.head == box.id]) == 1
    view = drawn(SIAMESE, depth=0)
    assert not list(view.groups())
    assert [b.lines for b in titled(view, "encoder")] == [("10 params",), ()]


def test_costs_are_added():
    """With `costs`, a box says how many operations it takes."""
    view = drawn(RESIDUALS, costs=True)
    assert "FLOPs" in titled(view, "Dense")[0].lines[-1]
    assert "FLOPs an example" in view.lines[0]


def test_parts_of_a_layer_are_named():
    """Where a layer gives several tensors, an edge says which it is."""
    view = drawn("""
        inputs: {x: {shape: [5, 4]}, y: {shape: [5, 4]}}
        graph:
          encoder: {from: x, layers: [{LSTM: {units: 3, return_state: true}}], as: [out, h, c]}
          decoded:
            from: {sequences: y, initial_state: [encoder.h, encoder.c]}
            layers: [{LSTM: {units: 3}}]
        outputs: [decoded]
    """)
    found = between(view, "LSTM", "LSTM")
    assert found == [("initial_state", "h: 3", "flow"), ("initial_state", "c: 3", "flow")]


@pytest.mark.parametrize("count", [2, 500])
def test_every_edge_joins_boxes_that_are_there(count):
    """No edge or link names a box that is not drawn, and no id stands twice."""
    view = drawn(
        f"""
        inputs: {{x: {{shape: [8]}}}}
        graph:
          y:
            from: x
            layers:
              - repeat: {count}
                layers: [{{Dense: {{units: 8}}}}, ReLU]
        outputs: [y]
    """,
        expand=True,
    )
    ids = [b.id for b in view.boxes()]
    assert len(ids) == len(set(ids)) == 2 * count + 2
    assert {i for e in view.edges for i in (e.tail, e.head)} == set(ids)
