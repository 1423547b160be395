"""The names of layers: stable under reordering, readable, and never two alike.

A name is the way to the layer: `digit.dense`, `digit.dense_2`, `tower.residual_2.branch.conv2d`.
Names of the language hold no dot, so that no two ways give one name.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=1024)
def snake(cls: str) -> str:
    """`MultiHeadAttention` -> `multi_head_attention`; `ops.reshape` -> `reshape`."""
    name = cls.rpartition(".")[2].replace("ReLU", "Relu")
    return _WORDS.sub("_", name).lower()


class Numbering:
    """Gives `name`, `name_2`, `name_3` …, counted for each name by itself."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def __call__(self, name: str) -> str:
        """The name, numbered from the second time on."""
        self._taken[name] += 1
        count = self._taken[name]
        return name if count == 1 else f"{name}_{count}"
