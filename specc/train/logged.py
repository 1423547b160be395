"""The names that a run logs: what callbacks may watch, and what the columns of a history are."""

from __future__ import annotations

import re
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.mismatch import Mismatch
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
    return (parameter and parameter.default) or _snake(found.name)


def logged(program: Program, catalogue: Catalogue) -> tuple[str, ...]:
    """Everything that an epoch logs: `loss`, then losses and metrics by output, then `val_…`.

    With one learned output the names are bare (`accuracy`), with several the output's name comes
    first (`age_accuracy`). Metrics that are wrong are left out: the check reports them.
    """
    learned = learned_outputs(program)
    several = len(learned) > 1 or bool(program.losses)
    names = ["loss"]
    if several:
        names += [f"{name}_loss" for name in learned]
    names += program.losses
    for name in learned:
        for metric in program.learned[name].metrics:
            try:
                bare = metric_name(catalogue, metric)
            except Mismatch:
                continue
            names.append(f"{name}_{bare}" if len(learned) > 1 else bare)
    if validates(program):
        names += [f"val_{n}" for n in names]
    return tuple(names)


def validates(program: Program) -> bool:
    """Whether there is a validation part; where the data comes from a program, there may be."""
    data = program.data
    return data is None or data.split.validation > 0 or data.split.folds is not None


def _snake(name: str) -> str:
    """The class as Keras names an instance of it: `MeanIoU` -> `mean_io_u`."""
    text = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", text).lower()
