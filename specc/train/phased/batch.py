"""A batch by names, as the fitted model reads it, and the noise that is drawn for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specc.document.spec import Sample
from specc.lower.instances import keras
from specc.train.plan import Plan


@dataclass(frozen=True)
class Batch:
    """Inputs, targets and weights by name, each (batch, …), and how many examples there are."""

    x: Mapping[str, Any]
    y: Mapping[str, Any]
    weights: Mapping[str, Any]
    size: Any


def read(plan: Plan, data: Any, *, training: bool) -> Batch:
    """What Keras hands over, by names: `(x, y, sample_weight)`, each bare or by name already."""
    k: Any = keras()
    x, y, weights = k.utils.unpack_x_y_sample_weight(data)
    fed = plan.fed if training else plan.taken
    inputs = _named(x, fed)
    targets, weighed = _named(y, plan.given), _named(weights, plan.given)
    return Batch(inputs, targets, weighed, k.ops.shape(next(iter(inputs.values())))[0])


def _named(given: Any, names: tuple[str, ...]) -> Mapping[str, Any]:
    if given is None:
        return {}
    return given if isinstance(given, dict) else dict.fromkeys(names, given)  # pyright: ignore[reportUnknownVariableType]


def completed(plan: Plan, batch: Batch, generator: Any) -> dict[str, Any]:
    """Every input of the model, the sampled ones drawn anew: by name, (batch, …)."""
    made = dict(batch.x)
    for name, taken in plan.inputs.items():
        if taken.sample is not None:
            shape = (batch.size, *(d or 1 for d in taken.shape))
            made[name] = _drawn(taken.sample, shape, taken.dtype, generator)
    return {n: made[n] for n in plan.taken}


def _drawn(sample: Sample, shape: tuple[Any, ...], dtype: str, generator: Any) -> Any:
    k: Any = keras()
    if sample.uniform is not None:
        low, high = sample.uniform.low, sample.uniform.high
        made = k.random.uniform(shape, low, high, seed=generator)
    elif sample.integers is not None:
        low, high = sample.integers.low, sample.integers.high
        made = k.random.randint(shape, low, high, seed=generator)
    else:
        normal = sample.normal
        assert normal is not None  # one of the three, by the structure
        made = k.random.normal(shape, normal.mean, normal.stddev, seed=generator)
    return k.ops.cast(made, dtype)
