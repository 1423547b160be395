"""Metrics of a spec as Keras objects, each under the name that it is logged by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.lower.instances import keras, realised
from specc.train.logged import metric_name
from specc.train.member import member


def made_metric(catalogue: Catalogue, written: Any) -> Any:
    """The metric as an object; raises a `Mismatch`. Keras would number what it names itself."""
    found = member(catalogue, "metric", written)
    name = metric_name(catalogue, written)
    if found.name in catalogue.families["metric"].classes:
        return realised(Instance("metric", found.name, {**found.arguments, "name": name}))
    k: Any = keras()
    return k.metrics.MeanMetricWrapper(_fitting(found.name), name=name)


def _fitting(name: str) -> Callable[[Any, Any], Any]:
    """`accuracy` and `crossentropy`: what fits the shapes, as Keras's `compile` chooses it."""
    k: Any = keras()
    kind = "accuracy" if name.lower() in ("accuracy", "acc") else "crossentropy"

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
