"""A study's folder, as it is read: its trials, the best of them, its spec and its model."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from specc.diagnostics.report import Report
from specc.document.failure import Unreadable
from specc.document.node import Node
from specc.document.origin import Origin
from specc.document.read import read_file
from specc.document.spec import Tune
from specc.expand.spec import section_of
from specc.infer.program import Program
from specc.lower.writing import write_text
from specc.train.folder import LEDGER, is_study
from specc.train.lock import seen_from
from specc.train.own_file import NotOwn, own, own_json
from specc.tune.ledger import Configuration, Ledger
from specc.tune.objective import Goal, goal
from specc.tune.space import Dimension, dimensions
from specc.version import VERSION

if TYPE_CHECKING:
    import pandas

ABOUT = "study.json"

T = TypeVar("T")


class NotAStudy(ValueError):
    """A folder that is no study, or lacks what is asked of it; the text says what."""

    status: ClassVar[int] = 1


@dataclass(frozen=True)
class Study:
    """A study. What its folder holds is read when it is first asked for."""

    path: Path
    tune: Tune
    root: Node = field(repr=False)
    """The document that it searches: the spec as it is by itself, or a function's space alone."""
    compiled: Callable[[Path], Program] | None = field(default=None, repr=False)
    """What compiles a spec that is in the folder."""

    @property
    def goal(self) -> Goal:
        """What it improves, and in which direction."""
        return goal(self.tune)

    @property
    def of_function(self) -> bool:
        """Whether a Python function was searched, and not a spec."""
        return "outputs" not in self.root.entries

    @cached_property
    def dimensions(self) -> Mapping[str, Dimension]:
        """The fields that vary, by address."""
        return {d.address: d for d in dimensions(self.tune, self.root)}

    @cached_property
    def trials(self) -> list[Configuration]:
        """Every configuration, in order: its values, how it ended, the objective."""
        found = self._asked(Ledger.configurations)
        for trial in found:
            for address, value in trial.values.items():
                if not _may_be(self.dimensions.get(address), value):
                    raise NotAStudy(
                        f"{self.path / LEDGER} is of another space: `{address}` of trial "
                        f"{trial.number} is none of this one"
                    )
        return found

    @cached_property
    def engines(self) -> Mapping[str, int]:
        """How many trainings each engine had."""
        return self._asked(Ledger.engines)

    @cached_property
    def seconds(self) -> float | None:
        """From the first configuration to the last that ended; `None` where none did."""
        return self._asked(Ledger.span)

    @property
    def ranked(self) -> list[Configuration]:
        """What came to its end, the best first."""
        sign = -1 if self.goal.direction == "max" else 1
        done = [t for t in self.trials if t.state == "done" and t.value is not None]
        return sorted(done, key=lambda t: (sign * (t.value or 0), t.number))

    @property
    def best(self) -> Configuration | None:
        """The best, if any came to its end."""
        return next(iter(self.ranked), None)

    @property
    def best_spec(self) -> Path:
        """The best as a spec by itself; of a function, the best values."""
        return self.path / "best.yaml"

    @property
    def best_model(self) -> Path:
        """The best's model."""
        return self.path / "best.keras"

    @cached_property
    def best_program(self) -> Program:
        """The best's program; raises `NotAStudy` where there is none, `SpecError`."""
        if self.compiled is None or not self.best_spec.is_file():
            raise NotAStudy(f"{self.path} has no best program: no trial of a spec came to its end")
        return self.compiled(_own(self.best_spec))

    def table(self) -> pandas.DataFrame:
        """A row for each configuration: number, state, objective, and a column for each field.

        What a configuration does not have is missing (NaN).
        """
        import pandas as pd

        names = ["number", "state", self.goal.metric]
        rows = [{**dict(zip(names, t[:3], strict=True)), **t[3]} for t in map(_row, self.trials)]
        return pd.DataFrame(rows, columns=[*names, *self.dimensions])

    def report(self, path: str | PathLike[str] | None = None) -> Path:
        """Writes the page of the study, `study.html` in its folder unless said otherwise.

        Raises `MissingExtra` where Optuna or plotly is not installed, `OSError`.
        """
        from specc.tune.page import study_html

        target = self.path / "study.html" if path is None else Path(path)
        write_text(target, study_html(self))
        return target

    def importances(self) -> Mapping[str, float]:
        """Each field's share of what separates the better trials from the rest, summing to 1.

        Nothing where too few trials came to their end. Raises `MissingExtra`.
        """
        from specc.tune.importance import importances

        return importances(self)

    def export(self, storage: str, name: str | None = None) -> str:
        """Writes the study into an Optuna storage (`sqlite:///optuna.db`), and gives its name.

        Raises `NotAStudy` where the storage has a study of that name, or cannot be opened.
        """
        from specc.tune.storage import exported

        return exported(self, storage, name)

    def _asked(self, ask: Callable[[Ledger], T]) -> T:
        """What the ledger answers; raises `NotAStudy` where it cannot be read."""
        try:
            with Ledger(self.path / LEDGER, reading=True) as ledger:
                return ask(ledger)
        except sqlite3.Error as error:
            raise NotAStudy(
                f"{self.path / LEDGER} cannot be read ({error}): it is damaged, or of another specc"
            ) from None

    def about(self) -> dict[str, Any]:
        """When it was begun and what it was made of, as `study.json` says it."""
        try:
            return own_json(self.path / ABOUT)
        except NotOwn:
            return {}

    def __repr__(self) -> str:
        best = self.best
        said = f", best {best.value:.4g}" if best is not None else ""
        return f"<Study {self.path}: {len(self.trials)} trials{said}>"


