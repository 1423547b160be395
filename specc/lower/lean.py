"""Keras without the packages that it only looks for: loaded in less than half the time.

Keras imports scikit-learn, matplotlib and pandas where they are installed, for its `wrappers`, its
galleries of pictures, and tables that `fit` is handed (which are arrays to it else); TensorFlow
imports JAX, for a converter. Nothing of ours uses any of that, and a process that is ours alone
need not wait for it. A library does not decide so for its user, and a plug-in may use it: then
Keras is loaded whole.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

_wanted = False
_plugged = False


def load_lean() -> None:
    """From now on, Keras is loaded so in this process, unless a plug-in is loaded before it."""
    global _wanted
    _wanted = True


def load_whole() -> None:
    """From now on, Keras is loaded whole in this process: there is code that is not ours."""
    global _plugged
    _plugged = True


def plugged() -> bool:
    """Whether this process has code that is not ours."""
    return _plugged


@contextmanager
def as_wanted(backend: str | None) -> Generator[None]:
    """While Keras is imported on this backend: what is looked for is not there, if it is so wanted.

    What was imported before stays. No other thread may import any of it meanwhile.
    """
    if not _wanted or _plugged or "keras" in sys.modules:
        yield
        return
    names = ["matplotlib", "pandas", "sklearn", *(["jax"] if backend == "tensorflow" else [])]
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # pyright: ignore[reportArgumentType]  # "there is none"
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
