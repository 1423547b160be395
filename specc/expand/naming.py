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
    """Gives `name`, `name_2`, `name_3` …, counted for each name by itself, and never one twice."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._given: set[str] = set()

    def __call__(self, name: str) -> str:
        """The name, numbered from the second time on."""
        while True:
            self._counts[name] += 1
            count = self._counts[name]
            found = name if count == 1 else f"{name}_{count}"
            if found not in self._given:
                self._given.add(found)
                return found
