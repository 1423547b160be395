"""A variational autoencoder as one writes it in Keras: the model and data of `specs/vae.yaml`."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import layers

from .loop import Clock, digits

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


class VAE(keras.Model):
    """Encoder, drawn code, decoder, and both losses."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder(), decoder()
        self.draw = keras.random.SeedGenerator(0)
        names = ("loss", "reconstruction", "kl")
        self.means = {n: keras.metrics.Mean(name=n) for n in names}

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
        return self.noted(found)

    def test_step(self, data: Any) -> dict[str, Any]:
        return self.noted(self.losses_of(data, False))

    def noted(self, found: tuple[Any, ...]) -> dict[str, Any]:
        """The means so far."""
        for mean, value in zip(self.means.values(), found, strict=True):
            mean.update_state(value)
        return {n: m.result() for n, m in self.means.items()}

    @property
    def metrics(self) -> list[Any]:
        return list(self.means.values())


def train(epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """When each epoch ended, in seconds, and the last losses on the validation part."""
    keras.utils.set_random_seed(seed)
    pictures, held = digits(0.15)
    model, clock = VAE(), Clock()
    model.compile(keras.optimizers.Adam(0.003))
    found = model.fit(
        pictures,
        validation_data=(held,),
        batch_size=32,
        epochs=epochs,
        callbacks=[clock],
        verbose=0,
    )
    return clock.ends, {n: found.history[f"val_{n}"][-1] for n in ("reconstruction", "kl")}
