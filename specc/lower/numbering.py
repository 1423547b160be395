"""Keras's automatic names: `dense`, `dense_1`, counted in each layer by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_COUNTS = "object_name_uids"


@contextmanager
def numbered_anew() -> Generator[None]:
    """Inside, Keras counts names from the beginning, and afterwards goes on where it was.

    It counts over everything that a process has made, so that the layer inside another, and the
    paths of its weights, would be called otherwise in each.
    """
    state: Any = import_module("keras.src.backend.common.global_state")
    before = state.get_global_attribute(_COUNTS)
    state.set_global_attribute(_COUNTS, defaultdict(int))
    try:
        yield
    finally:
        state.set_global_attribute(_COUNTS, before)
