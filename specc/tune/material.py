"""What a trial learns from: its data in memory, as the steps of an epoch take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.data.load import opened
from specc.document.spec import Train
from specc.infer.program import Program
from specc.plugin.known import known
from specc.train.bare import bare
from specc.train.loop.examples import Examples, examples
from specc.train.plan import Plan
from specc.train.run import output_shapes
from specc.train.trainee import Trainee


@dataclass(frozen=True)
class Material:
    """The examples of a group's trials; each trial takes those for training in its own order."""

    train: Examples
    validation: Examples | None

    @property
    def shapes(self) -> tuple[Any, ...]:
        """What a program is compiled for: how many examples, in what batches."""
        return tuple((e.count, e.batch, e.steps) for e in (self.train, self.validation) if e)

    def places(self, seed: int, epoch: int) -> Any:
        """The order in which a trial of this seed takes the examples in an epoch, from 0."""
        return replace(self.train, seed=seed).places(epoch)


def material(
    program: Program, model: Any, catalogue: Catalogue, fold: int | None = None
) -> Material:
    """The examples of a program, or of one fold, whose model has been built.

    Raises `BadData`, `CannotSplit`.
    """
    assert program.data is not None  # what has none is refused by every engine
    plan, settings = Plan.of(program), program.train or Train()
    loaded = opened(program, program.data, known(program.plugins).datasets).loaded(fold)
    shapes = output_shapes(Trainee(model, model, ()), plan)

    def part(given: Any, steps: int | None = None) -> Examples:
        return examples(
            bare(plan.x(given.inputs, given.count)),
            bare(plan.y(given.inputs, given.targets, shapes, catalogue)),
            plan.weights(given.weights),
            count=given.count,
            batch=plan.batches(given.count),
            steps=steps,
        )

    most = ceil(loaded.train.count / plan.batches(loaded.train.count))
    wanted = settings.steps_per_epoch
    if wanted is not None and wanted > most:
        raise ValueError(f"`steps_per_epoch` is {wanted}, and an epoch has {most} steps")
    return Material(
        part(loaded.train, wanted),
        None if loaded.validation is None else part(loaded.validation),
    )
