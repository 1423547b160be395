"""The process that lays a graph out: `python child.py FORMAT DOT-BINARY|-`, source in, picture out.

It is run by its path and imports nothing of specc, so that it starts at once and so that a layout
that runs away, or crashes, takes nobody with it.
"""

from __future__ import annotations

import os
import sys
from typing import Any

MEMORY = 4 * 1024**3
"""Bytes that a layout may have."""


def bounded() -> None:
    """Bounds the memory, where the system can."""
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or hard > MEMORY:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    except (ImportError, ValueError, OSError):
        pass


def main(form: str, binary: str) -> None:
    """Draws standard input to standard output."""
    bounded()
    options = ["-Gdpi=144"] if form == "png" else []
    if binary != "-":
        os.execv(binary, [binary, f"-T{form}", *options])  # noqa: S606  # no shell is wanted
    import pygraphviz

    source = sys.stdin.buffer.read().decode()
    graph: Any = pygraphviz.AGraph(string=source)
    sys.stdout.buffer.write(graph.draw(format=form, prog="dot", args=" ".join(options)))


if __name__ == "__main__":
    main(*sys.argv[1:])
