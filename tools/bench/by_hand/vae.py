"""A variational autoencoder as one writes it in Keras: the model and data of `specs/vae.yaml`."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from .loop import Measured

CODE, WEIGHT = 2, 0.25 / 64


def encoder() -> Any:
    """(batch, 8, 8, 1) -> mean and logarithm of the variance, each (batch, 2)."""
    pixels = keras.Input((8, 8, 1))
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(pixels)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    return keras.Model(pixels, [layers.Dense(CODE)(x), layers.Dense(CODE)(x)])


def decoder() -> Any:
    """(batch, 2) -> (batch, 8, 8, 1)."""
    code = keras.Input((CODE,))
    x = layers.Dense(64, activation="relu")(code)
    x = layers.Reshape((4, 4, 32))(layers.Dense(512, activation="relu")(x))
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    return keras.Model(code, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


class VAE(Measured):
    """Encoder, drawn code, decoder, and both losses."""

    def __init__(self) -> None:
        super().__init__("loss", "reconstruction", "kl")
        self.encoder, self.decoder = encoder(), decoder()

    def losses_of(self, pixels: Any, training: bool) -> tuple[Any, Any, Any]:
        """What is minimised, and its two parts."""
        mean, log_var = self.encoder(pixels, training=training)
        code = mean
        if training:
            noise = keras.random.normal(tf.shape(mean), seed=self.draw)
            code = mean + tf.exp(0.5 * log_var) * noise
        drawn = self.decoder(code, training=training)
        likeness = tf.reduce_mean(keras.losses.binary_crossentropy(pixels, drawn))
        each = 1 + log_var - tf.square(mean) - tf.exp(log_var)
        kl = -0.5 * tf.reduce_mean(tf.reduce_sum(each, axis=-1))
        return likeness + WEIGHT * kl, likeness, kl

    def train_step(self, data: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            found = self.losses_of(data, True)
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(found[0], weights), weights, strict=True))
        return self.noted(*found)

    def measured(self, pixels: Any) -> tuple[Any, ...]:
        return self.losses_of(pixels, False)


def train(epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """When each epoch ended, in seconds, and the last losses on the validation part."""
    keras.utils.set_random_seed(seed)
    model = VAE()
    model.compile(keras.optimizers.Adam(0.003))
    ends, losses = model.trained(epochs, 32)
    return ends, {n: losses[n] for n in ("reconstruction", "kl")}
