"""Which loop trains: whole epochs in one call, unless something has to happen batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from specc.train.failure import RunFailed

Loop = Literal["epoch", "batch"]

_HOOKS = (
    "on_batch_begin",
    "on_batch_end",
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_test_batch_begin",
    "on_test_batch_end",
)


@dataclass(frozen=True)
class Choice:
    """The loop, and why it is this one."""

    loop: Loop
    reason: str


def choose(
    wanted: Literal["auto", "epoch", "batch"], callbacks: Sequence[Any], obstacle: str | None
) -> Choice:
    """The loop for what `train.loop` says; `obstacle` is why an epoch cannot be one call.

    Raises `RunFailed` where the spec wants `epoch` and it cannot be.
    """
    if wanted == "batch":
        return Choice("batch", "the spec says so")
    found = obstacle or next((r for c in callbacks if (r := by_batch(c))), None)
    if found is None:
        said = "the spec says so" if wanted == "epoch" else "the data is in memory"
        return Choice("epoch", said)
    if wanted == "epoch":
        raise RunFailed(f"`loop: epoch` cannot be: {found}")
    return Choice("batch", found)


def by_batch(callback: Any) -> str | None:
    """What a callback does batch by batch; `None` where that is nothing.

    Keras's own that override a hook and do nothing in it by default say by an attribute whether
    they do: `update_freq` and `profile_batch` of TensorBoard, `save_freq` of those that save. One
    of ours that only wants to be told now and then has `by_pieces`.
    """
    overridden = [h for h in _HOOKS if not getattr(getattr(callback, h), "_is_default", False)]
    if not overridden or getattr(callback, "by_pieces", False):
        return None
    name = type(callback).__name__
    frequencies = [
        (key, getattr(callback, key))
        for key in ("update_freq", "save_freq")
        if hasattr(callback, key)
    ]
    if not frequencies:
        return f"{name} works batch by batch"
    for key, frequency in frequencies:
        if frequency != "epoch":
            return f"{name} works batch by batch, by its `{key}`"
    if getattr(callback, "_should_trace", False):
        return f"{name} profiles batches, by its `profile_batch`"
    if getattr(callback, "write_steps_per_second", False):
        return f"{name} counts steps, by its `write_steps_per_second`"
    return None
