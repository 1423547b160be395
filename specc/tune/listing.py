"""What is known of the studies in a folder, without Keras: how each ended, and its best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from specc.train.folder import is_study
from specc.train.listing import held, inside
from specc.tune.folder import NotAStudy, Study, opened


@dataclass(frozen=True)
class Listed:
    """One study, as its folder tells."""

    path: Path
    state: str
    """`running`, `finished`, or `stopped`: trials were left."""
    started: str | None
    """The time that it was begun at, ISO 8601 in UTC."""
    trials: dict[str, int]
    """How many trials ended in which way."""
    metric: str
    best: float | None
    number: int | None
    """The best trial's."""

    @property
    def name(self) -> str:
        """`<name>/<n>`."""
        whole = self.path.absolute()
        return f"{whole.parent.name}/{whole.name}"


def listed_studies(folder: Path) -> list[Listed]:
    """The studies in a folder, or in the folders in it, in the order in which they were begun.

    One that cannot be read is left out.
    """
    found: list[Listed] = []
    for path in _folders(folder):
        try:
            found.append(_listed(opened(path)))
        except NotAStudy:
            continue
    return sorted(found, key=lambda s: (s.started or "", s.name))


def _folders(folder: Path) -> Iterator[Path]:
    """The folders with a ledger, at most two levels down."""
    if is_study(folder):
        yield folder
        return
    for below in inside(folder):
        if is_study(below):
            yield below
        else:
            yield from (p for p in inside(below) if is_study(p))


def _listed(study: Study) -> Listed:
    states = [t.state for t in study.trials]
    left = {"running", "waiting"} & set(states)
    state = "running" if held(study.path / "lock") else "stopped" if left else "finished"
    started = study.about().get("started")
    best = study.best
    return Listed(
        path=study.path,
        state=state,
        started=started if isinstance(started, str) else None,
        trials={s: states.count(s) for s in dict.fromkeys(("done", *states))},
        metric=study.goal.metric,
        best=None if best is None else best.value,
        number=None if best is None else best.number,
    )
