"""How a study starts its worker processes: our modules, the driver's packages, and nothing else."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

from specc.lower.lean import load_lean

GARBAGE = 10_000
"""How many objects are made before the collector looks for garbage: Keras makes many that stay."""


def at_start(*, lean: bool = True) -> None:
    """What such a process does first. Keras is loaded whole where it is not to be lean."""
    gc.set_threshold(GARBAGE)
    if lean:
        load_lean()


def started(
    module: str,
    *words: str,
    environment: Mapping[str, str] | None = None,
    said: IO[bytes] | int = subprocess.DEVNULL,
    pipes: bool = False,
    kept: Sequence[int] = (),
) -> subprocess.Popen[Any]:
    """A process that runs one of our modules, in a session of its own: Ctrl-C is for the driver.

    Packages are found where they are in this process, and not in the current folder (`-P`). `said`
    is where its standard error goes. With `pipes` both its other streams are pipes of text lines;
    else it has none. `kept` are descriptors that it goes on with.
    """
    places = os.pathsep.join(p for p in sys.path if p)
    return subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-P", "-m", module, *words],
        stdin=subprocess.PIPE if pipes else subprocess.DEVNULL,
        stdout=subprocess.PIPE if pipes else subprocess.DEVNULL,
        stderr=said,
        text=pipes,
        env={**os.environ, "PYTHONPATH": places, **(environment or {})},
        pass_fds=tuple(kept),
        start_new_session=True,
    )
