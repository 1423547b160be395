"""Keras's `TensorBoard` with what it leaves out: the model's graph and the hyperparameters."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from specc.lower.instances import keras
from specc.train.values import flat, shown

_SHARE = 0.05
"""How much of the time of training may go to histograms that the spec does not ask for."""


def tensorboard(arguments: Mapping[str, Any], model: Any, hyper: Mapping[str, Any]) -> Any:
    """The callback. `model` is drawn; `hyper` are nested values, to compare runs by.

    Histograms of the weights are written as often as the spec says: where it says nothing, at the
    first epoch, at the last, and between them as long as they take a twentieth of the time. NumPy
    counts them, and what an epoch logs is written in one go: Keras's calls of TensorFlow for each
    number and each weight take longer than an epoch of a small model. Keras would write the graph
    at the first batch, from a function that it may not have; here it is the model's own, traced
    once before training.
    """
    base: Any = keras().callbacks.TensorBoard

    class TensorBoard(base):
        """Keras's own; the batch hooks are left as they are."""

        def set_model(self, fitted: Any) -> None:
            base.set_model(self, fitted)
            self._should_write_train_graph = False
            if self.write_graph and keras().backend.backend() == "tensorflow":
                with self._train_writer.as_default():
                    self.summary.graph(_graph(model))
            _write(self.summary.create_file_writer(self.log_dir), hyper)
            self._began: float | None = None
            self._spent = 0.0

        def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
            steps = getattr(self.model.optimizer, "iterations", None)
            if logs and steps is not None:
                told = {f"evaluation_{n}_vs_iterations": v for n, v in logs.items()}
                _scalars(self._val_writer, told, int(keras().ops.convert_to_numpy(steps)))
            self._pop_writer()

        def _log_epoch_metrics(self, epoch: int, logs: Mapping[str, Any] | None) -> None:
            if not logs:
                return
            seen = {f"epoch_{n[4:]}": v for n, v in logs.items() if n.startswith("val_")}
            learned = {n: v for n, v in logs.items() if not n.startswith("val_")}
            learned = self._collect_learning_rate(learned)
            if self.write_steps_per_second:
                learned["steps_per_second"] = self._compute_steps_per_second()
            _scalars(self._train_writer, {f"epoch_{n}": v for n, v in learned.items()}, epoch)
            if seen:
                _scalars(self._val_writer, seen, epoch)

        def _log_weights(self, epoch: int) -> None:
            now = time.monotonic()
            wanted = "histogram_freq" in arguments or epoch + 1 == self.params.get("epochs")
            if self._began is None:
                self._began = now  # not before: the first epoch is traced
            elif not wanted and self._spent > _SHARE * (now - self._began):
                return
            if self.write_images:
                base._log_weights(self, epoch)
            else:
                weights = [w for layer in self.model.layers for w in layer.weights]
                _histograms(self._train_writer, weights, epoch)
            self._spent += time.monotonic() - now

    return TensorBoard(**{"histogram_freq": 1, **arguments})


def _scalars(writer: Any, told: Mapping[str, Any], step: int) -> None:
    """Writes numbers by their tags."""
    from tensorboard.plugins.scalar import summary_v2

    made: Any = vars(summary_v2)["scalar_pb"]
    _together(writer, [made(tag, float(value)) for tag, value in told.items()], step)


def _histograms(writer: Any, weights: Sequence[Any], step: int) -> None:
    """Writes how the weights' values are spread, under the names that Keras gives them."""
    from tensorboard.plugins.histogram import summary_v2

    made: Any = vars(summary_v2)["histogram_pb"]
    numbers: Any = keras().ops.convert_to_numpy
    found = [made(f"{w.path}/histogram".replace(":", "_"), numbers(w)) for w in weights]
    _together(writer, found, step)
    writer.flush()


def _together(writer: Any, summaries: Sequence[Any], step: int) -> None:
    """Writes summaries of one step as one."""
    import tensorflow

    if not summaries:
        return
    for other in summaries[1:]:
        summaries[0].MergeFrom(other)
    tf: Any = tensorflow
    with writer.as_default():
        tf.summary.experimental.write_raw_pb(summaries[0].SerializeToString(), step=step)


def _graph(model: Any) -> Any:
    """The graph of a call of the model, as at prediction."""
    import tensorflow

    tf: Any = tensorflow

    def taken(tensor: Any) -> Any:
        return tf.TensorSpec(tensor.shape, tensor.dtype)

    def called(inputs: Any) -> Any:
        return model(inputs, training=False)

    given = tf.nest.map_structure(taken, model.input)
    return tf.function(called).get_concrete_function(given).graph


def _write(writer: Any, hyper: Mapping[str, Any]) -> None:
    from tensorboard.plugins.hparams import api

    found = {
        name: value if isinstance(value, bool | int | float) else shown(value)
        for name, value in flat(hyper)
    }
    write: Any = vars(api)["hparams"]
    with writer.as_default():
        write(found)
    writer.close()
