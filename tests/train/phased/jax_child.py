"""Trains three phases on JAX from the first weights of TensorFlow; the test reads what comes out."""

from __future__ import annotations

import sys

import numpy as np

from specc.plugin.known import known
from specc.train.trainee import build

from .specs import compiled, examples, gan, three


def main(given: str, made: str) -> None:
    """`given` holds the first weights; `made` gets the last ones and the history."""
    import jax
    import keras

    assert keras.backend.backend() == "jax"
    catalogue = known(()).catalogue
    fitted = build(three(), catalogue, 4).fitted
    with np.load(given) as held:
        fitted.set_weights([held[str(i)] for i in range(len(fitted.weights))])
    x, y = examples()
    history = fitted.fit(
        x, y, validation_data=(x, y), batch_size=8, epochs=3, shuffle=False, verbose=0
    ).history
    found = {str(i): w for i, w in enumerate(fitted.get_weights())}
    found |= {f"history/{n}": np.array(v) for n, v in history.items()}
    np.savez(made, **found)

    # The step is pure: two states at once, by vmap, are each what one alone would be.
    fitted = build(compiled(gan()), catalogue, 4).fitted
    real = np.random.default_rng(0).random((8, 64)).astype("float32")
    state = (
        [v.value for v in fitted.trainable_variables],
        [v.value for v in fitted.non_trainable_variables],
        [v.value for v in fitted.optimizer.variables],
        [v.value for v in fitted.metrics_variables],
    )
    _, alone = jax.jit(fitted.train_step)(state, (real,))
    both = jax.tree.map(lambda v: jax.numpy.stack([v, v]), state)
    _, together = jax.jit(jax.vmap(fitted.train_step, in_axes=(0, None)))(both, (real,))
    for a, b in zip(jax.tree.leaves(alone), jax.tree.leaves(together), strict=True):
        np.testing.assert_allclose(b[0], a, atol=1e-5)
        np.testing.assert_allclose(b[1], a, atol=1e-5)


if __name__ == "__main__":
    main(*sys.argv[1:])
