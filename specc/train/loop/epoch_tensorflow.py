"""Epochs on TensorFlow: a `tf.function` that loops over the batches and calls the model's step."""

from __future__ import annotations

from typing import Any

from specc.lower.instances import keras
from specc.train.loop.each import each
from specc.train.loop.examples import Examples


class CompiledByTensorFlow:
    """The steps of a model as graphs.

    A batch's size is not known while they are traced, as in `fit`: TensorFlow folds a known one
    into constants, and then rounds otherwise. One iteration runs after the other, since each
    changes what the next one reads.
    """

    def __init__(self, fitted: Any, train: Examples, validation: Examples | None) -> None:
        self._train = _looped(fitted, fitted.train_step, train)
        self._test = None if validation is None else _looped(fitted, fitted.test_step, validation)
        self._validation = validation

    def train(self, places: Any, first: int, last: int) -> dict[str, Any]:
        return self._train(places, first, last)

    def test(self) -> dict[str, Any]:
        assert self._validation is not None and self._test is not None  # as the loop sees to
        return self._test(self._validation.places(0), 0, self._validation.steps)


def _looped(fitted: Any, one: Any, given: Examples) -> Any:
    """A function of `(places, first, last)` that takes these steps and gives the last one's logs.

    It puts the metrics to where they begin, if it takes the first step: to assign each of them by
    itself, from Python, takes as long as a step.

    `places` are those of an epoch's examples in their order, (examples,).
    """
    import tensorflow

    tf: Any = tensorflow
    tree: Any = keras().tree
    size = given.batch
    with tf.device("cpu:0"):
        data = each(tf.convert_to_tensor, given.data)
    step = tf.function(one, jit_compile=fitted.jit_compile, autograph=False)
    unsized = each(lambda a: tf.TensorSpec((None, *a.shape[1:]), a.dtype), data)
    traced = step.get_concrete_function(unsized)
    logged = traced.structured_outputs
    index = tf.TensorSpec((), tf.int64)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.int64), index, index], autograph=False)
    def steps(places: Any, first: Any, last: Any) -> Any:
        def body(i: Any, *_: Any) -> Any:
            chosen = places[i * size : (i + 1) * size]
            logs = step(each(lambda a: tf.gather(a, chosen), data))
            return [i + 1, *(tf.convert_to_tensor(v) for v in tree.flatten(logs))]

        def before(i: Any, *_: Any) -> Any:
            return i < last

        def begun() -> int:
            fitted.reset_metrics()
            return 0

        tf.cond(tf.equal(first, 0), begun, lambda: 0)
        empty = [tf.zeros(v.shape, v.dtype) for v in tree.flatten(logged)]
        _, *logs = tf.while_loop(before, body, [first, *empty], parallel_iterations=1)
        return tree.pack_sequence_as(logged, logs)

    def called(places: Any, first: int, last: int) -> dict[str, Any]:
        made = steps(
            tf.constant(places, tf.int64), tf.constant(first, tf.int64), tf.constant(last, tf.int64)
        )
        return {n: v.numpy() for n, v in made.items()}

    return called
