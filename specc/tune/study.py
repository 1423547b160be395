"""A study: the folder of a search, and how one is made, gone on with and ended.

`studies/<name>/<n>/` holds `ledger.sqlite`, `spec.yaml`, `best.yaml`, `best.keras` and `models/`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from specc.diagnostics.report import Report, SpecError
from specc.document.assign import put
from specc.document.files import Folder
from specc.document.read import read_file
from specc.document.spec import Train
from specc.document.write import written
from specc.infer.program import Program
from specc.lift.lift import Lifting
from specc.lower.writing import whole, write_text
from specc.plugin.known import known
from specc.train.folder import discard
from specc.train.trainable import check_trainable
from specc.tune.choice import Choice, EngineName, chosen
from specc.tune.compiler import Compiler
from specc.tune.driver import TRIALS, Driver, OnReport
from specc.tune.engine import Engine
from specc.tune.folder import LEDGER, Study
from specc.tune.ledger import Ledger
from specc.tune.making import StudyFailed, StudyStopped, begun, kept, sole_driver
from specc.tune.parcel import unreachable
from specc.tune.process import Process
from specc.tune.progress import Progress, watching
from specc.tune.remote import Remote


def search(
    program: Program,
    *,
    studies: Path = Path("studies"),
    engine: EngineName | Engine = "auto",
    workers: int = 1,
    address: str | None = None,
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
    found = known(program.plugins)
    beside = program.folder or Folder(program.origin.folder)
    lift = Lifting(beside, found.catalogue)
    compiler = Compiler(program.name, lift, found, program.tune, beside, program.plugins)
    if isinstance(engine, str) and (lost := unreachable(program.plugins)):
        raise StudyFailed(
            f"the plug-in `{lost[0]}` was given by a program: the processes of a study load "
            "plug-ins from files (`--plugin`) or installed packages"
        )
    folder = begun(
        studies, program.name, program.origin.resolved(program.name), resume, program.origin
    )
    root = program.origin.named(program.name)
    with kept(folder), sole_driver(folder):
        process = Process(folder, workers)
        try:
            choice = _choice(engine, program, process, folder, trials, address)
        except BaseException:
            if not resume:
                discard(folder)  # nothing was searched
            raise
        with _begun(choice.engine):
            if (program.train or Train()).backend != choice.backend:
                root = put(root, ("train", "backend"), root.like(choice.backend))
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
            watch.say(f"engine {choice.engine.name}: {choice.why}")
            if choice.ignored:
                watch.say(f"left out by this engine: {', '.join(choice.ignored)}")
            watch.begin(driver)
            try:
                _drive(driver, choice.engine, process, watch.say)
            except KeyboardInterrupt:
                raise StudyStopped(f"interrupted; `--resume` goes on with {folder}") from None
            finally:
                watch.close()
                driver.close()
        study = Study(folder, program.tune, root, _compiled(compiler))
        _results(study, driver)
    return study


@contextmanager
def _begun(engine: Engine) -> Generator[None]:
    """While its process loads a backend, the study is made ready; at the end there is none."""
    if not isinstance(engine, Remote):
        yield
        return
    engine.begin()
    try:
        yield
    finally:
        engine.end()


def _drive(driver: Driver, engine: Engine, process: Process, say: Callable[[str], None]) -> None:
    """Runs the engine, and `process` for what it cannot express, until nothing is left."""
    driver.engine = engine
    driver.resume()
    while True:
        driver.fallback = False
        engine.run(driver)
        if not driver.fallen:
            return
        why = "; ".join(f"{reason} ({n})" for reason, n in driver.reasons.most_common())
        say(f"{len(driver.fallen)} trials go to the engine process: {why}")
        driver.reasons.clear()
        driver.fallback = True
        process.run(driver)


def _choice(
    wanted: EngineName | Engine,
    program: Program,
    process: Process,
    folder: Path,
    trials: int | None,
    address: str | None,
) -> Choice:
    """The engine of the study in a folder, which stays on the backend that it began with."""
    assert program.tune is not None
    with Ledger(folder / LEDGER) as ledger:
        facts = ledger.facts()
        before = (facts["engine"], facts["backend"]) if "engine" in facts else None
        unbounded = program.tune.sampler == "grid" or program.tune.timeout is not None
        count = trials or program.tune.trials or (None if unbounded else TRIALS)
        found = chosen(wanted, program, process, count, before, address)
        if before is None:
            ledger.noted(engine=found.engine.name, backend=found.backend)
        elif found.backend != before[1]:
            raise StudyFailed(
                f"{folder} trains on {before[1]}, and the engine `{found.engine.name}` on "
                f"{found.backend}; begin another study"
            )
    return found


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
    else:
        study.best_model.unlink(missing_ok=True)  # that of another best, found before
