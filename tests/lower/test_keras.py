"""Keras models made from programs: what is inferred is what is built, and what is kept."""

from __future__ import annotations

import numpy as np
import pytest

from specc.lower.keras import to_keras
from tests.lower.building import agrees, compiled, examples, kept, values

pytestmark = pytest.mark.keras

CONSTRUCTS = {
    "alias of an input": """
        graph: {y: {from: x}}
        outputs: [y]
    """,
    "two outputs of one tensor": """
        graph: {y: {from: x, layers: [Dense: {units: 3}]}, z: {from: y}}
        outputs: [y, z]
    """,
    "a part of several tensors": """
        graph: {e: {from: x, layers: [LSTM: {units: 3, return_state: true}], as: [s, h, c]},
                y: {from: [e.h, e.c], layers: [Add]}}
        outputs: [y]
    """,
    "initial states": """
        specc: 1
        inputs: {x: {shape: [time, 4]}, h: {shape: [3]}, c: {shape: [3]}}
        graph: {y: {from: {sequences: x, initial_state: [h, c]}, layers: [LSTM: {units: 3}]}}
        outputs: [y]
    """,
    "attention by argument": """
        graph:
          m: {from: x, layers: [Dense: {units: 6}]}
          y: {from: x, layers: [{MultiHeadAttention: {num_heads: 2, key_dim: 3}, take: {value: m}},
                                {MultiHeadAttention: {num_heads: 2, key_dim: 3},
                                 take: {value: it, key: m}}]}
        outputs: [y]
    """,
    "ops with numbers": """
        graph: {y: {from: x, layers: [ops.multiply: {x2: 2.0}, ops.subtract: {x1: 1.0}, ops.square,
                                      ops.reshape: {newshape: [-1, 4]}]}}
        outputs: [y]
    """,
    "ops with lists and booleans": """
        graph: {y: {from: x, layers: [ops.subtract: {x2: [1, 2, 3, 4]},
                                      ops.subtract: {x1: [[0.5, 1.0, 1.5, 2.0]]}]},
                z: {from: x, layers: [ops.greater: {x2: 0.5}, ops.logical_and: {x2: true},
                                      ops.where: {x1: [1.0, 2.0, 3.0, 4.0], x2: 0}]},
                part: {from: x, layers: [ops.take: {indices: [0, 2], axis: -1}]}}
        outputs: [y, z, part]
    """,
    "one tensor twice": """
        graph: {y: {from: {x1: x, x2: x}, layers: [ops.multiply, {Add: , take: [it, x]}]}}
        outputs: [y]
    """,
    "a shared layer": """
        shared: {d: {Dense: {units: 4}}, bn: BatchNormalization}
        graph: {y: {from: x, layers: [use: d, use: bn, use: d, {use: bn, call: {training: false}}]},
                z: {from: x, layers: [use: d]}}
        outputs: [y, z]
    """,
    "a nested model, twice": """
        models:
          m:
            inputs: {i: {shape: [time, 4]}, j: {shape: [time, 4]}}
            graph: {o: {from: [i, j], layers: [Add, Dense: {units: 4}]}, p: {from: i}}
            outputs: {first: o, second: p}
        graph:
          a: {from: [x, x], layers: [use: m]}
          b: {from: {j: a.first, i: a.second}, layers: [use: m]}
          y: {from: [b.first, b.second], layers: [Concatenate]}
        outputs: [y]
    """,
    "models in one another": """
        models:
          inner: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [Dense: {units: 4}]}},
                  outputs: [o]}
          outer: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: inner, ReLU]}},
                  outputs: [o]}
        graph: {y: {from: x, layers: [use: outer, use: outer]}}
        outputs: [y]
    """,
    "a model that does not learn": """
        models:
          m: {inputs: {i: {shape: [5, 4]}}, trainable: false, outputs: [o],
              graph: {o: {from: i, layers: [Dense: {units: 4}, BatchNormalization]}}}
        graph: {y: {from: x, layers: [use: m, Dense: {units: 2}, Dense: {units: 1, trainable: false}]}}
        outputs: [y]
    """,
    "a model used by a model that is not the top": """
        models:
          a: {inputs: {i: {shape: [5, 4]}}, outputs: [o], models: {
                c: {inputs: {i: {shape: [5, 4]}}, outputs: [o], graph: {o: {from: i, layers: [Dense: {units: 4}]}}}},
              shared: {d: {Dense: {units: 4}}},
              graph: {o: {from: i, layers: [use: c, use: d, use: c, use: d]}}}
        graph: {y: {from: x, layers: [use: a]}}
        outputs: [y]
    """,
    "variables": """
        variables:
          v: {shape: [1, 4], per_example: true, initializer: ones}
          w: {shape: [4], initializer: {RandomNormal: {stddev: 0.5}}}
          s: {shape: [], initializer: {Constant: {value: 2.0}}}
          f: {shape: [5, 4], trainable: false, initializer: glorot_uniform}
          i: {shape: [4], dtype: int32, trainable: false}
        graph:
          a: {from: {x1: x, x2: w}, layers: [ops.add, {ops.multiply: , take: {x2: s}}]}
          b: {from: {x1: a, x2: f}, layers: [ops.add, {Concatenate: {axis: 1}, take: [v]}]}
          c: {from: {x1: b, x2: i}, layers: [ops.add]}
        outputs: [c]
    """,
    "a graph of variables alone": """
        specc: 1
        variables: {v: {shape: [1, 4], initializer: ones}}
        graph: {y: {from: v, layers: [ops.square]}}
        outputs: [y]
    """,
    "a variable in a nested model": """
        models:
          m: {inputs: {i: {shape: [5, 4]}}, variables: {v: {shape: [4], initializer: ones}},
              graph: {o: {from: {x1: i, x2: v}, layers: [ops.add]}}, outputs: [o]}
        graph: {y: {from: x, layers: [use: m, use: m]}}
        outputs: [y]
    """,
    "a model without inputs": """
        models:
          m: {variables: {v: {shape: [4], initializer: ones}},
              graph: {o: {from: v, layers: [ops.square]}}, outputs: [o]}
        graph: {p: {from: {}, layers: [use: m]}, y: {from: x}}
        outputs: [y]
    """,
    "a variable beside text": """
        specc: 1
        inputs: {words: {shape: [3], dtype: string}}
        variables: {v: {shape: [4], initializer: ones, per_example: true}}
        graph:
          ids: {from: words, layers: [Hashing: {num_bins: 5}, Embedding: {input_dim: 5, output_dim: 4},
                                      GlobalAveragePooling1D]}
          y: {from: [ids, v], layers: [Add]}
        outputs: [y]
    """,
    "a model that uses a top-level shared layer": """
        shared: {d: {Dense: {units: 4}}}
        models:
          m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [use: d, use: d]}}, outputs: [o]}
        graph: {y: {from: x, layers: [use: m, use: m]}}
        outputs: [y]
    """,
    "a shared wrapper": """
        shared: {d: {Dense: {units: 4}}, w: {TimeDistributed: {layer: {use: d}}}}
        graph: {y: {from: x, layers: [use: w, use: w]}}
        outputs: [y]
    """,
    "wrappers": """
        shared: {cell: {GRUCell: {units: 4}}, d: {Dense: {units: 3}}}
        models:
          m: {inputs: {i: {shape: [4]}}, graph: {o: {from: i, layers: [Dense: {units: 2}]}}, outputs: [o]}
        graph:
          a: {from: x, layers: [Bidirectional: {layer: {LSTM: {units: 3}}}]}
          b: {from: x, layers: [TimeDistributed: {layer: {use: m}}]}
          c: {from: x, layers: [RNN: {cell: [{GRUCell: {units: 3}}, {LSTMCell: {units: 2}}]}]}
          d: {from: x, layers: [RNN: {cell: {use: cell}}]}
          e: {from: x, layers: [TimeDistributed: {layer: {use: d}}]}
        outputs: [a, b, c, d, e]
    """,
    "blocks, repeated": """
        blocks:
          b:
            inputs: [i]
            params: {n: 4}
            shared: {d: {Dense: {units: 4}}}
            graph: {out: {from: i, layers: [use: d, use: d, Dense: {units: $n}]}, skip: {from: i}}
            outputs: [out, skip]
        graph:
          d: {from: x, layers: [{use: b, repeat: 3}]}
          y: {from: d.skip, layers: [Add]}
          z: {from: d}
        outputs: [y, z]
    """,
    "names that ops might take": """
        specc: 1
        inputs: {examples: {shape: [4]}, hidden_input: {shape: [4]}}
        variables: {v: {shape: [4]}}
        graph:
          y: {from: {x1: examples, x2: v}, layers: [ops.add, Dense: {units: 2, name: v.row},
                                                   Dense: {units: 2, name: v.shape}]}
          z: {from: hidden_input, layers: [Dense: {units: 2, name: w.output}, Dense: {units: 1, name: examples.2}]}
          w: {from: examples}
        outputs: [y, z, w]
    """,
    "a layer's arguments": """
        graph:
          y: {from: x, layers: [Dense: {units: 3, kernel_regularizer: {L2: {l2: 0.01}}, activation: gelu,
                                        kernel_initializer: {HeNormal: {}}, kernel_constraint: {MaxNorm: {max_value: 2}}},
                                LayerNormalization, Dropout: {rate: 0.3}, GaussianNoise: {stddev: 0.1}]}
        outputs: [y]
    """,
}


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_what_is_inferred_is_built_and_what_is_built_is_kept(construct, tmp_path):
    """Shapes, dtypes and counts as inferred; equal outputs after saving and loading."""
    kept(compiled(CONSTRUCTS[construct]), tmp_path)


