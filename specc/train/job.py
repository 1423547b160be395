"""One training: from an empty folder to the last file of a run."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.data.failure import BadData
from specc.data.feed import Part
from specc.data.load import Loaded, saved
from specc.data.stream import Stream
from specc.document.spec import Train
from specc.infer.program import Program
from specc.lower.json import digest
from specc.lower.writing import whole
from specc.train import callbacks as own
from specc.train.adapt import adapt
from specc.train.bare import bare
from specc.train.callbacks import save_weights
from specc.train.checkpoint.keeper import Keeper
from specc.train.checkpoint.resume import Resumed
from specc.train.checkpoint.state import close as close_files
from specc.train.describe import describe, write_json
from specc.train.distribute import check_batches, check_layout
from specc.train.failure import Interrupted, Left, RunFailed
from specc.train.folder import discard, unwritable
from specc.train.generate.generate import Ability
from specc.train.generate.samples import samples
from specc.train.history import write_history, write_table
from specc.train.lock import lock, weights_digest
from specc.train.loop.batch import fit_by_batch
from specc.train.loop.calls import calls
from specc.train.loop.choose import choose
from specc.train.loop.course import Course
from specc.train.loop.epoch import fit_by_epoch
from specc.train.loop.examples import Examples, examples
from specc.train.loop.share import lost, share
from specc.train.loop.streamed import Streamed
from specc.train.loop.supply import supply
from specc.train.plan import Plan
from specc.train.progress import Progress, shown
from specc.train.quiet import load_keras
from specc.train.rarity import settled
from specc.train.run import FITTED, Run, measured, output_shapes
from specc.train.signals import listening
from specc.train.stopped import why_stopped
from specc.train.trainee import Trainee, build
from specc.train.values import values


@dataclass(frozen=True)
class Prepared:
    """Everything that is ready before the first step."""

    loaded: Loaded
    trainee: Trainee
    callbacks: list[Any]


@dataclass
class Job:
    """One training, from the folder to the last file."""

    program: Program
    settings: Train
    epochs: int
    folder: Path
    catalogue: Catalogue
    progress: Progress
    resumed: Resumed | None = None
    fold: int | None = None
    """Which fold it is, from 1. Its test part is left alone until all folds are trained."""
    history: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def train(self, loaded: Loaded, callbacks: Sequence[Any]) -> Run:
        """Trains on the data, from the first file to the last.

        Where nothing came to be trained, the folder is gone again. Raises what
        `specc.train.train` says, but for the data.
        """
        try:
            prepared = self.prepare(loaded, callbacks)
        except BaseException:
            if self.resumed is None:
                discard(self.folder)
            raise
        try:
            return self.run(prepared)
        except OSError as error:
            raise unwritable(error, self.folder) from error

    def prepare(self, loaded: Loaded, callbacks: Sequence[Any]) -> Prepared:
        """Builds the model and writes what is known before training."""
        k = load_keras()
        k.utils.set_random_seed(self.settings.seed)
        self.plan = Plan.of(self.program)
        parts = {"training": loaded.train, "validation": loaded.validation, "test": loaded.test}
        counts = {n: p.count for n, p in parts.items() if p is not None}
        sizes = {n: self.plan.batches(c) for n, c in counts.items()}
        check_batches(self.settings, counts, sizes)
        trainee = build(self.program, self.catalogue, self._steps(loaded))
        check_layout(self.settings, (trainee.model, trainee.fitted))
        if isinstance(loaded.train, Stream):
            shapes = output_shapes(trainee, self.plan)
            self.plan = settled(self.plan, loaded.train, shapes, self.catalogue)
        if trainee.whole is not None:
            adapt(self.program, trainee.whole, self.plan, loaded.train)
        given = own.callbacks(
            self.settings, self.catalogue, self.folder, trainee.model, values(self.program)
        )
        ability = Ability.of(self.program, loaded)
        board = any(type(c).__name__ == "TensorBoard" for c in given)
        shown = samples(ability, self.plan, trainee.model, self.folder, self.epochs, board)
        given += [shown] if shown is not None else []
        if self.resumed is None or self.resumed.changed:
            self._said(loaded, ability)
        elif self.resumed.lock["epochs"] != self.epochs:
            write_json(self.folder / "lock.json", {**self.resumed.lock, "epochs": self.epochs})
        return Prepared(loaded, trainee, [*given, *callbacks])

    def _steps(self, loaded: Loaded) -> int:
        """How many batches make an epoch; raises `BadData` where the spec wants more of them."""
        count, wanted = loaded.train.count, self.settings.steps_per_epoch
        steps = ceil(count / self.plan.batches(count))
        if wanted is not None and wanted > steps:
            raise BadData(
                f"`steps_per_epoch` is {wanted}, and {count} examples make {steps} steps",
                help="leave it out, or take a smaller `batch_size`",
            )
        return wanted or steps

    def _said(self, loaded: Loaded, ability: Ability) -> None:
        """Writes what is known before training."""
        kept = {"model": self.plan.state(), "generates": ability.state()}
        fold = {} if self.fold is None else {"fold": self.fold}
        more = {
            "data.json": {**kept, **saved(loaded)},
            "lock.json": {**lock(self.program, loaded.digest, self.epochs, self.folder), **fold},
        }
        describe(self.program, self.folder, more, quiet=self.progress == "none")

    def run(self, prepared: Prepared) -> Run:
        """Fits, measures and writes what came of it."""
        began = time.perf_counter()
        run = Run(self.folder)
        run.program = self.program
        try:
            self._fit(prepared)
        except Left:
            raise
        except KeyboardInterrupt:
            self._results(prepared, began, interrupted=True)
            raise Interrupted(run) from None
        except RunFailed as error:
            write_history(self.folder, self.history, self.program.name)
            self._failed(error, began)
            raise
        self._results(prepared, began)
        if share().count == 1:  # else its weights are the others', too, and it is read again
            run.model = prepared.trainee.model
        return run

    def _fit(self, prepared: Prepared) -> None:
        plan, part = self.plan, prepared.loaded.train
        batch = plan.batches(part.count)
        steps = self._steps(prepared.loaded)
        bar = shown(self.progress, self.epochs, steps, prepared.callbacks)
        recorder = own.recorder(self.history)
        listed = own.ordered([own.guard(), recorder, *([bar] if bar else [])], prepared.callbacks)
        many = self.settings.distribute != "none"
        obstacle = "it trains on several devices" if many else None
        if isinstance(part, Stream):
            obstacle = "the data is read in pieces"
        self.loop = choose(self.settings.loop, listed, obstacle)
        if self.progress != "none":
            print(f"loop {self.loop.loop}: {self.loop.reason}", file=sys.stderr)  # noqa: T201
        saved = None if self.resumed is None else self.resumed.saved
        every = self.settings.checkpoint and self.settings.checkpoint.every_steps
        first = (self.settings.initial_epoch, 0)
        if saved is not None:  # a callback may have ended it before it was measured
            first = (self.epochs, 0) if saved["stopped"] else (saved["epoch"], saved["step"])
        course = Course(
            self.epochs,
            *first,
            validation_freq=self.settings.validation_freq,
            every_steps=every,
        )
        try:
            with listening() as signals:
                keeper = Keeper(
                    self.folder,
                    prepared.trainee,
                    prepared.callbacks,
                    signals,
                    self.history,
                    epochs=self.epochs,
                    every_steps=every,
                    header={"program": digest(self.program), "data": prepared.loaded.digest},
                    written=lambda: write_table(self.folder, self.history),
                    resumed=saved,
                )
                keeper.prepare()
                told = calls(
                    listed,
                    prepared.trainee.fitted,
                    keeper,
                    epochs=self.epochs,
                    steps=steps,
                    skip=course.first_step,
                )
                self._train(prepared, batch, steps, course, told)
        except Exception as error:
            if type(error).__module__.partition(".")[0] == "tensorflow":
                raise RunFailed(f"TensorFlow stopped: {_first_line(error)}") from error
            if lost(error):
                raise RunFailed(f"another process has ended: {_first_line(error)}") from error
            raise
        finally:
            close_files(prepared.callbacks)
            close = getattr(bar, "close", None)
            if close is not None:
                close()

    def _train(self, prepared: Prepared, batch: int, steps: int, course: Course, told: Any) -> None:
        """The chosen loop over the data."""
        fitted, loaded = prepared.trainee.fitted, prepared.loaded
        validation = None
        if loaded.validation is not None:
            size = self.plan.batches(loaded.validation.count)
            count = ceil(loaded.validation.count / size)
            validation = self._fed(prepared, loaded.validation, size, count)
        train = self._fed(prepared, loaded.train, batch, steps, seed=self.settings.seed)
        fitted._symbolic_build(data_batch=train.first)  # a checkpoint gives all state its values
        if self.loop.loop == "epoch":
            assert not isinstance(train, Streamed) and not isinstance(validation, Streamed)
            fit_by_epoch(fitted, train, validation, course, told)
        else:
            fit_by_batch(fitted, supply(train), validation and supply(validation), course, told)

    def _fed(
        self,
        prepared: Prepared,
        part: Part | Stream,
        batch: int,
        steps: int,
        seed: int | None = None,
    ) -> Examples | Streamed:
        """A part as the loop takes it; with a `seed` it is shuffled, and for training."""
        training = seed is not None

        def in_memory(some: Part) -> Examples:
            x, y, weights = self._arrays(prepared, some, training=training)
            return examples(
                bare(x), bare(y), weights, count=some.count, batch=batch, steps=steps, seed=seed
            )

        if isinstance(part, Part):
            return in_memory(part)
        return Streamed(part, lambda some: in_memory(some).data, batch, steps, seed)

    def _arrays(self, prepared: Prepared, part: Part, *, training: bool = False) -> tuple[Any, ...]:
        shapes = output_shapes(prepared.trainee, self.plan)
        x = self.plan.x(part.inputs, part.count, noise=not training)
        y = self.plan.y(part.inputs, part.targets, shapes, self.catalogue)
        return x, y, self.plan.weights(part.weights, y if training else None, shapes)

    # --- files ------------------------------------------------------------------------------------

    def _results(self, prepared: Prepared, began: float, *, interrupted: bool = False) -> None:
        """Writes the model, the history, the metrics and the curves; the test part is read here."""
        trainee = prepared.trainee
        with whole(self.folder / "model.keras") as temporary:
            trainee.model.save(temporary)
        if self.plan.inside:
            save_weights(trainee.fitted, self.folder / FITTED)
        write_history(self.folder, self.history, self.program.name)
        found: dict[str, Any] = {}
        epochs = len(self.history.get("epoch", ()))
        stopped = None if interrupted else why_stopped(prepared.callbacks, epochs, self.epochs)
        if not interrupted:
            loaded = prepared.loaded
            parts = {"validation": loaded.validation}
            if self.fold is None:
                parts["test"] = loaded.test
            if not any(parts.values()):
                parts = {"train": loaded.train}
            for name, part in parts.items():
                if part is not None:
                    found[name] = measured(prepared.trainee, self.plan, part, self.catalogue)
        write_json(
            self.folder / "metrics.json",
            {
                **found,
                "epochs": epochs,
                "seconds": round(time.perf_counter() - began, 3),
                "loop": self.loop.loop,
                "weights": weights_digest(trainee.model),
                **({} if stopped is None else {"stopped": stopped}),
                "finished": not interrupted,
            },
        )

    def _failed(self, error: RunFailed, began: float) -> None:
        """Writes how it ended, so that lists of runs say it; a full disk has been said already."""
        epochs = len(self.history.get("epoch", ()))
        seconds = round(time.perf_counter() - began, 3)
        found = {"epochs": epochs, "seconds": seconds, "finished": False, "failed": str(error)}
        with suppress(OSError):
            write_json(self.folder / "metrics.json", found)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
