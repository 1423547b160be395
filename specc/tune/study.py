"""A study: the folder of a search, and how one is made, gone on with and ended.

`studies/<name>/<n>/` holds `ledger.sqlite`, `spec.yaml`, `best.yaml`, `best.keras` and `models/`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Literal, get_args

from specc.diagnostics.report import Report, SpecError
from specc.document.files import Folder
from specc.document.node import Node
from specc.document.spec import Tune
from specc.document.write import written
from specc.infer.program import Program
from specc.lift.lift import Lifting
from specc.lower.writing import whole, write_text
from specc.plugin.known import known
from specc.train.folder import allocate
from specc.train.trainable import check_trainable
from specc.tune.compiler import Compiler
from specc.tune.driver import Driver, OnReport
from specc.tune.engine import Engine
from specc.tune.ledger import Configuration, Ledger
from specc.tune.objective import goal
from specc.tune.process import Process

EngineName = Literal["auto", "process", "epoch", "slots"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


class StudyFailed(RuntimeError):
    """A study could not be begun or gone on with; what it holds is whole."""

    status: ClassVar[int] = 3


class StudyStopped(KeyboardInterrupt):
    """Ctrl-C while a study runs: all that was reported is kept, and `--resume` goes on."""

    status: ClassVar[int] = 130


@dataclass(frozen=True)
class Study:
    """A study's folder, read when it is asked for."""

    path: Path
    tune: Tune

    @cached_property
    def trials(self) -> list[Configuration]:
        """Every configuration, in order: its values, how it ended, the objective."""
        ledger = Ledger(self.path / "ledger.sqlite")
        found = ledger.configurations()
        ledger.close()
        return found

    @cached_property
    def engines(self) -> Mapping[str, int]:
        """How many trainings each engine had."""
        ledger = Ledger(self.path / "ledger.sqlite")
        found = ledger.engines()
        ledger.close()
        return found

    @property
    def ranked(self) -> list[Configuration]:
        """What came to its end, the best first."""
        sign = -1 if goal(self.tune).direction == "max" else 1
        done = [t for t in self.trials if t.state == "done" and t.value is not None]
        return sorted(done, key=lambda t: (sign * (t.value or 0), t.number))

    @property
    def best(self) -> Configuration | None:
        """The best, if any came to its end."""
        return next(iter(self.ranked), None)

    @property
    def best_spec(self) -> Path:
        """The best as a spec by itself."""
        return self.path / "best.yaml"

    @property
    def best_model(self) -> Path:
        """The best's model."""
        return self.path / "best.keras"


def search(
    program: Program,
    *,
    studies: Path = Path("studies"),
    engine: EngineName | Engine = "auto",
    workers: int = 1,
    trials: int | None = None,
    timeout: float | None = None,
    resume: bool = False,
    on_report: OnReport | None = None,
    heard: Callable[[Driver], None] | None = None,
    said: Callable[[str], None] | None = None,
) -> Study:
    """Searches the space of a program's `tune` section, and gives the study.

    `on_report` hears each epoch of each trial and may stop it, or the study. `heard` is called when
    a configuration has ended, `said` with what is worth a line.

    Raises `SpecError` where there is nothing to search, `StudyFailed`, `StudyStopped`.
    """
    report, say = Report(), said or _unsaid
    if program.tune is None or program.origin is None:
        raise StudyFailed("the spec has no `tune` section, so there is nothing to search")
    check_trainable(program, program.origin.root, report)
    if not report.ok:
        raise SpecError(report)
    if program.tune.folds is not None:
        raise StudyFailed("`tune.folds` is checked, and cannot be run yet; `repeats` can")
    found = known(program.plugins)
    lift = Lifting(Folder(program.origin.folder), found.catalogue)
    compiler = Compiler(
        program.name, lift, found, program.tune, program.origin.folder, program.plugins
    )
    folder = _folder(studies, program, resume)
    with _locked(folder):
        driver = Driver(
            program.tune,
            _rooted(program),
            compiler,
            folder,
            on_report=on_report,
            trials=trials,
            timeout=timeout,
            heard=heard,
        )
        process = Process(folder, workers)
        chosen, why = _engine(engine, program, process)
        say(f"engine {chosen.name}: {why}")
        try:
            _drive(driver, chosen, process, say)
        except KeyboardInterrupt:
            driver.close()
            raise StudyStopped(f"interrupted; `--resume` goes on with {folder}") from None
        finally:
            driver.close()
        study = Study(folder, program.tune)
        _results(study, driver)
    return study


