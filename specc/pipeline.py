"""The passes, in order. Read this file first.

    text ── 1 read ──▶ tree ── 2 structure ──▶ Spec ── 3 expand ──▶ FlatSpec
                                                                       │
    model, picture, source, run ◀── lower … ── Program ◀── 5 infer ── Graph ◀── 4 wire

    1  document/   the text becomes a tree that knows where everything stands; `extends`, `--set`
    2  document/   pydantic checks the structure
    3  expand/     params, repeats, `when` and blocks are gone; what is left are calls
    4  graph/      names become edges; the calls get an order
    5  infer/      every argument is checked, every shape and dtype known
    6  data/, train/   the data and the training fit the program
    7  lint/       what fits and is probably not meant
    8  tune/       the space of a search is proven: every combination compiles (for `check`, `tune`)

Each pass takes a report and collects what it finds; it does not raise. Here, at the end, one
`SpecError` is raised with all of it.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.data.check import check_data
from specc.diagnostics.report import Report, SpecError
from specc.diagnostics.span import Source
from specc.document.assign import assigned, from_params, from_text, put
from specc.document.extends import extended
from specc.document.failure import Unreadable
from specc.document.files import Folder
from specc.document.given import located
from specc.document.node import Node
from specc.document.origin import Origin
from specc.document.read import read_file, read_text_of
from specc.document.salvage import Salvage, salvaged
from specc.document.space import check_addresses, check_space
from specc.document.structure import structured
from specc.expand.spec import expanded, stem_of
from specc.graph.build import graphed
from specc.infer.infer import inferred
from specc.infer.program import Program
from specc.infer.saving import check_saving
from specc.lift.lift import Lifting
from specc.lint.lint import linted
from specc.plugin.known import known as known_with
from specc.plugin.plugin import Plugin
from specc.train.check import check_training
from specc.tune.compiler import Compiler
from specc.tune.proof import Proof, proven
from specc.version import VERSION

if TYPE_CHECKING:
    from specc.train.run import Run
    from specc.tune.choice import EngineName
    from specc.tune.driver import OnReport
    from specc.tune.engine import Engine
    from specc.tune.folder import Study
    from specc.tune.progress import Progress

Written = str | Path | Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """What the command line or a program adds to a spec."""

    params: Mapping[str, Any] | None = None
    """Values for params of the spec."""
    sets: Sequence[str] = ()
    """`path=value`, as `--set` writes them."""
    allow: Sequence[Path] = ()
    """Folders beside the spec's that it may read."""
    folder: Path | None = None
    """Where the paths in the spec begin, if not in its own folder."""
    catalogue: Catalogue | None = None
    plugins: Sequence[Plugin] = ()
    """Further layers, losses and datasets, beside those that installed packages register."""
    prove: bool = False
    """Whether the space of a search is proven too, which may take seconds."""
    tune: Mapping[str, Any] | None = None
    """Keys of the `tune` section, in place of the spec's own."""


@dataclass(frozen=True)
class Outcome:
    """What the passes made: the report, and the program if there is no error."""

    report: Report
    program: Program | None
    root: Node | None = None
    proof: Proof | None = None
    """What was proven of the space of a search."""
    compiler: Compiler | None = None
    """What compiles variants of the spec."""

    @property
    def proven(self) -> Program:
        """The program; raises `SpecError` where there is none."""
        if self.program is None:
            raise SpecError(self.report)
        return self.program


def passes(
    spec: Written | Program | None = None, *, text: str | None = None, settings: Settings
) -> Outcome:
    """Runs all passes. `spec` is a path, a mapping or a program; `text` a spec's text instead."""
    with _uncollected():
        return _passes(spec, text, settings)


