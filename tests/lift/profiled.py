"""What TensorFlow's profiler counts of an application, by specc's count and what the two do apart.

specc counts an element-wise function as nothing. The profiler counts the arithmetic that Keras
writes a function with; what a BatchNormalization makes of its weights before it uses them; and it
does not see a convolution in groups, which Keras runs in a compiled function of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import specc
from specc.catalogue import applications
from specc.infer.program import Layer, Node, Program

FUNCTIONS = {"softmax": 5, "silu": 2, "swish": 2, "gelu": 4, "hard_silu": 3, "hard_swish": 3}
"""Operations for each number of a function, where there are any."""

STORED = 5
"""Operations on each channel of a BatchNormalization: epsilon, root (2), mean, shift; and one for
the scale."""


def program(name: str) -> Program:
    """A spec that is nothing but an application, at the size that it is made for."""
    size = int(applications.data(name)["size"])
    arguments = {"weights": None, "input_shape": [size, size, 3]}
    return specc.compile(
        {
            "specc": 1,
            "inputs": {"x": {"shape": [size, size, 3]}},
            "models": {"m": {"application": {name: arguments}}},
            "graph": {"y": {"from": "x", "layers": [{"use": "m"}]}},
            "outputs": ["y"],
        }
    )


def nodes(made: Program) -> Iterator[tuple[Node, Layer]]:
    """The calls of layers, those inside of models too."""
    for node in made.nodes:
        if isinstance(node.operator, Program):
            yield from nodes(node.operator)
        elif isinstance(node.operator, Layer):
            yield node, node.operator


def apart(made: Program) -> Counter[str]:
    """What the profiler counts more (or less) than specc, by its reason."""
    found: Counter[str] = Counter()
    for node, layer in nodes(made):
        arguments: dict[str, Any] = dict(layer.arguments)
        size = node.outputs[0].type.size or 0
        function = arguments.get("activation")
        if isinstance(function, str) and (each := FUNCTIONS.get(function)):
            found[function] += each * size
        if layer.cls == "BatchNormalization":
            channels = node.outputs[0].type.dims[-1]
            assert isinstance(channels, int)
            found["BatchNormalization"] += channels * (STORED + arguments.get("scale", True))
        if layer.cls == "Normalization":
            found["Normalization"] += 3
        if arguments.get("groups", 1) > 1 and node.flops is not None:
            found["groups"] -= node.flops - (size if arguments.get("use_bias", True) else 0)
    return found


def counted(name: str) -> int:
    """What the profiler counts of Keras's own model."""
    import keras
    import tensorflow as tf

    from tests.catalogue.oracle import float_operations

    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None)
    size = int(applications.data(name)["size"])
    signature = [tf.TensorSpec((1, size, size, 3), "float32")]
    return float_operations(
        tf.function(lambda x: model(x, training=False), input_signature=signature)
    )
