"""JSON of a program, and its digest: what a spec means, not how it is spelt."""

from __future__ import annotations

import json

from specc.lower.json import as_json, digest
from tests.lower.building import compiled

SPEC = """
    specc: 1
    params: {n: 4}
    inputs: {x: {shape: [5, 4]}, w: {shape: [4], sample: normal}}
    variables: {v: {shape: [4], initializer: {RandomNormal: {stddev: 0.5}}}}
    shared: {d: {Dense: {units: $n}}}
    models:
      m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [Dense: {units: 4}]}}, outputs: [o]}
    graph:
      y: {from: {x1: x, x2: v}, layers: [ops.add, use: d, use: m, {ops.multiply: {x2: 2.0}}]}
      z: {from: w, layers: [Dense: {units: 3, kernel_regularizer: {L2: {l2: 0.1}}}, use: d2]}
    blocks: {d2: {inputs: [i], graph: {o: {from: i, layers: [Dropout: {rate: 0.2}]}}, output: o}}
    outputs: {y: {loss: mse, target: x}, z: }
    losses: {extra: {MeanSquaredError: {}, y_true: 1, y_pred: z, weight: 0.5}}
    train: {epochs: 3, optimizer: {Adam: {learning_rate: 0.01}}}
"""
RESPELT = """
    specc: 1
    # the same, in another order and other words
    train:
      optimizer: {Adam: {learning_rate: 1.0e-2}}
      epochs: 3
    losses: {extra: {weight: 0.5, y_pred: z, y_true: 1, MeanSquaredError: {}}}
    outputs: {z: {}, y: {target: x, loss: mse}}
    blocks: {d2: {output: o, graph: {o: {layers: [{Dropout: {rate: 0.2}}], from: i}}, inputs: [i]}}
    graph:
      z: {layers: [Dense: {kernel_regularizer: {L2: {l2: 0.1}}, units: 3.0}, use: d2], from: w}
      y: {layers: [ops.add, use: d, use: m, {ops.multiply: {x2: 2.0}}], from: {x2: v, x1: x}}
    models:
      m: {outputs: [o], graph: {o: {from: i, layers: [{Dense: {units: 4}}]}}, inputs: {i: {shape: [5, 4]}}}
    shared: {d: {Dense: {units: $(size * 2)}}}
    variables: {v: {initializer: {RandomNormal: {stddev: 0.5}}, shape: [4]}}
    inputs: {w: {sample: {normal: {}}, shape: [4]}, x: {shape: [5, 4]}}
    params: {size: 2}
"""


def test_a_program_is_plain_json():
    text = json.dumps(as_json(compiled(SPEC)), allow_nan=False)
    assert json.loads(text)["models"]["m"]["parameters"] == 20


def test_the_digest_ignores_spelling_and_order():
    assert digest(compiled(SPEC)) == digest(compiled(RESPELT))
    one, two = compiled(SPEC), compiled(RESPELT)
    assert {n.name for n in one.nodes} == {n.name for n in two.nodes}


def test_the_digest_sees_every_change_of_meaning():
    before = digest(compiled(SPEC))
    for old, new in (
        ("units: $n", "units: $(n + 0), use_bias: false"),
        ("rate: 0.2", "rate: 0.3"),
        ("stddev: 0.5", "stddev: 0.6"),
        ("weight: 0.5", "weight: 0.25"),
        ("learning_rate: 0.01", "learning_rate: 0.02"),
        ("sample: normal", "sample: uniform"),
        ("x2: 2.0", "x2: 3.0"),
        ("target: x", "target: y"),
        ("from: {x1: x, x2: v}", "from: {x1: v, x2: x}"),
        ("[use: d2]", "[use: d2, ReLU]"),
        ("use: d2]", "use: d2, {use: d2, repeat: 1}]"),
    ):
        if old in SPEC:
            assert digest(compiled(SPEC.replace(old, new))) != before, (old, new)
