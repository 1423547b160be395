"""One function for every array of a nested structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc.lower.instances import keras


def each(function: Callable[[Any], Any], nested: Any) -> Any:
    """The structure with what `function` makes of each leaf; `None` stays."""
    tree: Any = keras().tree
    return tree.map_structure(lambda v: None if v is None else function(v), nested)  # pyright: ignore[reportUnknownLambdaType]
