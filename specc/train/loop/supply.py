"""What Keras's `fit` reads: batches of one epoch after another, in the order of the seed."""

from __future__ import annotations

from typing import Any, Protocol

from specc.lower.instances import keras
from specc.train.loop.each import each
from specc.train.loop.examples import Examples
from specc.train.loop.share import share
from specc.train.loop.streamed import Streamed, StreamSupply


class Supply(Protocol):
    """Batches of the epoch that was begun last."""

    data: Any
    """What `fit` takes as `x`."""

    def begin(self, epoch: int) -> None:
        """What is read from now on is of this epoch."""
        ...


def supply(given: Examples | Streamed) -> Supply:
    """The examples as the backend reads them fastest."""
    if isinstance(given, Streamed):
        return StreamSupply(given)
    backend: str = keras().backend.backend()
    return _Gathered(given) if backend == "tensorflow" else _Sliced(given)


class _Gathered:
    """A `tf.data.Dataset` that gathers batches from tensors, as Keras's does for arrays.

    The order is a variable that the pipeline reads when an epoch begins. A batch's size is not
    known while it is traced, in this loop as in the other: TensorFlow folds a known one into
    constants, and then rounds otherwise.
    """

    def __init__(self, given: Examples) -> None:
        import tensorflow

        tf: Any = tensorflow
        self._given = given
        with tf.device("cpu:0"):
            self._order = tf.Variable(given.places(0), dtype=tf.int64, trainable=False)
            tensors = each(tf.convert_to_tensor, given.data)
        size = given.batch

        @tf.autograph.experimental.do_not_convert
        def batch(step: Any, data: Any) -> Any:
            places = self._order[step * size : (step + 1) * size]
            return each(lambda a: tf.gather(a, places), data)

        options = tf.data.Options()
        options.experimental_optimization.apply_default_optimizations = False
        made = tf.data.Dataset.range(given.steps)
        made = tf.data.Dataset.zip((made, tf.data.Dataset.from_tensors(tensors).repeat()))
        made = made.map(batch, num_parallel_calls=tf.data.AUTOTUNE).with_options(options)
        self.data = made.prefetch(tf.data.AUTOTUNE)

    def begin(self, epoch: int) -> None:
        self._order.assign(self._given.places(epoch))


class _Sliced:
    """A Keras dataset that slices arrays."""

    def __init__(self, given: Examples) -> None:
        self._given = given
        self.order = given.places(0)
        self._share = share()
        self.data = self._dataset()

    def begin(self, epoch: int) -> None:
        self.order = self._given.places(epoch)

    def _dataset(self) -> Any:
        base: Any = keras().utils.PyDataset
        given = self._given
        supply = self

        class Batches(base):
            """Batch by batch of the order that is set."""

            def __len__(self) -> int:
                return given.steps

            def __getitem__(self, index: int) -> Any:
                places = supply.order[index * given.batch : (index + 1) * given.batch]
                mine = places[supply._share.of(len(places))]
                return each(lambda a: a[mine], given.data)

        return Batches()
