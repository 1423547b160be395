"""What loading has found of the targets, against what is learned of them, before any training.

How many classes a `classes` transform has learned, and which ones the targets hold, is known of
the data alone; Keras trains on a class that has no score until its numbers are none, or stops.
"""

from __future__ import annotations

from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.mismatch import Mismatch, ShapeMismatch
from specc.data.feed import Part
from specc.data.load import Loaded
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report, SpecError
from specc.infer.program import Program
from specc.train.check import check_training
from specc.train.logged import learned_outputs
from specc.train.member import member
from specc.train.targets import form


def check_found(program: Program, loaded: Loaded, catalogue: Catalogue) -> None:
    """Raises `SpecError` where the targets hold other classes than their outputs have scores."""
    root = None if program.origin is None else program.origin.root
    report, places = Report(), Places(root)
    made = {n: f.made for n, f in loaded.feeds.targets.items()}
    check_training(program, root, report, catalogue, made)
    if report.ok:
        parts = [p for p in (loaded.train, loaded.validation, loaded.test) if isinstance(p, Part)]
        for name in learned_outputs(program):
            fault = _outside(
                program, catalogue, name, [p.targets[name] for p in parts if name in p.targets]
            )
            if fault is not None:
                place = places.chosen("outputs", name, "loss")
                report.add(codes.DataDiffers(fault.message, place, help=fault.help))
    if not report.ok:
        raise SpecError(report)


def _outside(
    program: Program, catalogue: Catalogue, name: str, targets: list[Any]
) -> Mismatch | None:
    """A class of the targets, (examples, …), for which the output has no score."""
    loss = member(catalogue, "loss", program.learned[name].loss)
    dims = program.outputs[name].type.dims[1:]
    scores = dims[-1] if dims else None
    if form(loss.name, loss.arguments) != "labels" or not isinstance(scores, int):
        return None
    ignored = loss.arguments.get("ignore_class")
    for values in targets:
        held = values if ignored is None else values[values != ignored]
        if not held.size:
            continue
        low, high = int(held.min()), int(held.max())
        if low < 0:
            return ShapeMismatch(
                f"the target of `{name}` holds the class {low}, and classes count from 0",
                help=f"`{{{loss.name}: {{ignore_class: {low}}}}}` leaves it out",
            )
        if high >= scores:
            return ShapeMismatch(
                f"the target of `{name}` holds the class {high}, and its output has {scores} "
                f"scores, for 0 to {scores - 1}",
                help=f"a last layer of {high + 1} units",
            )
    return None
