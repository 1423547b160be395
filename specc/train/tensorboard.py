"""Keras's `TensorBoard` with what it leaves out: the model's graph and the hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from specc.lower.instances import keras
from specc.train.values import flat, shown


def tensorboard(arguments: Mapping[str, Any], model: Any, hyper: Mapping[str, Any]) -> Any:
    """The callback. `model` is drawn; `hyper` are nested values, to compare runs by.

    Histograms of the weights are written each epoch unless the spec says otherwise; NumPy counts
    them, since Keras's hundred calls of TensorFlow for each weight take longer than an epoch of a
    small model. Keras would write the graph at the first batch, from a function that it may not
    have; here it is the model's own, traced once before training.
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

        def _log_weights(self, epoch: int) -> None:
            if self.write_images:
                base._log_weights(self, epoch)
                return
            with self._train_writer.as_default():
                _histograms([w for layer in self.model.layers for w in layer.weights], epoch)
                self._train_writer.flush()

    return TensorBoard(**{"histogram_freq": 1, **arguments})


def _histograms(weights: Sequence[Any], epoch: int) -> None:
    """Writes how the weights' values are spread, under the names that Keras gives them."""
    import tensorflow
    from tensorboard.plugins.histogram import summary_v2

    made: Any = vars(summary_v2)["histogram_pb"]
    numbers: Any = keras().ops.convert_to_numpy
    found = [made(f"{w.path}/histogram".replace(":", "_"), numbers(w)) for w in weights]
    if found:
        for other in found[1:]:
            found[0].MergeFrom(other)
        tf: Any = tensorflow
        tf.summary.experimental.write_raw_pb(found[0].SerializeToString(), step=epoch)


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
