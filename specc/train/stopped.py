"""Why a training ended before its last epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def why_stopped(callbacks: Sequence[Any], done: int, epochs: int) -> str | None:
    """The callback that stopped a training after `done` of `epochs`, in words; `None` if none did.

    Keras's `EarlyStopping` says by its attributes what it watched and where the best was.
    """
    if not 0 < done < epochs:
        return None
    for callback in callbacks:
        if getattr(callback, "stopped_epoch", 0) <= 0 or not hasattr(callback, "monitor"):
            continue
        best, at = getattr(callback, "best", None), getattr(callback, "best_epoch", 0)
        where = "" if best is None else f" than {float(best):.4g} in epoch {at + 1}"
        restored = getattr(callback, "restore_best_weights", False)
        kept = ", whose weights are kept" if restored and where else ""
        return (
            f"stopped after epoch {done} of {epochs}: {callback.monitor} was no better{where} for "
            f"{callback.patience} epochs{kept}"
        )
    return f"stopped after epoch {done} of {epochs}"


def watched(callbacks: Sequence[Any]) -> str | None:
    """The logged name that a callback goes by; `None` where none goes by any."""
    return next(
        (c.monitor for c in callbacks if isinstance(getattr(c, "monitor", None), str)), None
    )
