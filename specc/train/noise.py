"""Noise for an evaluation: drawn once, always the same. Training draws its own on each batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.document.spec import Sample

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def drawn(sample: Sample, shape: tuple[int, ...], dtype: str, generator: Any) -> Array:
    """Numbers of the shape (examples, …), drawn as an input's `sample` says."""
    if sample.uniform is not None:
        values = generator.uniform(sample.uniform.low, sample.uniform.high, shape)
    elif sample.integers is not None:
        values = generator.integers(sample.integers.low, sample.integers.high, shape)
    else:
        normal = sample.normal
        assert normal is not None  # one of the three, by the structure
        values = generator.normal(normal.mean, normal.stddev, shape)
    return values.astype(dtype)
