"""Ctrl-C and SIGTERM while a model trains: heard between two steps, so that all is saved."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from specc.train.failure import Left


class Signals:
    """Whether somebody has asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    def heard(self, number: int, frame: FrameType | None) -> None:
        """The handler: once asks, twice leaves at once, by `Left`."""
        if self.asked:
            raise Left
        self.asked = True
        name = "SIGTERM" if number == signal.SIGTERM else "Ctrl-C"
        print(f"{name}: stopping; once more leaves at once", file=sys.stderr)  # noqa: T201


@contextmanager
def listening() -> Generator[Signals]:
    """Hears both signals until the block ends; elsewhere than in the main thread, neither."""
    found = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    before: dict[int, Any] = {
        n: signal.signal(n, found.heard) for n in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
