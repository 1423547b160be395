"""A run's model, as it is asked for predictions: piece after piece, in batches of one size."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_dict
from specc.data.failure import BadData
from specc.train.bare import bare
from specc.train.loop.examples import texts_known
from specc.train.plan import Plan

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]

BYTES = 2**24
"""How many bytes of inputs make a batch, about, where nobody says its size."""


class Model:
    """What a model says of inputs. Noise goes on from one piece to the next."""

    def __init__(self, model: Any, plan: Plan, batch_size: int | None = None) -> None:
        self._model = model
        self._plan = plan
        self._size = batch_size
        self._noise = plan.noise()

    def __call__(self, inputs: Arrays, count: int) -> dict[str, Array]:
        """The outputs by name, (examples, …), for the inputs by name; raises `BadData`."""
        import numpy as np

        if not count:
            raise BadData("there are no examples to predict from")
        x = texts_known(self._plan.x(inputs, count, noise=self._noise))
        size = self._size or _fitting(x, count)
        said = [
            self._model.predict_on_batch(bare({n: v[i : i + size] for n, v in x.items()}))
            for i in range(0, count, size)
        ]
        named = [s if is_dict(s) else {self._plan.outputs[0]: s} for s in said]
        return {n: np.concatenate([s[n] for s in named]) for n in self._plan.outputs}


def _bytes(values: Array) -> int:
    """How many bytes an example has, about."""
    size = values.itemsize if hasattr(values, "itemsize") else 64  # a text
    return size * prod(values.shape[1:])


def _fitting(x: Arrays, count: int) -> int:
    """A batch size by what an example takes."""
    width = sum(_bytes(v) for v in x.values())
    return min(count, max(32, min(4096, BYTES // max(width, 1))))