@contextmanager
def _uncollected() -> Generator[None]:
    """Pauses the garbage collector: the passes only make things, and it would walk all of them
    again and again (half of the time on 10,000 layers).
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _passes(spec: Written | Program | None, text: str | None, settings: Settings) -> Outcome:
    report, known = Report(), known_with(settings.plugins, settings.catalogue)
    try:
        root, name, folder = _document(spec, text, settings, report)  # 1
    except Unreadable as failure:
        report.add(failure.diagnostic)
        return Outcome(report, None)
    checked = structured(root, report)  # 2
    left = salvaged(root, report) if checked is None else Salvage(checked, root)
    if left is None:
        return Outcome(report, None, root)
    root = left.root
    catalogue = known.catalogue
    lift = Lifting(folder, catalogue)
    flat = expanded(left.spec, root, stem_of(name), report, left.lost, lift)  # 3
    if flat is None:
        return Outcome(report, None, root)
    if flat.tune is not None:
        check_space(flat.tune, root, report)
    graph = graphed(flat, root, report)  # 4
    datasets = known.datasets
    program = inferred(graph, root, catalogue, report)  # 5
    check_saving(graph, root, report)
    if program is not None:
        program = replace(program, folder=folder)
        targets = check_data(program, root, report, datasets)  # 6
        check_training(program, root, report, catalogue, targets)
        linted(program, root, catalogue, report)  # 7
        origin = _origin(root, spec, folder, settings)
        program = replace(program, origin=origin, plugins=tuple(settings.plugins))
    plugins = tuple(settings.plugins)
    compiler = Compiler(stem_of(name), lift, known, flat.tune, folder, plugins)
    proof: Proof | None = None
    if settings.prove and flat.tune is not None and report.ok:
        proof = proven(flat.tune, root, compiler, report)  # 8
    return Outcome(report, program if report.ok else None, root, proof, compiler)


def compile(  # noqa: A001  # the library's public name, as `re.compile`
    spec: Written | None = None,
    *,
    text: str | None = None,
    params: Mapping[str, Any] | None = None,
    sets: Sequence[str] = (),
    allow: Sequence[Path] = (),
    plugins: Sequence[Plugin] = (),
) -> Program:
    """A spec's program: every tensor's shape and dtype, every parameter, without Keras.

    `spec` is a path, or a mapping such as `{"specc": 1, …}`; `text` is the text of a spec. `params`
    gives params other values, and `sets` holds `path=value` as the command line's `--set` does.
    `plugins` are known beside the installed ones.

    Raises `SpecError`, which lists every fault.
    """
    outcome = passes(spec, text=text, settings=Settings(params, sets, allow, plugins=plugins))
    return outcome.proven


def check(
    spec: Written | None = None,
    *,
    text: str | None = None,
    params: Mapping[str, Any] | None = None,
    sets: Sequence[str] = (),
    allow: Sequence[Path] = (),
    plugins: Sequence[Plugin] = (),
) -> Report:
    """Everything that is wrong with a spec, or only suspicious. Never raises."""
    return passes(
        spec, text=text, settings=Settings(params, sets, allow, plugins=plugins, prove=True)
    ).report


def open_run(
    path: str | PathLike[str], plugins: Sequence[Plugin] = (), allow: Sequence[Path] = ()
) -> Run:
    """The run in a folder; raises `NotARun`. `plugins` are known beside the installed ones.

    Files that its spec names are read below the current folder, and below those of `allow`.
    """
    from specc.train.run import open_run as opened

    return opened(path, plugins, lambda run: _again(run, plugins, allow))


def _again(run: Run, plugins: Sequence[Plugin], allow: Sequence[Path]) -> Program:
    """A run's program, from its own copy of the spec; raises `SpecError`, `NotARun`."""
    from specc.lower.json import digest
    from specc.train.lock import spec_folder
    from specc.train.run import NotARun

    folder = _trusted(spec_folder(run.path, run.lock), allow)
    settings = Settings(allow=allow, folder=folder, plugins=plugins)
    program = passes(run.spec, settings=settings).proven
    if digest(program) != run.lock.get("program"):
        then = run.lock.get("specc")
        raise NotARun(
            f"{run.spec} does not compile to what was trained"
            + (f", by specc {then}; this is {VERSION}" if then != VERSION else "")
        )
    return program


