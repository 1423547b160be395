"""Stepping: a recurrent model as a function of one step of time and its states.

A functional model over (batch, time, …) is called with `time` 1, and each recurrent layer's cell
with the states that it gave before. It is exact where every other layer treats each step by
itself; a model with one that does not is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from specc.lower.instances import keras
from specc.train.generate.walk import chosen, compiled, walked

_BY_STEP = {
    "Activation", "BatchNormalization", "Dense", "Dropout", "ELU", "Embedding", "GaussianDropout",
    "GaussianNoise", "Identity", "LayerNormalization", "LeakyReLU", "Masking", "PReLU", "ReLU",
    "Rescaling", "RMSNormalization", "Softmax", "SpatialDropout1D", "TimeDistributed",
}  # fmt: skip
"""Layers that make of each step what they would make of it alone."""


class Step:
    """One step: `(input, states) -> (output, states)`; the input is (1, 1, …), the output (…)."""

    def __init__(self, model: Any, recurrent: Sequence[Any], output: str) -> None:
        self._model = model
        self._output = output
        self._recurrent = recurrent
        self._compiled = compiled(self._run)

    def begin(self) -> list[Any]:
        """The states before the first step: zeros, as Keras begins."""
        k = keras()
        return [
            k.ops.zeros((1, *_listed(size)), dtype=layer.compute_dtype)
            for layer in self._recurrent
            for size in _listed(layer.cell.state_size)
        ]

    def __call__(self, values: Any, states: Sequence[Any]) -> tuple[Any, list[Any]]:
        k = keras()
        made, after = self._compiled(k.ops.convert_to_tensor(values), list(states))
        return k.ops.convert_to_numpy(made)[0], list(after)

    def _run(self, values: Any, states: Sequence[Any]) -> tuple[Any, list[Any]]:
        """Walks the model's graph; a recurrent layer's cell stands in its place."""
        k = keras()
        before = list(states)
        after: dict[int, list[Any]] = {}
        counts = [len(_listed(layer.cell.state_size)) for layer in self._recurrent]
        starts = [sum(counts[:i]) for i in range(len(counts))]
        places = {id(layer): i for i, layer in enumerate(self._recurrent)}

        def called(operation: Any) -> Any:
            place = places.get(id(operation))
            if place is None:
                return operation

            def step(sequence: Any, *_args: Any, **_kwargs: Any) -> Any:
                own = before[starts[place] : starts[place] + counts[place]]
                nested = k.tree.pack_sequence_as(operation.cell.state_size, own)
                given: list[Any] = nested if isinstance(nested, list) else [nested]  # pyright: ignore[reportUnknownVariableType]
                output, new = operation.cell(k.ops.squeeze(sequence, axis=1), given)
                after[place] = k.tree.flatten(new)
                return k.ops.expand_dims(output, axis=1) if operation.return_sequences else output

            return step

        made = walked(self._model, [values], called)
        return chosen(made, self._output), [state for i in range(len(counts)) for state in after[i]]


def stepping(model: Any, output: str) -> Step | None:
    """The step function of a model with one input, for one of its outputs, or `None`.

    The model's layers are used as they are: no weight is copied.
    """
    k = keras()
    layers = [x for x in model.operations if not isinstance(x, k.layers.InputLayer)]
    recurrent = [x for x in layers if isinstance(x, k.layers.RNN)]
    for layer in recurrent:
        if layer.go_backwards or layer.return_state or len(layer._inbound_nodes) != 1:
            return None
    if any(type(x).__name__ not in _BY_STEP for x in layers if x not in recurrent):
        return None
    return Step(model, recurrent, output) if recurrent else None


def _listed(value: Any) -> list[Any]:
    return list(keras().tree.flatten(value))
