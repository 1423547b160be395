"""What Keras takes: several things by name, one thing by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def bare(named: Mapping[str, Any]) -> Any:
    """What Keras takes for several (by name), for one (itself), and for none."""
    if not named:
        return None
    return dict(named) if len(named) > 1 else next(iter(named.values()))