def _unsaid(text: str) -> None:
    """Says nothing."""


def _drive(driver: Driver, engine: Engine, process: Process, say: Callable[[str], None]) -> None:
    """Runs the engine, and `process` for what it cannot express, until nothing is left."""
    driver.engine = engine
    driver.resume()
    while True:
        driver.fallback = False
        engine.run(driver)
        if not driver.fallen:
            return
        trial = driver.fallen[0]
        say(f"{len(driver.fallen)} trials go to the engine process: {engine.why_not(trial) or ''}")
        driver.fallback = True
        process.run(driver)


def _engine(wanted: EngineName | Engine, program: Program, process: Process) -> tuple[Engine, str]:
    """The engine and why it is that one."""
    if not isinstance(wanted, str):
        return wanted, "it was given"
    backend = program.train.backend if program.train is not None else "tensorflow"
    name, why = wanted, "it was asked for"
    if wanted == "auto":
        name = "slots" if backend == "jax" else "epoch"
        why = f"the spec trains on {backend}"
        if process.workers > 1:
            name, why = "process", f"{process.workers} workers were asked for"
    if name == "process":
        return process, why
    if name == "epoch":
        from specc.tune.epoch import Epoch

        return Epoch(), why
    from specc.tune.slots import Slots

    return Slots(), why


def _rooted(program: Program) -> Node:
    """The spec's tree with its name in it: a variant's name is the spec's."""
    assert program.origin is not None
    root = program.origin.root
    if "name" in root.entries:
        return root
    return root.like({**root.entries, "name": root.like(program.name)}, root.keys)


def _folder(studies: Path, program: Program, resume: bool) -> Path:
    assert program.origin is not None
    text = program.origin.resolved(program.name)
    if not resume:
        folder = allocate(studies, program.name)
        write_text(folder / "spec.yaml", text)
        return folder
    parent = studies / program.name
    numbers = [int(p.name) for p in parent.glob("*") if p.name.isdecimal()]
    if not numbers:
        raise StudyFailed(f"{parent} holds no study to go on with")
    folder = parent / str(max(numbers))
    if (folder / "spec.yaml").read_text(encoding="utf-8") != text:
        raise StudyFailed(f"the spec is not that of {folder} any more; begin another study")
    return folder


class _locked:  # noqa: N801  # used as a function
    """One driver for a folder at a time; raises `StudyFailed` that names the other one."""

    def __init__(self, folder: Path) -> None:
        from filelock import FileLock

        self._path = folder / "lock"
        self._lock = FileLock(str(self._path), timeout=0)

    def __enter__(self) -> None:
        from filelock import Timeout

        try:
            self._lock.acquire()
        except Timeout:
            who = self._path.with_suffix(".pid")
            pid = who.read_text() if who.exists() else "?"
            raise StudyFailed(f"{self._path.parent} is driven by the process {pid}") from None
        write_text(self._path.with_suffix(".pid"), str(os.getpid()))

    def __exit__(self, *_: object) -> None:
        self._path.with_suffix(".pid").unlink(missing_ok=True)
        self._lock.release()


def _results(study: Study, driver: Driver) -> None:
    """Writes the best spec and model; the runs of trials that were cut short go."""
    shutil.rmtree(study.path / "runs", ignore_errors=True)
    best = study.best
    if best is None:
        return
    tree = driver.variants.tree(driver.chosen(best.values))
    program = driver.compiler.trial(tree)
    assert program.origin is not None
    write_text(study.best_spec, written(program.origin.plain(program.name)))
    model = study.path / "models" / f"{best.number}.keras"
    if model.exists():
        with whole(study.best_model) as temporary:
            shutil.copyfile(model, temporary)
