"""A GAN as one writes it in Keras: the models and data of `specs/gan.yaml`."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from .loop import Measured

CODE = 32


def generator() -> Any:
    """(batch, 32) -> (batch, 8, 8, 1)."""
    noise = keras.Input((CODE,))
    x = layers.Dense(1024, use_bias=False)(noise)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Reshape((4, 4, 64))(x)
    x = layers.Conv2DTranspose(32, 4, strides=2, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(noise, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


def critic() -> Any:
    """(batch, 8, 8, 1) -> (batch, 1)."""
    pixels = x = keras.Input((8, 8, 1))
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = layers.Dropout(0.3)(layers.LeakyReLU(negative_slope=0.2)(x))
    return keras.Model(pixels, layers.Dense(1)(layers.Flatten()(x)))


class GAN(Measured):
    """Two models, two optimizers, one step of each a batch."""

    def __init__(self) -> None:
        super().__init__("genuine", "caught", "fooled")
        self.generator, self.critic = generator(), critic()
        self.cross = keras.losses.BinaryCrossentropy(from_logits=True)

    def compile(self, critic: Any, generator: Any) -> None:
        """One optimizer for each model."""
        super().compile()
        self.optimizers = {"critic": critic, "generator": generator}

    def noise(self, pixels: Any) -> Any:
        """(batch, 32)"""
        return keras.random.normal((tf.shape(pixels)[0], CODE), seed=self.draw)

    def judged(self, real: Any, training: bool) -> tuple[Any, Any]:
        """The critic's two losses."""
        forged = self.generator(self.noise(real), training=training)
        score, forged_score = (self.critic(p, training=training) for p in (real, forged))
        about = keras.random.uniform(tf.shape(score), 0.8, 1.0, seed=self.draw)
        return self.cross(about, score), self.cross(tf.zeros_like(score), forged_score)

    def fooled(self, real: Any, training: bool) -> Any:
        """The generator's loss."""
        forged = self.generator(self.noise(real), training=training)
        score = self.critic(forged, training=training)
        return self.cross(tf.ones_like(score), score)

    def train_step(self, data: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            genuine, caught = self.judged(data, True)
            loss = genuine + caught
        self.applied("critic", tape, loss)
        with tf.GradientTape() as tape:
            fooled = self.fooled(data, True)
        self.applied("generator", tape, fooled)
        return self.noted(genuine, caught, fooled)

    def applied(self, name: str, tape: Any, loss: Any) -> None:
        """One update of a model."""
        weights = getattr(self, name).trainable_variables
        gradients = tape.gradient(loss, weights)
        self.optimizers[name].apply_gradients(zip(gradients, weights, strict=True))

    def measured(self, pixels: Any) -> tuple[Any, ...]:
        return (*self.judged(pixels, False), self.fooled(pixels, False))


def train(epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """When each epoch ended, in seconds, and the last losses on the validation part."""
    keras.utils.set_random_seed(seed)
    model = GAN()
    made = {n: keras.optimizers.Adam(0.001, beta_1=0.5) for n in ("critic", "generator")}
    for name, optimizer in made.items():
        optimizer.build(getattr(model, name).trainable_variables)
    model.compile(**made)
    return model.trained(epochs, 64)
