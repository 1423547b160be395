"""Style transfer as one writes it in Keras: the model of `specs/style_transfer_small.yaml`.

Both rivals paint over one canvas, the one that specc draws: from two canvases of one kind the last
losses are up to a tenth apart, which says nothing of the two programs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .loop import Clock

SPECS = Path(__file__).parents[3] / "specs"
FEATURES = SPECS / "saved" / "photo_features.keras"
SIZE, MARGIN, REPEAT = (144, 216), 24, 5
SMALLER = {"fine": 1, "middle": 2, "coarse": 4, "broad": 8}
STYLE = {"fine": 80.0, "middle": 60.0, "coarse": 50.0, "broad": 1.0}
CONTENT, CONTENT_WEIGHT, COLOURS_WEIGHT, ROUGH_WEIGHT = "middle", 5.0, 500.0, 0.5


def photographs() -> tuple[Any, Any]:
    """The photograph and the painting, each (1, 144, 216, 3) from 0 to 1."""
    from PIL import Image, ImageOps
    from sklearn.datasets import load_sample_images

    height, width = SIZE
    made = [
        ImageOps.fit(Image.fromarray(p), (width, height), Image.Resampling.BILINEAR)
        for p in load_sample_images().images
    ]
    photo, painting = (np.asarray(p, "float32")[None] / 255 for p in made)
    return photo, painting


def blank(seed: int) -> Any:
    """The canvas that specc begins with, (144, 216, 3)."""
    import specc
    from specc.lower.keras import to_keras

    program = specc.compile(SPECS / "style_transfer_small.yaml", sets=[f"train.seed={seed}"])
    (canvas,) = to_keras(program).trainable_weights
    return np.asarray(canvas).reshape(*SIZE, 3)


def apart(one: Any, other: Any) -> Any:
    """How far two Gram matrices are from each other."""
    return tf.reduce_mean(tf.square(one - other)) / 4


def gram(features: Any) -> Any:
    """(1, height, width, channels) -> (1, channels, channels), by the number of places."""
    places = features.shape[1] * features.shape[2]
    flat = tf.reshape(features, (-1, places, features.shape[-1]))
    return tf.matmul(flat, flat, transpose_a=True) / places


class Painter(keras.Model):
    """A canvas that learns while a frozen network looks at it."""

    def __init__(self, canvas: Any) -> None:
        super().__init__()
        whole = keras.saving.load_model(FEATURES, compile=False)
        inner = {n: whole.get_layer(n).output for n in STYLE}
        within = {n: keras.layers.Cropping2D(MARGIN // SMALLER[n])(t) for n, t in inner.items()}
        self.features = keras.Model(whole.input, within)
        self.features.trainable = False
        self.canvas = self.add_weight(shape=canvas.shape, initializer="zeros", name="canvas")
        self.canvas.assign(canvas)
        self.means = {n: keras.metrics.Mean(name=n) for n in ("content", "colours", "style")}

    def seen(self, picture: Any) -> dict[str, Any]:
        """What the network says of a picture, (1, 144, 216, 3), which is mirrored at its edges."""
        around = [[0, 0], [MARGIN, MARGIN], [MARGIN, MARGIN], [0, 0]]
        return self.features(tf.pad(picture, around, "SYMMETRIC"), training=False)

    def train_step(self, data: Any) -> dict[str, Any]:
        photo, painting = data
        for _ in range(REPEAT):
            wanted = self.seen(photo)
            style = self.seen(painting)
            with tf.GradientTape() as tape:
                seen = self.seen(self.canvas[None])
                content = tf.reduce_mean(tf.square(wanted[CONTENT] - seen[CONTENT]))
                grams = {n: apart(gram(style[n]), gram(seen[n])) for n in STYLE}
                colours = apart(gram(painting), gram(self.canvas[None]))
                down = tf.reduce_mean(tf.abs(self.canvas[1:] - self.canvas[:-1]))
                across = tf.reduce_mean(tf.abs(self.canvas[:, 1:] - self.canvas[:, :-1]))
                loss = CONTENT_WEIGHT * content + ROUGH_WEIGHT * (down + across)
                loss += COLOURS_WEIGHT * colours
                loss += tf.add_n([w * grams[n] for n, w in STYLE.items()])
            gradient = tape.gradient(loss, self.canvas.value)
            self.optimizer.apply_gradients([(gradient, self.canvas)])
            self.means["content"].update_state(content)
            self.means["colours"].update_state(colours)
            self.means["style"].update_state(tf.add_n(list(grams.values())))
        return {n: m.result() for n, m in self.means.items()}

    @property
    def metrics(self) -> list[Any]:
        return list(self.means.values())


def train(epochs: int, seed: int) -> tuple[list[float], dict[str, float]]:
    """When each epoch ended, in seconds, and the last epoch's losses."""
    photo, painting = photographs()
    model, clock = Painter(blank(seed)), Clock()
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.03, 300)))
    found = model.fit(photo, painting, batch_size=1, epochs=epochs, callbacks=[clock], verbose=0)
    return clock.ends, {n: found.history[n][-1] for n in model.means}
