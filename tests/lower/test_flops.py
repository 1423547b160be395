"""The operations of whole models, held to TensorFlow's profiler.

Two conventions differ, and are left to models where they weigh little: the profiler counts five for
each number of a softmax where specc counts an activation as nothing, and it counts the body of a
loop once, so that it knows nothing of a recurrent layer's steps.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import specc
from specc.lower.keras import to_keras

pytestmark = pytest.mark.keras

SPECS = Path(__file__).parents[2] / "specs"
MODELS = (
    "autoencoder", "digits_cnn", "inception", "residual_tower", "siamese", "three_outputs", "unet",
    "vae", "wide_and_deep", "wine",
)  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_operations_are_those_of_the_profiler(name: str) -> None:
    """Of one example, within 1 %."""
    import tensorflow as tf

    from tests.catalogue.oracle import float_operations

    program = specc.compile(SPECS / f"{name}.yaml")
    model = to_keras(program)
    signature = [
        tf.TensorSpec((1, *t.type.shape[1:]), t.type.dtype) for t in program.inputs.values()
    ]

    def run(*tensors: Any) -> Any:
        given = dict(zip(program.inputs, tensors, strict=True))
        return model(given if len(given) > 1 else tensors[0], training=False)

    counted = float_operations(tf.function(run, input_signature=signature))
    assert program.flops == pytest.approx(counted, rel=0.01)