def test_nested_models_stay_nested_and_shared_layers_are_one():
    model = to_keras(compiled(CONSTRUCTS["a nested model, twice"]))
    assert [layer.name for layer in model.layers if hasattr(layer, "layers")] == ["m"]
    model = to_keras(compiled(CONSTRUCTS["a shared layer"]))
    assert [layer.name for layer in model.layers].count("d") == 1
    assert len(model.get_layer("d")._inbound_nodes) == 3


def test_a_chain_of_3000_layers_is_built():
    model = to_keras(
        compiled("""
        graph: {y: {from: x, layers: [{repeat: 3000, layers: [ReLU]}]}}
        outputs: [y]
    """)
    )
    assert len(model.layers) == 3001


def test_first_weights_come_from_the_seed_and_the_name():
    def weights(text: str) -> dict[str, np.ndarray]:
        model = to_keras(compiled(text))
        return {w.path: np.asarray(w) for w in model.weights}

    one = weights("""
        variables: {v: {shape: [4], initializer: glorot_uniform}}
        models:
          m: {inputs: {i: {shape: [5, 3]}}, graph: {o: {from: i, layers: [Dense: {units: 2}]}}, outputs: [o]}
        graph:
          a: {from: {x1: x, x2: v}, layers: [ops.add, LSTM: {units: 3, return_sequences: true}, use: m]}
          b: {from: x, layers: [Dense: {units: 3}, Dropout: {rate: 0.5}]}
        outputs: [a, b]
    """)
    other = weights("""
        outputs: [b, a, c]
        graph:
          c: {from: x, layers: [Dense: {units: 9}, Dense: {units: 9}]}
          b: {layers: [Dense: {units: 3}, Dropout: {rate: 0.5}], from: x}
          a: {from: {x2: v, x1: x}, layers: [ops.add, LSTM: {return_sequences: true, units: 3}, use: m]}
        models:
          m: {inputs: {i: {shape: [5, 3]}}, graph: {o: {from: i, layers: [Dense: {units: 2}]}}, outputs: [o]}
        variables: {v: {shape: [4], initializer: glorot_uniform}}
    """)
    assert set(one) <= set(other)
    for path, value in one.items():
        np.testing.assert_array_equal(value, other[path])
    seeded = weights("""
        graph: {b: {from: x, layers: [Dense: {units: 3}]}}
        outputs: [b]
        train: {seed: 5}
    """)
    assert not np.array_equal(seeded["b.dense/kernel"], one["b.dense/kernel"])


