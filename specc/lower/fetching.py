"""Whether Keras may fetch weights over the network: only where the command line says `--fetch`."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_ALLOWED: ContextVar[bool] = ContextVar("fetching", default=False)


@contextmanager
def fetching(allowed: bool = True) -> Generator[None]:
    """Allows it inside."""
    token = _ALLOWED.set(allowed)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


def may_fetch() -> bool:
    """Whether it is allowed here."""
    return _ALLOWED.get()
