"""Keras and its backend, imported without what they print while they load."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from specc.lower.instances import keras
from specc.lower.missing import MissingExtra
from specc.train.failure import WrongBackend


def load_keras(
    backend: str | None = None,
    *,
    prefer: str | None = None,
    before: Callable[[Any], None] | None = None,
) -> Any:
    """The `keras` module; raises `MissingExtra`. TensorFlow's notes go nowhere, its faults do not.

    It runs on `backend`, or `WrongBackend` is raised, where Keras runs on another in this process
    already. One that is only preferred is taken where Keras is not loaded and it is installed.
    `before` is called with Keras before it makes its first tensor, if it has made none.

    TensorFlow writes to the file descriptor itself, before its log level is read; so that is where
    it is kept from the terminal.
    """
    if backend is not None and not _installed(backend):
        raise MissingExtra(backend, backend)
    if "keras" in sys.modules:
        found = keras()
        running = found.backend.backend()
        if backend is not None and running != backend:
            raise WrongBackend(
                f"the spec trains on {backend}, and Keras runs on {running} in this process: "
                f"set KERAS_BACKEND={backend} before Keras is imported, or "
                f"`train: {{backend: {running}}}`"
            )
        if before is not None:
            before(found)
        return found
    chosen = backend or (prefer if prefer and _installed(prefer) else None)
    if chosen is not None:
        os.environ["KERAS_BACKEND"] = chosen
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("absl").setLevel(logging.ERROR)
    with silent():
        found = keras()
    if before is not None:
        before(found)
    with silent():
        found.ops.convert_to_tensor([0.0])  # the backend says the rest at its first tensor
    return found


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False


@contextmanager
def silent(descriptor: int = 2) -> Generator[None]:
    """Keeps what is written to a descriptor; shows it on standard error, if the block fails."""
    sys.stderr.flush()
    sys.stdout.flush()
    try:
        before = os.dup(descriptor)
    except OSError:  # it is closed
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), descriptor)
        try:
            yield
        except BaseException:
            os.dup2(before, descriptor)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(before, descriptor)
            os.close(before)
