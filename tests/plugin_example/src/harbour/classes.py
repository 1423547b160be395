"""The plug-in's Keras classes. This module is imported when a model is built, and not to check."""

from __future__ import annotations

from typing import Any

import keras


class Gate(keras.layers.Layer):
    """Multiplies each feature by a number between `floor` and 1, which is learned."""

    def __init__(self, floor: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.floor = floor
        self.supports_masking = True

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.openness = self.add_weight(
            name="openness", shape=(input_shape[-1],), initializer="zeros"
        )

    def call(self, inputs: Any) -> Any:
        part = keras.ops.sigmoid(self.openness)
        return inputs * (self.floor + (1.0 - self.floor) * part)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "floor": self.floor}


class Quantile(keras.losses.Loss):
    """The pinball loss (Koenker & Bassett 1978)."""

    def __init__(self, q: float = 0.5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.q = q

    def call(self, y_true: Any, y_pred: Any) -> Any:
        above = y_true - y_pred
        worse = keras.ops.maximum(self.q * above, (self.q - 1.0) * above)
        return keras.ops.mean(worse, axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "q": self.q}
