"""Examples in memory, as the steps of an epoch take them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from math import ceil
from typing import TYPE_CHECKING, Any

from specc.data.order import order
from specc.lower.instances import keras
from specc.train.loop.each import each

if TYPE_CHECKING:
    from specc.data.order import Indices


@dataclass(frozen=True)
class Examples:
    """What `train_step` or `test_step` unpacks, whole: every array is (examples, …)."""

    data: Any
    """`(x,)`, `(x, y)` or `(x, y, sample_weight)`, each bare or by name."""
    count: int
    batch: int
    steps: int
    """How many batches make an epoch; the last one may be smaller."""
    seed: int | None
    """By which they are shuffled; `None` leaves them as they are."""

    def places(self, epoch: int) -> Indices:
        """The places of the examples in the order in which an epoch takes them: (examples,)."""
        import numpy as np

        if self.seed is None:
            return np.arange(self.count)
        return order(self.count, self.seed, epoch)[: self.steps * self.batch]

    @property
    def first(self) -> Any:
        """The first batch, for what looks at shapes and types only."""
        return texts_known(each(lambda a: a[: self.batch], self.data))


def texts_known(arrays: Any) -> Any:
    """Arrays whose texts are TensorFlow's: the type of NumPy's has a length, and Keras no name."""

    def known(values: Any) -> Any:
        if values.dtype.kind not in "USO":
            return values
        tf: Any = import_module("tensorflow")
        return tf.constant(values.astype(str))

    return each(known, arrays)


def examples(
    x: Any,
    y: Any,
    weights: Any,
    *,
    count: int,
    batch: int,
    steps: int | None = None,
    seed: int | None = None,
) -> Examples:
    """Arrays, (examples, …), bare or by name, as `fit` takes them: numbers become Keras's float."""
    k: Any = keras()
    floatx: str = k.config.floatx()

    def standard(values: Any) -> Any:
        return values.astype(floatx) if values.dtype.kind == "f" else values

    packed: Any = k.utils.pack_x_y_sample_weight(x, y, weights)
    data = each(standard, packed if isinstance(packed, tuple) else (packed,))
    return Examples(data, count, batch, steps or ceil(count / batch), seed)
