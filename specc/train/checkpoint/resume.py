"""Which run goes on, from where, and whether it is the one that the program means."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specc.catalogue.plain import is_dict
from specc.infer.program import Program
from specc.lower.json import as_json
from specc.train.checkpoint.generation import newest
from specc.train.checkpoint.threads import use
from specc.train.folds import fold_folders
from specc.train.own_file import NotOwn, own_json
from specc.train.replay import not_compared


class CannotResume(ValueError):
    """Nothing that could go on, or not with this program or data; the text says why."""

    status = 1


@dataclass(frozen=True)
class Resumed:
    """A run that goes on: its folder, its lock, and its newest whole generation, if it has any."""

    folder: Path
    lock: dict[str, Any]
    saved: dict[str, Any] | None
    epochs: int
    changed: bool = False
    """Whether the program is another one, and goes on by force."""


def resumed(
    program: Program, runs: Path, which: Path | None, epochs: int | None, *, force: bool
) -> Resumed:
    """The run `which`, or the newest one of the program's name that is not at its end.

    More `epochs` than it was trained make a finished run one that goes on. The thread counts are
    set to those of the run, if that is still possible. Raises `CannotResume`.
    """
    folder = which if which is not None else _found(runs / program.name, program, epochs)
    lock = _json(folder / "lock.json")
    if lock is None:
        raise CannotResume(f"{folder} is no run that could go on: it has no lock.json")
    if "fold" in lock:
        raise CannotResume(f"{folder} is a fold, and goes on with its run, {folder.parent}")
    wanted = epochs or int(lock["epochs"])
    initial = program.train.initial_epoch if program.train else 0
    if (reason := _at_its_end(folder, wanted - initial)) is not None:
        raise CannotResume(f"nothing to resume: {reason}")
    changed = differences(folder, program)
    if changed and not force:
        shown = "; ".join(changed[:5]) + ("; …" if len(changed) > 5 else "")
        raise CannotResume(
            f"the spec is no longer that of {folder}: {shown}. `--force` goes on all the same"
        )
    saved = newest(folder)
    if saved is not None:
        use(saved["threads"])
    return Resumed(folder, lock, saved, wanted, bool(changed))


def fold_resumed(folder: Path, epochs: int, initial: int) -> tuple[Resumed | None, bool]:
    """How a fold of a run that goes on begins, and whether it is at its end already.

    One that has not begun, or was killed before it wrote anything, begins as new.
    """
    lock = _json(folder / "lock.json")
    if lock is None:
        return None, False
    if _at_its_end(folder, epochs - initial) is not None:
        return None, True
    saved = newest(folder)
    if saved is not None:
        use(saved["threads"])
    return Resumed(folder, lock, saved, epochs), False


def check_same_data(found: Resumed, digest: str | None) -> None:
    """Raises `CannotResume` where the data is no longer what the run was trained on."""
    if found.lock.get("data") != digest:
        raise CannotResume(
            f"the data is no longer what {found.folder} was trained on. `--force` goes on all the "
            "same"
        )
    if (unknown := not_compared(found.lock)) is not None:
        print(f"note: {unknown}", file=sys.stderr)  # noqa: T201  # to the user


def _found(parent: Path, program: Program, epochs: int | None) -> Path:
    initial = program.train.initial_epoch if program.train else 0
    folders = sorted(
        (p for p in parent.glob("*") if p.name.isdecimal() and (p / "lock.json").is_file()),
        key=lambda p: int(p.name),
        reverse=True,
    )
    if not folders:
        raise CannotResume(f"nothing to resume: {parent} holds no run")
    reasons: list[str] = []
    for folder in folders:
        wanted = epochs or int((_json(folder / "lock.json") or {}).get("epochs", 0))
        reason = _at_its_end(folder, wanted - initial)
        if reason is None:
            return folder
        reasons.append(reason)
    raise CannotResume(f"nothing to resume: {reasons[0]}")


def _at_its_end(folder: Path, epochs: int) -> str | None:
    """Why a run has nothing left to train; `None` where it has."""
    metrics = _json(folder / "metrics.json") or {}
    if not metrics.get("finished"):
        return None
    if metrics.get("folds"):
        reasons = [_at_its_end(fold, epochs) for fold in fold_folders(folder)]
        return None if None in reasons else f"every fold is at its end: {reasons[-1]}"
    done = int(metrics.get("epochs", 0))
    if metrics.get("stopped"):
        return f"a callback ended {folder} after {done} epochs"
    if done >= epochs:
        return f"{folder} is finished after {done} epochs; more `--epochs` would go on"
    return None


def differences(folder: Path, program: Program) -> list[str]:
    """Where the program is not what a run's `program.json` says, as paths with both values."""
    before = _json(folder / "program.json")
    now: Any = json.loads(json.dumps(as_json(program)))
    return list(_different(before, now, ""))


def _different(before: Any, now: Any, path: str) -> Iterator[str]:
    if is_dict(before) and is_dict(now):
        for key in sorted({*before, *now}):
            yield from _different(
                before.get(key, _NOTHING), now.get(key, _NOTHING), f"{path}.{key}" if path else key
            )
    elif before != now:
        yield f"{path} was {_short(before)} and is {_short(now)}"


_NOTHING = "nothing"


def _short(value: Any) -> str:
    text = value if value is _NOTHING else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _json(path: Path) -> dict[str, Any] | None:
    try:
        return own_json(path)
    except NotOwn:
        return None
