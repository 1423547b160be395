"""Room for what stands deep: 100 blocks in one another are walked by recursion."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

FRAMES = 20_000
"""A hundred levels of what is walked, each a dozen calls, many times over."""


@contextmanager
def deep() -> Generator[None]:
    """Raises the interpreter's limit on calls; they take heap, not stack, where all is Python."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
