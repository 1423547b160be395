"""Whatever is done to a spec, it is compiled or refused: never a Python traceback."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.lower.json import digest
from specc.pipeline import Settings, passes

FOLDER = Path(__file__).parents[2] / "specs"
GALLERY = sorted(FOLDER.glob("*.yaml"))
SPECS = [yaml.load(p.read_text(), yaml.CSafeLoader) for p in GALLERY]
SPECS = [s for s in SPECS if "extends" not in s]
EVERYTHING: dict[str, Any] = yaml.load(
    """
    specc: 1
    params: {n: 4, rate: 0.2, sizes: [4, 4], step: {Dense: {units: 4}}}
    inputs: {x: {shape: [5, $n]}, h: {shape: [3]}, c: {shape: [3], sample: normal}}
    variables: {v: {shape: [1, 4], per_example: true, initializer: ones}}
    shared: {d: {Dense: {units: $n}}}
    models:
      m: {inputs: {i: {shape: [time, 4]}, j: {shape: [time, 4]}},
          graph: {o: {from: [i, j], layers: [Add]}, p: {from: i}}, outputs: {first: o, second: p}}
    blocks:
      b: {inputs: [i], params: {n: $n}, outputs: [out, skip],
          graph: {out: {from: i, layers: [Dense: {units: $n}]}, skip: {from: i}}}
    graph:
      e: {from: {sequences: x, initial_state: [h, c]},
          layers: [LSTM: {units: 3, return_state: true}], as: [s, h2, c2]}
      d1: {from: x, layers: [{use: b, repeat: 2}, {mark: here}, use: d, $step]}
      y:
        from: d1
        layers:
          - repeat: {u: $sizes}
            layers: [{mark: t}, Dense: {units: $u}, {Add: , take: [t]}]
          - {Add: , take: ["d1.skip.$(1 - 0)"]}
          - {Dropout: {rate: $rate}, when: $(rate > 0), id: drop, call: {training: false}}
          - {MultiHeadAttention: {num_heads: 1, key_dim: 2}, take: {value: it}}
          - {ops.multiply: {x2: 2.0}}
      pair: {from: {j: y, i: d1.here}, layers: [use: m]}
      z: {from: [y, v], layers: [Concatenate: {axis: 1}, TimeDistributed: {layer: {use: w}}]}
    outputs: {y: {loss: mse, target: x}, z: , e: {from: e.s}, pair: {from: pair.first}}
    losses: {k: {MeanSquaredError: {}, y_true: 1, y_pred: z}}
    train: {epochs: 3}
    """,
    yaml.CSafeLoader,
)
EVERYTHING["shared"]["w"] = {"Dense": {"units": 2}}
SPECS.append(EVERYTHING)

WORDS = st.sampled_from([
    "x", "y", "it", "index", "d1.skip", "d1.skip.7", "$n", "$sizes", "$(n + 1)", "$(", "$$", "$rate",
    "Dense", "Flatten", "ops.add", "relu", "Add", "use", "as", "", "a/b", "../x", "nope", "$index",
    "$(1 / 0)", "$('a' * 9)", "null", "m", "b", "d", "y.here", "e.s", "mse", "\x00", "é", "$step",
])  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.one_of(
    WORDS,
    st.none(),
    st.booleans(),
    st.integers(-2, 5),
    st.sampled_from([10**12, -1, 2.5, 0.0, 1e300, 64.0]),
    st.lists(WORDS | st.integers(0, 3), max_size=3),
    st.dictionaries(WORDS, WORDS | st.integers(0, 3), max_size=2),
    st.just([[["x"]]]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path in a document."""
    found = [path]
    if isinstance(value, dict):
        found += [p for k, v in value.items() for p in places(v, (*path, k))]
    elif isinstance(value, list):
        found += [p for i, v in enumerate(value) for p in places(v, (*path, i))]
    return found


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """The value at a path."""
    for step in path:
        value = value[step]
    return value


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A spec with one to three things changed, taken away, renamed, repeated or moved."""
    spec = copy.deepcopy(draw(st.sampled_from(SPECS)))
    for _ in range(draw(st.integers(1, 3))):
        every = [p for p in places(spec) if p]
        *path, last = draw(st.sampled_from(every))
        parent = at(spec, tuple(path))
        what = draw(st.sampled_from(["replace", "delete", "rename", "repeat", "graft"]))
        if what == "replace":
            parent[last] = copy.deepcopy(draw(VALUES))  # what is drawn is one object each time
        elif what == "graft":
            parent[last] = copy.deepcopy(at(spec, draw(st.sampled_from(every))))
        elif what == "repeat" and isinstance(parent, list):
            parent.insert(last, copy.deepcopy(parent[last]))
        elif what == "rename" and isinstance(parent, dict):
            parent[draw(WORDS)] = parent.pop(last)
        else:
            del parent[last]
        if not isinstance(spec, dict) or len(places(spec)) > 3000:
            break
    return spec


@given(mutated())
@settings(max_examples=150)
def test_a_mutated_spec_is_compiled_or_refused(spec):
    """What is refused has an error; what is not has a program with every tensor known."""
    made = passes(spec, settings=Settings(folder=FOLDER))
    assert (made.program is None) == bool(made.report.errors)
    str(made.report)
    for found in made.report:
        assert found.message
        assert "Traceback" not in found.message


def shuffled(value: Any, draw: random.Random) -> Any:
    """A document with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        draw.shuffle(keys)
        return {k: shuffled(value[k], draw) for k in keys}
    return [shuffled(v, draw) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("number", range(len(SPECS)))
def test_the_order_of_keys_changes_neither_names_nor_digest(number):
    """But where a list stands for a model's inputs or outputs, their order is its meaning."""
    spec = SPECS[number]
    one = passes(spec, settings=Settings(folder=FOLDER)).program
    assert one is not None
    for seed in range(2):
        other = passes(
            shuffled(spec, random.Random(seed)), settings=Settings(folder=FOLDER)
        ).program
        assert other is not None
        assert {n.name for n in one.nodes} == {n.name for n in other.nodes}
        assert digest(one) == digest(other)