def test_two_uses_of_a_block_draw_different_weights():
    model = to_keras(
        compiled("""
        blocks: {b: {inputs: [i], graph: {o: {from: i, layers: [Dense: {units: 4}]}}, output: o}}
        graph: {y: {from: x, layers: [{use: b, repeat: 2}]}}
        outputs: [y]
    """)
    )
    first, second = (w for w in model.weights if w.path.endswith("kernel"))
    assert not np.array_equal(np.asarray(first), np.asarray(second))


def test_building_leaves_python_and_keras_as_they_were():
    import random

    import keras

    random.seed(3)
    before = random.getstate()
    to_keras(
        compiled("""
        graph: {y: {from: x, layers: [Dense: {units: 4}, Dropout: {rate: 0.2}]}}
        outputs: [y]
        train: {precision: mixed_float16}
    """)
    )
    assert random.getstate() == before
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_dtypes_in_mixed_precision_are_those_of_keras(precision):
    program = compiled(f"""
        variables: {{v: {{shape: [4]}}}}
        models:
          m: {{inputs: {{i: {{shape: [5, 4]}}}}, graph: {{o: {{from: i, layers: [Dense: {{units: 4}}]}}}},
               outputs: [o]}}
        graph:
          a: {{from: x, layers: [Dense: {{units: 4}}, LayerNormalization, use: m]}}
          b: {{from: {{x1: a, x2: v}}, layers: [ops.add]}}
          c: {{from: a, layers: [Dense: {{units: 4, dtype: float32}}]}}
          d: {{from: x, layers: [ops.square]}}
          e: {{from: [a, c], layers: [Concatenate]}}
        outputs: [a, b, c, d, e]
        train: {{precision: {precision}}}
    """)
    model = to_keras(program)
    agrees(program, model)