def tune(
    spec: Written | Program,
    *,
    space: Mapping[str, Any] | None = None,
    objective: str | Mapping[str, Any] | None = None,
    on_report: OnReport | None = None,
    engine: EngineName | Engine = "auto",
    workers: int = 1,
    address: str | None = None,
    trials: int | None = None,
    timeout: float | None = None,
    resume: bool = False,
    studies: str | PathLike[str] = "studies",
    progress: Progress = "auto",
    params: Mapping[str, Any] | None = None,
    sets: Sequence[str] = (),
    allow: Sequence[Path] = (),
    plugins: Sequence[Plugin] = (),
    **section: Any,
) -> Study:
    """Searches a space for the best, and gives the study, whose folder is `studies/<name>/<n>`.

    `spec` is a program, a path or a mapping. `space`, `objective` and every further keyword
    (`sampler`, `pruner`, `seed`, `repeats`, `seed_with`, `require`, `keep`) are keys of the spec's
    `tune` section, in place of those that it has. The space is proven before it is searched.

    `on_report` is called with each epoch of each trial (`number`, `epoch`, `logs`, `values`); where
    it gives `"stop"` the trial ends, where it gives `"end"` the study does. With `resume` the last
    study of the same spec and space goes on; `trials` and `timeout` may then be others.
    `address` is that of a Ray cluster, for the engine `ray`.

        study = specc.tune("digits.yaml", space={"params.rate": {"uniform": [0, 0.5]}}, trials=30)
        study.best.values, study.best_spec, study.table()

    Raises `SpecError` where the spec or its space has faults, `StudyFailed`, `MissingExtra`, and
    `StudyStopped` after Ctrl-C, when all that was reported is kept.
    """
    from specc.tune.study import search

    given = {"space": space, "objective": objective, **section}
    keys = {k: v for k, v in given.items() if v is not None}
    if isinstance(spec, Program):
        plugins = (*spec.plugins, *plugins)
    settings = Settings(params, sets, allow, plugins=plugins, prove=True, tune=keys)
    return search(
        passes(spec, settings=settings).proven,
        studies=Path(studies),
        engine=engine,
        workers=workers,
        address=address,
        trials=trials,
        timeout=timeout,
        resume=resume,
        on_report=on_report,
        progress=progress,
    )


def open_study(
    path: str | PathLike[str], plugins: Sequence[Plugin] = (), allow: Sequence[Path] = ()
) -> Study:
    """The study in a folder; raises `NotAStudy`. `plugins` are known beside the installed ones.

    Files that its spec names are read below the current folder, and below those of `allow`.
    """
    from specc.train.lock import spec_folder
    from specc.tune.folder import opened

    def compiled(file: Path) -> Program:
        folder = spec_folder(study.path, study.about())
        settings = Settings(allow=allow, folder=_trusted(folder, allow), plugins=plugins)
        return passes(file, settings=settings).proven

    study = opened(Path(path), compiled)
    return study


def _trusted(folder: Path, allow: Sequence[Path]) -> Path | None:
    """A folder that a run or a study names, if the user let it be read."""
    return folder if any(folder.is_relative_to(f.absolute()) for f in (Path(), *allow)) else None


def _document(
    spec: Written | Program | None, text: str | None, settings: Settings, report: Report
) -> tuple[Node, str, Folder]:
    """The located tree, bases merged and settings in place; raises `Unreadable`."""
    if isinstance(spec, Program):
        root, name, folder = _again_from(spec)
    elif isinstance(spec, Mapping):
        root, name, folder = located(spec, Source("spec")), "spec", Path()
    elif text is not None:
        root, name, folder = read_text_of(Source("text", text), report), "spec", Path()
    elif spec is not None:
        path = Path(spec)
        root, name, folder = read_file(path, str(spec), report), str(spec), path.parent
    else:
        raise TypeError("compile needs a path, a mapping, or text=…")
    base = Folder(settings.folder or folder, tuple(settings.allow))
    if not isinstance(spec, Program):
        file = None if text or isinstance(spec, Mapping) else Path(name)
        root = extended(root, base, file, report)
    assignments = [*from_params(settings.params or {})]
    assignments += [from_text(written, report) for written in settings.sets]
    root = assigned(root, assignments, report)
    for key, value in (settings.tune or {}).items():
        root = put(root, ("tune", key), located(value, Source("tune"), ("tune", key)))
    check_addresses(root, report)
    return root, name, base


def _again_from(program: Program) -> tuple[Node, str, Path]:
    """The document of a program, bases merged and settings in place."""
    if program.origin is None:
        raise TypeError("this program is a nested model: give the whole one")
    return program.origin.named(program.name), program.name, program.origin.folder


def _origin(
    root: Node, spec: Written | Program | None, folder: Folder, settings: Settings
) -> Origin:
    file = Path(spec).name if isinstance(spec, str | Path) else None
    params, sets = dict(settings.params or {}), tuple(settings.sets)
    if isinstance(spec, Program) and spec.origin is not None:
        before = spec.origin
        file, params, sets = before.file, {**before.params, **params}, (*before.sets, *sets)
    try:
        start = folder.root.absolute()
    except FileNotFoundError:  # the current folder is gone, and so the spec names no files
        start = folder.root
    return Origin(root, start, file, params, sets)
