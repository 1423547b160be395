"""What is known of runs without Keras: how each ended, what it measured, how they differ."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from specc.catalogue.plain import is_dict
from specc.train.better import direction
from specc.train.own_file import NotOwn, own_json
from specc.train.values import flat, shown

PARTS = ("test", "validation", "train")


@dataclass(frozen=True)
class Listed:
    """One run, as its small files tell."""

    path: Path
    name: str
    number: str
    state: str
    """`finished`, `interrupted`, `running`, `failed`, or `stopped`: killed, or not yet begun."""
    started: str | None
    """The time that it was begun at, ISO 8601 in UTC."""
    epochs: int | None
    seconds: float | None
    parameters: int | None
    metrics: Mapping[str, float]
    """What was measured, by part and name: `test accuracy`. The best part comes first."""
    deviation: Mapping[str, float] = field(default_factory=dict[str, float])
    """How far the folds of a cross-validated run are apart, whose `metrics` are means."""
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    """Params, data and training by the paths of `--set`, as JSON."""
    program: str | None = None
    differs: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """The values that are not those of every run of its name; `None` for what it does not have."""

    @property
    def begun(self) -> str:
        """The time that it was begun at, to the minute, as people read it; in UTC."""
        return (self.started or "")[:16].replace("T", " ")


def listed(folder: Path) -> list[Listed]:
    """The runs in a folder, or in the folders in it, in the order in which they were begun."""
    found = [listed_run(path) for path in _folders(folder)]
    by_name: dict[str, list[Listed]] = {}
    for run in found:
        by_name.setdefault(run.name, []).append(run)
    told = [each for runs in by_name.values() for each in _told_apart(runs)]
    return sorted(told, key=lambda r: (r.started or "", r.name, _number(r.number)))


def listed_run(path: Path) -> Listed:
    """What is known of the run in a folder; what cannot be read is not known."""
    lock, metrics = _read(path / "lock.json"), _read(path / "metrics.json")
    whole = Path(os.path.abspath(path))  # noqa: PTH100  # not `resolve`: a link keeps its name
    values, deviation = lock.get("values"), metrics.get("deviation")
    return Listed(
        path=path,
        name=whole.parent.name,
        number=whole.name,
        state=_state(path, metrics),
        started=_text(lock.get("started")),
        epochs=_count(metrics.get("epochs")),
        seconds=_float(metrics.get("seconds")),
        parameters=_count(lock.get("parameters")),
        metrics=dict(_metrics(metrics)),
        deviation=dict(_metrics(deviation)) if is_dict(deviation) else {},
        values={k: shown(v) for k, v in flat(values)} if is_dict(values) else {},
        program=_text(lock.get("program")),
    )


def ranked(runs: Sequence[Listed], metric: str) -> list[Listed]:
    """The runs by a metric, the best first and those without it last; less is better unless known.

    `accuracy` means that of the part that each run was measured on.
    """
    most = direction(metric) == "max"

    def key(run: Listed) -> tuple[bool, float]:
        value = measured_as(run, metric)
        return (True, 0.0) if value is None else (False, -value if most else value)

    return sorted(runs, key=key)


def measured_as(run: Listed, metric: str) -> float | None:
    """A run's metric by its name, with the part or without."""
    name = measured_name(run, metric)
    return None if name is None else run.metrics[name]


def measured_name(run: Listed, metric: str) -> str | None:
    """The name, with the part, of a run's metric that is named with the part or without."""
    if metric in run.metrics:
        return metric
    return next((n for n in run.metrics if n.partition(" ")[2] == metric), None)


def _folders(folder: Path) -> Iterator[Path]:
    """The folders with a lock, at most two levels down."""
    if (folder / "lock.json").is_file():
        yield folder
        return
    for below in inside(folder):
        if (below / "lock.json").is_file():
            yield below
        else:
            yield from (p for p in inside(below) if (p / "lock.json").is_file())


def inside(folder: Path) -> list[Path]:
    """The folders in a folder, in order; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(e.path) for e in entries if e.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _state(path: Path, metrics: Mapping[str, Any]) -> str:
    if metrics.get("finished") is True:
        return "finished"
    if held(path / "checkpoints" / "writer.lock"):
        return "running"
    if "failed" in metrics:
        return "failed"
    return "interrupted" if metrics else "stopped"


def held(lock: Path) -> bool:
    """Whether a process holds a run's lock; one that is not there, or not to be opened, is free."""
    try:
        descriptor = os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _metrics(metrics: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for part in PARTS:
        values = metrics.get(part)
        named = values.items() if is_dict(values) else ()
        for name, value in sorted(named, key=lambda item: item[0] != "loss"):
            number = _float(value)
            if number is not None:
                yield f"{part} {name}", number


def _told_apart(runs: Sequence[Listed]) -> Iterable[Listed]:
    """The runs of one name with what differs among them."""
    keys = dict.fromkeys(k for r in runs for k in r.values)
    differing = [k for k in keys if len({r.values.get(k) for r in runs}) > 1]
    several = len({r.program for r in runs}) > 1 and not differing
    for run in runs:
        differs = {k: run.values.get(k) for k in differing}
        if several:  # the graph was changed, which the values do not hold
            differs["program"] = (run.program or "")[:8]
        yield replace(run, differs=differs)


def _read(path: Path) -> dict[str, Any]:
    try:
        return own_json(path)
    except NotOwn:
        return {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
