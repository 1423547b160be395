"""Noise: inputs that are drawn anew for every batch of training."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from specc.document.spec import Sample
from specc.lower.instances import keras
from specc.train.bare import bare

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def drawn(sample: Sample, shape: tuple[int, ...], dtype: str, generator: Any) -> Array:
    """Numbers of the shape (examples, …), drawn as an input's `sample` says."""
    if sample.uniform is not None:
        values = generator.uniform(sample.uniform.low, sample.uniform.high, shape)
    elif sample.integers is not None:
        values = generator.integers(sample.integers.low, sample.integers.high, shape)
    else:
        normal = sample.normal
        assert normal is not None  # one of the three, by the structure
        values = generator.normal(normal.mean, normal.stddev, shape)
    return values.astype(dtype)


def noisy_batches(
    x: Mapping[str, Array],
    y: Mapping[str, Array],
    weights: Array | None,
    samples: Mapping[str, Sample],
    *,
    batch_size: int,
    seed: int,
) -> Any:
    """A Keras dataset whose sampled inputs are drawn for each batch, in an order by the seed.

    All arrays are (examples, …). What `x` holds for the sampled inputs gives only their shape.
    """
    import numpy as np

    base: Any = keras().utils.PyDataset
    count = len(next(iter(x.values())))

    class Batches(base):
        """Batch by batch; shuffled after each epoch."""

        def __init__(self) -> None:
            base.__init__(self)
            self.generator = np.random.default_rng([seed, 1])
            self.order = self.generator.permutation(count)

        def __len__(self) -> int:
            return ceil(count / batch_size)

        def __getitem__(self, index: int) -> tuple[Any, ...]:
            chosen = self.order[index * batch_size : (index + 1) * batch_size]
            inputs = {n: v[chosen] for n, v in x.items()}
            for name, sample in samples.items():
                like = inputs[name]
                inputs[name] = drawn(sample, like.shape, str(like.dtype), self.generator)
            targets = bare({n: v[chosen] for n, v in y.items()})
            if weights is None:
                return bare(inputs), targets
            each = weights[chosen]
            return bare(inputs), targets, bare(dict.fromkeys(y, each))

        def on_epoch_end(self) -> None:
            self.order = self.generator.permutation(count)

    return Batches()