def test_training_at_a_call_holds_whatever_the_model_around_it_does():
    program = compiled("""
        shared: {d: {Dropout: {rate: 0.5}}}
        models:
          m: {inputs: {i: {shape: [5, 4]}}, graph: {o: {from: i, layers: [Dropout: {rate: 0.5}]}}, outputs: [o]}
        graph:
          never: {from: x, layers: [{use: d, call: {training: false}}]}
          always: {from: x, layers: [{Dropout: {rate: 0.5}, call: {training: true}}]}
          either: {from: x, layers: [use: d]}
          whole: {from: x, layers: [{use: m, call: {training: false}}]}
        outputs: [never, always, either, whole]
    """)
    model = to_keras(program)
    inputs = np.ones((50, 5, 4), "float32")

    def dropped(training: bool) -> dict[str, bool]:
        return {
            n: bool((v == 0).any()) for n, v in values(model(inputs, training=training)).items()
        }

    assert dropped(True) == {"never": False, "always": True, "either": True, "whole": False}
    assert dropped(False) == {"never": False, "always": True, "either": False, "whole": False}


def test_gaussian_sample_is_plain_keras(tmp_path):
    program = compiled("""
        specc: 1
        inputs: {x: {shape: [4]}}
        graph:
          mean: {from: x, layers: [Dense: {units: 2}]}
          spread: {from: x, layers: [Dense: {units: 2}]}
          z: {from: {mean: mean, log_var: spread}, layers: [GaussianSample]}
        outputs: [z, mean]
    """)
    model = to_keras(program)
    agrees(program, model)
    model.save(tmp_path / "model.keras")
    script = (
        "import sys, keras; m = keras.saving.load_model(sys.argv[1]); "
        "assert not any(n.split('.')[0] == 'specc' for n in sys.modules); print(len(m.layers))"
    )
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "model.keras")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    drawn = [values(model(examples(program), training=True))["z"] for _ in range(2)]
    assert not np.array_equal(*drawn)
    still = values(model(examples(program), training=False))
    np.testing.assert_allclose(still["z"], still["mean"], rtol=1e-6)
