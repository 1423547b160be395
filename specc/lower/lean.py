"""Keras and Optuna without the packages that they only look for: loaded in half the time.

Keras imports scikit-learn, matplotlib and pandas where they are installed, for its `wrappers`, its
galleries of pictures, and tables that `fit` is handed (which are arrays to it else); TensorFlow
imports JAX, for a converter; Optuna's plots and importances import them for those that we do not
ask for. A process that is ours alone need not wait for it. A library does not decide so for its
user, and a plug-in may want it: then they are loaded whole.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

_LOOKED_FOR = ("matplotlib", "pandas", "sklearn")

_wanted = False
_plugged = False


def load_lean() -> None:
    """From now on they are loaded so in this process, unless a plug-in is loaded before them."""
    global _wanted
    _wanted = True


def load_whole() -> None:
    """From now on they are loaded whole in this process: there is code that is not ours."""
    global _plugged
    _plugged = True


def plugged() -> bool:
    """Whether this process has code that is not ours."""
    return _plugged


@contextmanager
def lean(package: str, *more: str) -> Generator[None]:
    """While a package is imported: if it is so wanted, what it looks for is not there.

    That is what Keras looks for, and `more`. What was imported before stays. No other thread may
    import any of it meanwhile.
    """
    if not _wanted or _plugged or package in sys.modules:
        yield
        return
    hidden = [name for name in (*_LOOKED_FOR, *more) if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # pyright: ignore[reportArgumentType]  # "there is none"
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
