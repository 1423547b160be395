"""Metrics of a spec as Keras objects, each under the name that it is logged by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.lower.instances import keras, realised
from specc.train.logged import metric_name
from specc.train.member import member
from specc.train.targets import Form

_CLASSES = {
    ("accuracy", "binary"): "BinaryAccuracy",
    ("accuracy", "labels"): "SparseCategoricalAccuracy",
    ("accuracy", "rows"): "CategoricalAccuracy",
    ("crossentropy", "binary"): "BinaryCrossentropy",
    ("crossentropy", "labels"): "SparseCategoricalCrossentropy",
    ("crossentropy", "rows"): "CategoricalCrossentropy",
}
"""What `accuracy` and `crossentropy` are, as Keras's `compile` chooses by the shapes."""


def made_metric(catalogue: Catalogue, written: Any, how: Form, last: int | None) -> Any:
    """The metric as an object; raises a `Mismatch`. Keras would number what it names itself.

    `how` is how the target lies beside the output, and `last` the output's last dimension. Where
    they say which `accuracy` is meant, the object is Keras's own, so that a saved model loads
    without specc.
    """
    found = member(catalogue, "metric", written)
    name = metric_name(catalogue, written)
    if found.name in catalogue.families["metric"].classes:
        return realised(Instance("metric", found.name, {**found.arguments, "name": name}))
    k: Any = keras()
    kind = "accuracy" if found.name.lower() in ("accuracy", "acc") else "crossentropy"
    if how == "other":
        return k.metrics.MeanMetricWrapper(_fitting(kind), name=name)
    shape = "labels" if how == "labels" else "binary" if last == 1 else "rows"
    return getattr(k.metrics, _CLASSES[kind, shape])(name=name)


def _fitting(kind: str) -> Callable[[Any, Any], Any]:
    """What fits the shapes, where they are known with the numbers only."""
    k: Any = keras()

    def called(y_true: Any, y_pred: Any) -> Any:
        classes = y_pred.shape[-1]
        if classes == 1:
            form = "binary"
        elif len(y_true.shape) < len(y_pred.shape) or y_true.shape[-1] == 1:
            form = "sparse_categorical"
        else:
            form = "categorical"
        return getattr(k.metrics, f"{form}_{kind}")(y_true, y_pred)

    return called
