"""The names that a run logs: what callbacks may watch, and what the columns of a history are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.mismatch import Mismatch
from specc.data.check import wants
from specc.document.spec import Output, Phase
from specc.infer.program import Program
from specc.train.member import member


def learned_outputs(program: Program) -> list[str]:
    """The outputs that have a loss, in the model's order."""
    learned = program.learned
    return [n for n in program.outputs if n in learned and learned[n].loss is not None]


def metric_name(catalogue: Catalogue, written: Any) -> str:
    """What a metric is logged as: as it is written, or its `name`, or its class in snake case."""
    if isinstance(written, str) and written not in catalogue.families["metric"].classes:
        return written
    found = member(catalogue, "metric", written)
    given = found.arguments.get("name")
    if given is not None:
        return str(given)
    parameter = catalogue.families["metric"].classes[found.name].get("name")
    return (parameter and parameter.default) or snake(found.name)


def measured_outputs(program: Program) -> list[str]:
    """The outputs that have a loss or a metric, in the model's order: those that want a target."""
    learned = program.learned
    return [n for n in program.outputs if n in learned and wants(learned[n])]


def metrics_of(output: Output) -> list[tuple[str, int, Any]]:
    """The metrics of an output, with where they are written: under which key, the how manieth."""
    found = [("metrics", i, m) for i, m in enumerate(output.metrics)]
    return found + [("weighted_metrics", i, m) for i, m in enumerate(output.weighted_metrics)]


def minimised(program: Program, phase: Phase | None = None) -> tuple[str, ...]:
    """The outputs and losses that a phase, or any of the phases, minimises or measures.

    A phase that names none has all of them, and outputs that have only metrics.
    """
    everything = [*measured_outputs(program), *program.losses]
    phases = (program.train.phases if program.train is not None else None) or ()
    chosen = (phase,) if phase is not None else phases
    if not chosen or any(p.minimize is None for p in chosen):
        return tuple(everything)
    named = {n for p in chosen for n in p.minimize or ()}
    return tuple(n for n in everything if n in named)


def logged(program: Program, catalogue: Catalogue) -> tuple[str, ...]:
    """Everything that an epoch logs: `loss`, then losses and metrics by output, then `val_…`.

    With one measured output the names are bare (`accuracy`), with several the output's name comes
    first (`age_accuracy`). What no phase minimises is measured at validation only. Metrics that are
    wrong are left out: the check reports them.
    """
    names = named(program, catalogue)
    found = _listed({n: names[n] for n in minimised(program)})
    if validates(program):
        found += [f"val_{n}" for n in _listed(names)]
    return tuple(found)


@dataclass(frozen=True)
class Names:
    """What an output or a further loss is logged as: its loss, if that is logged, its metrics."""

    loss: str | None
    metrics: tuple[str, ...] = ()


def named(program: Program, catalogue: Catalogue) -> dict[str, Names]:
    """The names of every measured output, then of every further loss."""
    measured, learned = measured_outputs(program), learned_outputs(program)
    several = len(learned) > 1 or bool(program.losses)
    found: dict[str, Names] = {}
    for name in measured:
        metrics: list[str] = []
        for _, _, metric in metrics_of(program.learned[name]):
            try:
                bare = metric_name(catalogue, metric)
            except Mismatch:
                continue
            metrics.append(f"{name}_{bare}" if len(measured) > 1 else bare)
        loss = f"{name}_loss" if several and name in learned else None
        found[name] = Names(loss, tuple(metrics))
    return found | {name: Names(name) for name in program.losses}


def _listed(names: Mapping[str, Names]) -> list[str]:
    """`loss`, then every loss, then every metric."""
    losses = [n.loss for n in names.values() if n.loss is not None]
    return ["loss", *losses, *(m for n in names.values() for m in n.metrics)]


def validates(program: Program) -> bool:
    """Whether there is a validation part; where the data comes from a program, there may be."""
    data = program.data
    return data is None or data.split.validation > 0 or data.split.folds is not None


def snake(name: str) -> str:
    """The class as Keras names an instance of it: `MeanIoU` -> `mean_io_u`."""
    text = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", text).lower()
