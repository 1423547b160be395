"""Checks the way through the epochs: S806, what `loop`, `initial_epoch` and callbacks exclude."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_dict
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.spec import Data, Train

_BY_BATCH = {
    "BackupAndRestore": ("save_freq",),
    "ModelCheckpoint": ("save_freq",),
    "TensorBoard": ("update_freq", "profile_batch", "write_steps_per_second"),
    "TerminateOnNaN": (),
}
"""Callbacks that may work batch by batch, and the arguments by which; with none they always do."""


def check_passage(
    train: Train,
    data: Data | None,
    callbacks: Mapping[int, Instance],
    places: Places,
    report: Report,
) -> None:
    """Something is left to train, and a loop by epoch has all data, and nothing done by batch."""
    if train.initial_epoch >= train.epochs:
        report.add(
            codes.BadPassage(
                f"the first epoch is {train.initial_epoch} and the last one "
                f"{train.epochs - 1}, so none is trained",
                places.value("train", "initial_epoch"),
                help="epochs count from 0, and `epochs` is the number after the last one",
            )
        )
    if train.loop != "epoch":
        return
    reader: Any = next(iter(data.source.values())) if data and is_dict(data.source) else None
    if is_dict(reader) and reader.get("stream") is True:
        report.add(
            codes.BadPassage(
                "`loop: epoch` has all data in memory, and `stream: true` reads it in pieces",
                places.value("train", "loop"),
                help="write `loop: auto`, or leave it out",
            )
        )
    for i, callback in callbacks.items():
        by = by_batch(callback)
        if by is not None:
            report.add(
                codes.BadPassage(
                    f"{callback.name} works batch by batch{by}, and `loop: epoch` has no batches",
                    places.chosen("train", "callbacks", i),
                    help="write `loop: auto`, or leave it out",
                )
            )


def by_batch(callback: Instance) -> str | None:
    """By which argument a callback works batch by batch, as text; `None` where it does not."""
    keys = _BY_BATCH.get(callback.name)
    if keys is None:
        return None
    for key in keys:
        if callback.arguments.get(key, "epoch") not in ("epoch", 0, False, None):
            return f", by its `{key}`"
    return None if keys else ""
