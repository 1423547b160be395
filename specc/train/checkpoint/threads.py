"""Thread counts: the bits of a sum depend on how many threads share it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any


def threads() -> dict[str, int]:
    """How many threads an operation, and how many operations, may use in this process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        key: _set(key) or int(os.environ.get(_variable(key), "0") or 0) or cores or 1
        for key in ("intra", "inter")
    }


def use(recorded: Mapping[str, int]) -> None:
    """Takes the recorded counts, or warns where TensorFlow has begun and has others."""
    if dict(recorded) == threads():
        return
    if "tensorflow" not in sys.modules and "jax" not in sys.modules:
        for key, count in recorded.items():
            os.environ[_variable(key)] = str(count)
        return
    print(  # noqa: T201
        f"warning: the run used {recorded['intra']} threads and this process {threads()['intra']}, "
        "so the last bits may differ",
        file=sys.stderr,
    )


def _variable(key: str) -> str:
    return f"TF_NUM_{key.upper()}OP_THREADS"


def _set(key: str) -> int:
    """What the program set in TensorFlow itself; 0 where it did not, or has not begun."""
    tf: Any = sys.modules.get("tensorflow")
    if tf is None:
        return 0
    count: int = getattr(tf.config.threading, f"get_{key}_op_parallelism_threads")()
    return count
