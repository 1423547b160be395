"""Five models, each twice: as a spec, and as one writes it in Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers as kl


@dataclass(frozen=True)
class Architecture:
    """One model, written in both ways."""

    name: str
    spec: str
    by_hand: Callable[[], Any]


DEEP = """
specc: 1
inputs: {x: {shape: [64]}}
graph:
  y:
    from: x
    layers:
      - repeat: 50
        layers: [{Dense: {units: 64, activation: relu}}, BatchNormalization]
      - Dense: {units: 10, activation: softmax}
outputs: [y]
"""


def deep() -> Any:
    """101 layers in a row."""
    tensor = x = keras.Input((64,))
    for _ in range(50):
        tensor = kl.Dense(64, activation="relu")(tensor)
        tensor = kl.BatchNormalization()(tensor)
    return keras.Model(x, kl.Dense(10, activation="softmax")(tensor))


RESIDUAL = """
specc: 1
inputs: {x: {shape: [32, 32, 3]}}
blocks:
  residual:
    inputs: [x]
    graph:
      y:
        from: x
        layers:
          - Conv2D: {filters: 16, kernel_size: 3, padding: same, use_bias: false}
          - BatchNormalization
          - ReLU
          - Conv2D: {filters: 16, kernel_size: 3, padding: same, use_bias: false}
          - BatchNormalization
          - {Add: {}, take: [x]}
          - ReLU
    output: y
graph:
  y:
    from: x
    layers:
      - Conv2D: {filters: 16, kernel_size: 3, padding: same}
      - {use: residual, repeat: 10}
      - GlobalAveragePooling2D
      - Dense: {units: 10, activation: softmax}
outputs: [y]
"""


def residual() -> Any:
    """Ten residual blocks."""
    x = keras.Input((32, 32, 3))
    tensor = kl.Conv2D(16, 3, padding="same")(x)
    for _ in range(10):
        branch = kl.Conv2D(16, 3, padding="same", use_bias=False)(tensor)
        branch = kl.ReLU()(kl.BatchNormalization()(branch))
        branch = kl.Conv2D(16, 3, padding="same", use_bias=False)(branch)
        branch = kl.BatchNormalization()(branch)
        tensor = kl.ReLU()(kl.Add()([branch, tensor]))
    tensor = kl.GlobalAveragePooling2D()(tensor)
    return keras.Model(x, kl.Dense(10, activation="softmax")(tensor))


RECURRENT = """
specc: 1
inputs: {x: {shape: [time], dtype: int32}}
graph:
  y:
    from: x
    layers:
      - Embedding: {input_dim: 1000, output_dim: 32, mask_zero: true}
      - repeat: 3
        layers:
          - Bidirectional: {layer: {LSTM: {units: 32, return_sequences: true}}}
          - LayerNormalization
      - GlobalAveragePooling1D
      - Dense: {units: 1, activation: sigmoid}
outputs: [y]
"""


def recurrent() -> Any:
    """Three bidirectional LSTMs over masked tokens."""
    x = keras.Input((None,), dtype="int32")
    tensor = kl.Embedding(1000, 32, mask_zero=True)(x)
    for _ in range(3):
        tensor = kl.Bidirectional(kl.LSTM(32, return_sequences=True))(tensor)
        tensor = kl.LayerNormalization()(tensor)
    tensor = kl.GlobalAveragePooling1D()(tensor)
    return keras.Model(x, kl.Dense(1, activation="sigmoid")(tensor))


TRANSFORMER = """
specc: 1
inputs: {x: {shape: [24, 32]}}
graph:
  y:
    from: x
    layers:
      - repeat: 4
        layers:
          - mark: before
          - LayerNormalization
          - {MultiHeadAttention: {num_heads: 4, key_dim: 8}, take: {value: it}}
          - {Add: {}, take: [before]}
          - mark: between
          - LayerNormalization
          - Dense: {units: 128, activation: gelu}
          - Dense: {units: 32}
          - {Add: {}, take: [between]}
      - GlobalAveragePooling1D
      - Dense: {units: 10, activation: softmax}
outputs: [y]
"""


def transformer() -> Any:
    """Four encoder layers."""
    tensor = x = keras.Input((24, 32))
    for _ in range(4):
        inner = kl.LayerNormalization()(tensor)
        tensor = kl.Add()([kl.MultiHeadAttention(4, 8)(inner, inner), tensor])
        inner = kl.LayerNormalization()(tensor)
        inner = kl.Dense(32)(kl.Dense(128, activation="gelu")(inner))
        tensor = kl.Add()([inner, tensor])
    tensor = kl.GlobalAveragePooling1D()(tensor)
    return keras.Model(x, kl.Dense(10, activation="softmax")(tensor))


TWINS = """
specc: 1
inputs: {left: {shape: [28, 28, 1]}, right: {shape: [28, 28, 1]}}
models:
  encoder:
    inputs: {image: {shape: [28, 28, 1]}}
    graph:
      code:
        from: image
        layers:
          - repeat: {filters: [16, 32, 64]}
            layers:
              - Conv2D: {filters: $filters, kernel_size: 3, padding: same, activation: relu}
              - MaxPooling2D
          - Flatten
          - Dense: {units: 64}
    outputs: [code]
graph:
  a: {from: left, layers: [{use: encoder}]}
  b: {from: right, layers: [{use: encoder}]}
  y: {from: [a, b], layers: [Subtract, ops.absolute, {Dense: {units: 1, activation: sigmoid}}]}
outputs: [y]
"""


def twins() -> Any:
    """One encoder, used twice."""
    image = tensor = keras.Input((28, 28, 1))
    for filters in (16, 32, 64):
        tensor = kl.Conv2D(filters, 3, padding="same", activation="relu")(tensor)
        tensor = kl.MaxPooling2D()(tensor)
    encoder = keras.Model(image, kl.Dense(64)(kl.Flatten()(tensor)))
    left, right = keras.Input((28, 28, 1)), keras.Input((28, 28, 1))
    apart = keras.ops.absolute(kl.Subtract()([encoder(left), encoder(right)]))
    return keras.Model([left, right], kl.Dense(1, activation="sigmoid")(apart))


ARCHITECTURES = [
    Architecture("101 layers in a row", DEEP, deep),
    Architecture("ten residual blocks", RESIDUAL, residual),
    Architecture("three bidirectional LSTMs", RECURRENT, recurrent),
    Architecture("four transformer layers", TRANSFORMER, transformer),
    Architecture("one encoder, used twice", TWINS, twins),
]
