"""Reads ahead: what is asked for next is made while the last is used."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from queue import Empty, Full, Queue
from typing import Any, TypeVar

T = TypeVar("T")

DEPTH = 8
"""How many are made ahead."""


def ahead(made: Iterator[T]) -> Generator[T]:
    """The same in the same order, from a thread. What it raises is raised here."""
    queue: Queue[tuple[str, Any]] = Queue(DEPTH)
    stopped = threading.Event()

    def put(item: tuple[str, Any]) -> bool:
        while not stopped.is_set():
            try:
                queue.put(item, timeout=0.1)
            except Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in made:
                if not put(("item", item)):
                    return
        except BaseException as error:
            put(("error", error))
        else:
            put(("end", None))

    thread = threading.Thread(target=work, name="specc reads ahead", daemon=True)
    thread.start()
    try:
        while True:
            try:
                kind, item = queue.get(timeout=1.0)
            except Empty:
                continue
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
    finally:
        stopped.set()
        thread.join(timeout=5.0)
