"""What the engines that share a program cannot express, in the user's words.

Such a trial runs by itself, in the engine `process`.
"""

from __future__ import annotations

from collections.abc import Iterator

from specc.catalogue.kinds import Instance
from specc.document.spec import Train
from specc.infer.program import Program
from specc.plugin.known import known
from specc.train.member import member
from specc.train.supervised import supervised
from specc.tune.engine import Trial

FOLLOWED = ("EarlyStopping", "ReduceLROnPlateau")
"""Callbacks that act by epoch, and act on each trial of a program by itself."""

IGNORED = ("BackupAndRestore", "CSVLogger", "ModelCheckpoint", "TensorBoard", "TerminateOnNaN")
"""Callbacks that only write files of a run, or do what every engine does."""

_ADAPTING = {
    "Normalization": ("mean", "variance"),
    "Discretization": ("bin_boundaries",),
    "IntegerLookup": ("vocabulary",),
    "StringLookup": ("vocabulary",),
    "TextVectorization": ("vocabulary",),
}


def obstacle(trial: Trial) -> str | None:
    """Why a trial cannot share a program; `None` where it can."""
    return next(_obstacles(trial.program), None)


def ignored(program: Program) -> tuple[str, ...]:
    """The callbacks of a program that these engines leave out, for a study to say so."""
    return tuple(n for n in _callbacks(program) if n in IGNORED)


def _obstacles(program: Program) -> Iterator[str]:
    train, data = program.train or Train(), program.data
    if data is None:
        yield "its data comes from a program"
    elif isinstance(data.source, dict):
        yield "its data is read from files"
    if train.phases:
        yield "it has phases"
    if program.losses:
        yield "it has further losses"
    if program.samples:
        yield "it has sampled inputs"
    if not supervised(program):
        yield "its step is not Keras's own: it learns or measures more than its outputs' losses"
    if train.class_weight is not None:
        yield "it has class weights"
    if train.precision != "float32":
        yield f"it calculates in {train.precision}"
    if train.distribute != "none":
        yield "it is distributed"
    if (train.initial_epoch, train.validation_freq) != (0, 1):
        yield "its epochs are not counted from 0, or not each is validated"
    optimizer = member(known(program.plugins).catalogue, "optimizer", train.optimizer)
    if optimizer.name == "LossScaleOptimizer":
        yield "its optimizer scales the loss"
    scheduled = isinstance(optimizer.arguments.get("learning_rate"), Instance)
    if scheduled and "ReduceLROnPlateau" in _callbacks(program):
        yield "ReduceLROnPlateau changes no schedule"
    if optimizer.arguments.get("use_ema"):
        yield "its optimizer averages the weights"
    for name in _callbacks(program):
        if name not in (*FOLLOWED, *IGNORED):
            yield f"{name} works inside a run"
    yield from _inside(program)


def _inside(program: Program) -> Iterator[str]:
    if program.outside is not None:
        yield f"{program.outside.title} is a model from outside"
    if program.variables:
        yield "it has learned variables"
    for layer in program.layers:
        wanted = _ADAPTING.get(layer.cls)
        if wanted and all(layer.arguments.get(a) is None for a in wanted):
            yield f"{layer.cls} learns from the data before training"
    for model in program.models:
        yield from _inside(model)


def _callbacks(program: Program) -> list[str]:
    catalogue = known(program.plugins).catalogue
    written = (program.train or Train()).callbacks
    return [member(catalogue, "callback", w).name for w in written]
