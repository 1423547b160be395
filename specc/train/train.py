"""Trains a program into a run folder: one model, or one for each fold.

What it takes is imported when it is called: `import specc` brings this function to everyone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specc.catalogue.catalogue import Catalogue
from specc.data.dataset import Dataset
from specc.diagnostics.report import Report, SpecError
from specc.document.node import Node
from specc.document.spec import Train
from specc.infer.program import Program
from specc.plugin.known import known
from specc.train.trainable import check_trainable

if TYPE_CHECKING:
    from specc.data.load import Divided
    from specc.train.progress import Progress
    from specc.train.run import Run


def train(
    program: Program,
    *,
    runs: str | PathLike[str] = "runs",
    epochs: int | None = None,
    progress: Progress = "auto",
    data: Any = None,
    validation: Any = None,
    test: Any = None,
    callbacks: Sequence[Any] = (),
    catalogue: Catalogue | None = None,
    datasets: Mapping[str, Dataset] | None = None,
    root: Node | None = None,
    data_hash: str | None = None,
    resume: bool | str | PathLike[str] = False,
    force: bool = False,
    fold: int | None = None,
) -> Run:
    """Trains a program on its data and gives the run, whose folder is `runs/<name>/<n>`.

    `epochs` replaces the spec's. `callbacks` are Keras callbacks beside the spec's. `root` is the
    spec's located tree, so that faults have their places. `data_hash` is what the data must have,
    as it was in the run that is repeated: else `Differs` is raised.

    `data` stands in place of the spec's source. A DataFrame, or a mapping of arrays, holds fields,
    to which the spec's bindings, transforms and split are applied; without a data section each
    input and target is the field of its name. `(x, y)` and `(x, y, sample_weight)`, arrays
    (examples, …), one or by name, are what the model takes, and divided by the spec's split. A
    `tf.data.Dataset` of the same, in batches or not, is read in its own order and is all for
    training. `validation` and `test`, in the same forms, are parts by themselves.

    `resume` goes on with the newest run of the program that is not at its end, or with the run in
    that folder: more `epochs` than it was trained do so with a finished one. With `force` also
    where the program or the data is another one and the weights fit. `fold`, from 1, is the only
    one of the split's folds that is trained.

    Raises `CannotResume`; `SpecError` where the program cannot be trained, `BadData` and
    `CannotSplit` where the data is not what it should be, `MissingExtra`, `WrongBackend` where
    Keras runs on another one already, `RunFailed` (the loss is no number, the disk is full), and
    `Interrupted` after Ctrl-C, when the model so far is saved, and `Left` after a second one.
    """
    from specc.lower.json import digest
    from specc.train.checkpoint.resume import check_same_data, resumed
    from specc.train.checkpoint.sole import sole_writer
    from specc.train.cross import cross_validate
    from specc.train.distribute import spread
    from specc.train.folder import allocate
    from specc.train.found import check_found
    from specc.train.job import Job
    from specc.train.processes import joined
    from specc.train.replay import check_data

    if root is None and program.origin is not None:
        root = program.origin.root
    report = Report()
    check_trainable(program, root, report, given=data is not None)
    if not report.ok:
        raise SpecError(report)
    settings, found = program.train or Train(), known(program.plugins)
    again = None
    if resume is not False:
        which = None if resume is True else Path(resume)
        again = resumed(program, Path(runs), which, epochs, force=force)
    others = joined(settings, quiet=progress == "none")
    given = {"data": data, "validation": validation, "test": test}
    if data is None and not all(part is None for part in given.values()):
        raise TypeError("`validation` and `test` go with `data`")
    with others.preparing():
        divided = _divided(
            program, given, root, catalogue or found.catalogue, datasets or found.datasets
        )
        folds = divided.split.folds is not None and fold is None
        loaded = None if folds else divided.loaded(fold)
        if data_hash is not None:
            check_data(data_hash, divided.digest)
        if again is not None and (folds or not force):
            check_same_data(again, divided.digest)
        if loaded is not None:
            check_found(program, loaded, catalogue or found.catalogue)
    folder, length = None, again.epochs if again else epochs or settings.epochs
    if not others.first:
        folder, again = others.elsewhere(again, program.name)
        progress = "none"
    saved = again.saved if again else None
    others.agree(
        {
            "spec": digest(program),
            "number of epochs": length,
            "data": divided.digest,
            "checkpoint": saved and (saved["epoch"], saved["step"]),
        }
    )
    if folder is None:
        folder = again.folder if again else allocate(Path(runs), program.name)
    job = Job(
        program=program,
        settings=settings,
        epochs=length,
        folder=folder,
        catalogue=catalogue or found.catalogue,
        progress=progress,
        resumed=again,
    )
    with sole_writer(job.folder), spread(settings), others.together():
        if loaded is None:
            return cross_validate(job, divided, callbacks)
        return job.train(loaded, callbacks)


def _divided(
    program: Program,
    given: Mapping[str, Any],
    root: Node | None,
    catalogue: Catalogue,
    datasets: Mapping[str, Dataset],
) -> Divided:
    from specc.data.load import opened
    from specc.train.supplied import supplied

    if given["data"] is not None:
        return supplied(program, given, root, catalogue, datasets)
    assert program.data is not None  # `check_trainable` has seen to it
    return opened(program, program.data, datasets)
