"""A study: the folder of a search, and how one is made, gone on with and ended.

`studies/<name>/<n>/` holds `ledger.sqlite`, `spec.yaml`, `best.yaml`, `best.keras` and `models/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from specc.diagnostics.report import Report, SpecError
from specc.document.files import Folder
from specc.document.read import read_file
from specc.document.write import written
from specc.infer.program import Program
from specc.lift.lift import Lifting
from specc.lower.writing import whole, write_text
from specc.plugin.known import known
from specc.train.trainable import check_trainable
from specc.tune.compiler import Compiler
from specc.tune.driver import Driver, OnReport
from specc.tune.engine import Engine
from specc.tune.folder import Study
from specc.tune.making import StudyFailed, StudyStopped, begun, sole_driver
from specc.tune.process import Process
from specc.tune.progress import Progress, watching

EngineName = Literal["auto", "process", "epoch", "slots"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


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
    progress: Progress = "auto",
) -> Study:
    """Searches the space of a program's `tune` section, and gives the study.

    `on_report` hears each epoch of each trial and may stop it, or the study. `progress` is `auto`
    (a live table in a terminal, lines elsewhere), `bar`, `lines` or `none`.

    Raises `SpecError` where there is nothing to search, `StudyFailed`, `StudyStopped`.
    """
    report, watch = Report(), watching(progress)
    if program.tune is None or program.origin is None:
        raise StudyFailed("the spec has no `tune` section, so there is nothing to search")
    check_trainable(program, program.origin.root, report)
    if not report.ok:
        raise SpecError(report)
    if program.data is not None and program.data.split.folds is not None:
        raise StudyFailed("`split: {folds: …}` is one training's; a search has `tune.folds`")
    if program.tune.folds is not None:
        raise StudyFailed("`tune.folds` is checked, and cannot be run yet; `repeats` can")
    found = known(program.plugins)
    lift = Lifting(Folder(program.origin.folder), found.catalogue)
    compiler = Compiler(
        program.name, lift, found, program.tune, program.origin.folder, program.plugins
    )
    folder = begun(
        studies, program.name, program.origin.resolved(program.name), resume, program.origin
    )
    root = program.origin.named(program.name)
    with sole_driver(folder):
        driver = Driver(
            program.tune,
            root,
            compiler,
            folder,
            on_report=on_report,
            trials=trials,
            timeout=timeout,
            heard=watch.heard,
        )
        process = Process(folder, workers)
        chosen, why = _engine(engine, program, process)
        watch.say(f"engine {chosen.name}: {why}")
        watch.begin(driver)
        try:
            _drive(driver, chosen, process, watch.say)
        except KeyboardInterrupt:
            raise StudyStopped(f"interrupted; `--resume` goes on with {folder}") from None
        finally:
            watch.close()
            driver.close()
        study = Study(folder, program.tune, root, _compiled(compiler))
        _results(study, driver)
    return study


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


def _compiled(compiler: Compiler) -> Callable[[Path], Program]:
    """Compiles a spec of the study's folder."""
    return lambda path: compiler.trial(read_file(path, str(path), Report()))


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
