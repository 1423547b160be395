"""Keras and its backend, imported without what they print while they load."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from specc.lower.instances import keras


def load_keras() -> Any:
    """The `keras` module; raises `MissingExtra`. TensorFlow's notes go nowhere, its faults do not.

    TensorFlow writes to the file descriptor itself, before its log level is read; so that is where
    it is kept from the terminal.
    """
    if "keras" in sys.modules:
        return keras()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("absl").setLevel(logging.ERROR)
    with _silent():
        found = keras()
        found.ops.convert_to_tensor([0.0])  # the backend says the rest at its first tensor
    return found


@contextmanager
def _silent() -> Generator[None]:
    """Keeps what is written to descriptor 2; shows it only if the block fails."""
    sys.stderr.flush()
    try:
        before = os.dup(2)
    except OSError:  # no standard error at all
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(before, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(before, 2)
            os.close(before)