def _may_be(dimension: Dimension | None, value: Any) -> bool:
    """Whether a field of the space may have a value."""
    if dimension is None or dimension.kind != "choice":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return dimension is not None and number
    return any(value == c and type(value) is type(c) for c in dimension.choices)


def _row(trial: Configuration) -> tuple[int, str, float | None, Mapping[str, Any]]:
    return trial.number, trial.state, trial.value, trial.values


def describe(folder: Path, origin: Origin | None) -> None:
    """Writes what a study is made of."""
    about: dict[str, Any] = {
        "specc": VERSION,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    if origin is not None:
        about["spec"] = {"file": origin.file, "folder": seen_from(folder.absolute(), origin)}
    write_text(folder / ABOUT, json.dumps(about, indent=2) + "\n")


def opened(path: Path, compiled: Callable[[Path], Program] | None = None) -> Study:
    """The study in a folder; raises `NotAStudy`."""
    if not is_study(path):
        what = "is no study" if path.is_dir() else "is no folder"
        numbers = [p for p in path.glob("*") if p.name.isdecimal() and is_study(p)]
        last = max(numbers, key=lambda p: int(p.name), default=None)
        hint = "`specc tune` makes them, as studies/<name>/<n>" if last is None else f"try {last}"
        raise NotAStudy(f"{path} {what}: {hint}")
    spec, report = _own(path / "spec.yaml"), Report()
    for ending in ("", "-wal", "-shm"):
        _own(path / f"{LEDGER}{ending}")
    try:
        root = read_file(spec, str(spec), report)
    except Unreadable as failure:
        raise NotAStudy(failure.diagnostic.message) from None
    tune = section_of("tune", root, report)
    if tune is None:
        raise NotAStudy(f"{spec} has no space that this specc reads: {_first(report)}")
    return Study(path, tune, root, compiled)


def _own(path: Path) -> Path:
    """A file of a study's folder; raises `NotAStudy` where it is a link out of it."""
    try:
        return own(path)
    except NotOwn as error:
        raise NotAStudy(f"{path.parent} is no whole study: {error}") from None


def _first(report: Report) -> str:
    return next((d.message for d in report.errors), "there is no `tune` section")
