"""Generated graphs: what `check` accepts, Keras builds, with the shapes that were inferred."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specc.lower.keras import to_keras
from specc.pipeline import Settings, passes
from tests.lower.building import agrees, examples, values

pytestmark = pytest.mark.keras

small = st.integers(1, 4)
STEPS = st.one_of(
    st.sampled_from([
        "Flatten", "ReLU", "BatchNormalization", "LayerNormalization", "GlobalAveragePooling1D",
        "Softmax", "ops.square", "ops.transpose", "Identity", "GlobalMaxPooling2D", "ops.sum",
    ]),
    small.map(lambda n: {"Dense": {"units": n}}),
    st.tuples(small, small, st.sampled_from(["same", "valid", "causal"])).map(
        lambda v: {"Conv1D": {"filters": v[0], "kernel_size": v[1], "padding": v[2]}}
    ),
    st.tuples(small, st.booleans()).map(
        lambda v: {"LSTM": {"units": v[0], "return_sequences": v[1]}}
    ),
    small.map(lambda n: {"RepeatVector": {"n": n}}),
    small.map(lambda n: {"MaxPooling1D": {"pool_size": n}}),
    st.lists(st.sampled_from([-1, 2, 4, 5, 10, 20]), min_size=1, max_size=3).map(
        lambda s: {"Reshape": {"target_shape": s}}
    ),
    st.sampled_from([[1, 2], [2, 1]]).map(lambda d: {"Permute": {"dims": d}}),
    small.map(lambda n: {"ops.add": {"x2": float(n)}}),
    st.sampled_from([0, 1, -1, None]).map(lambda a: {"ops.mean": {"axis": a}}),
    st.just({"use": "shared"}),
    st.just({"use": "block"}),
    st.just({"use": "model"}),
    st.just({"TimeDistributed": {"layer": {"Dense": {"units": 2}}}}),
    st.just({"Bidirectional": {"layer": {"GRU": {"units": 2, "return_sequences": True}}}}),
)  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Three to five chains, each from one or two that stand before it."""
    names = ["x", "wide"]
    graph: dict[str, Any] = {}
    for i in range(draw(st.integers(2, 4))):
        steps = draw(st.lists(STEPS, max_size=3))
        source: Any = draw(st.sampled_from(names))
        if draw(st.booleans()):
            source = [source, draw(st.sampled_from(names))]
            merge = draw(st.sampled_from(["Add", "Concatenate", "Multiply", "Dot", "Maximum"]))
            steps = [{"Dot": {"axes": -1}} if merge == "Dot" else merge, *steps]
        graph[f"c{i}"] = {"from": source, "layers": steps}
        names.append(f"c{i}")
    inner = {"o": {"from": "i", "layers": [{"Dense": {"units": 4}}, "ReLU"]}}
    return {
        "specc": 1,
        "inputs": {
            "x": {"shape": [draw(st.sampled_from([5, None, "time"])), 4]},
            "wide": {"shape": [5, 4]},
        },
        "shared": {"shared": {"Dense": {"units": 4}}},
        "models": {
            "model": {"inputs": {"i": {"shape": ["any", 4]}}, "graph": inner, "outputs": ["o"]}
        },
        "blocks": {"block": {"inputs": ["i"], "graph": inner, "output": "o"}},
        "graph": graph,
        "outputs": list(graph),
    }


@given(graphs())
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_what_is_accepted_is_built_and_runs(spec):
    """Shapes, dtypes and counts agree, and where all lengths are known, numbers run through."""
    made = passes(spec, settings=Settings())
    if made.program is None:
        assert made.report.errors
        return
    model = to_keras(made.program)
    agrees(made.program, model)
    if spec["inputs"]["x"]["shape"][0] != 5:
        return  # a length that only the data has may still not fit a `Reshape`
    given_ = examples(made.program)
    for name, value in values(model(given_, training=False)).items():
        type_ = made.program.outputs[name or next(iter(made.program.outputs))].type
        both = zip(value.shape, type_.shape, strict=True)
        assert all(b is None or a == b for a, b in both), (name, value.shape, type_)
