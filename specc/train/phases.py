"""Checks that phases minimise and train what is there: S802."""

from __future__ import annotations

from collections import Counter

from specc.catalogue.kinds import nearest
from specc.data.places import Places
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.spec import Train
from specc.infer.program import Layer, Program
from specc.train.logged import learned_outputs


def check_phases(program: Program, train: Train, places: Places, report: Report) -> None:
    """Every name in `minimize` is a loss, every name in `over` holds weights; names differ."""
    losses = [*learned_outputs(program), *program.losses]
    holders = weight_holders(program)
    names = Counter(phase.name for phase in train.phases or ())
    for i, phase in enumerate(train.phases or ()):
        path = ("train", "phases", i)

        def wrong(message: str, help: str | None, *below: str | int) -> None:
            report.add(codes.BadPhase(message, places.value(*path, *below), help=help))  # noqa: B023  # called in this turn

        if names[phase.name] > 1:
            wrong(f"two phases are named `{phase.name}`", "give one another name", "name")
        for key, given, known, what in (
            ("minimize", phase.minimize, losses, "loss"),
            ("over", phase.over, holders, "model, shared layer, variable or chain"),
        ):
            for j, name in enumerate(given or ()):
                if name not in known:
                    close = nearest(name, known)
                    listed = f"there are {', '.join(known)}" if known else None
                    hint = f"did you mean `{close}`?" if close else listed
                    wrong(f"there is no {what} named `{name}`", hint, key, j)
        if phase.epochs is not None and phase.epochs[0] >= phase.epochs[1]:
            wrong("a phase ends after it begins", "the last epoch is not one of them", "epochs")


def weight_holders(program: Program) -> list[str]:
    """The names that `over` may hold: models, shared layers, variables and chains."""
    found = dict.fromkeys(m.name for m in program.models)
    found |= dict.fromkeys(v.name for v in program.variables)
    for node in program.nodes:
        if isinstance(node.operator, Layer) and node.operator.shared is not None:
            found[node.operator.shared] = None
        if node.chain:
            found[node.chain] = None
    return list(found)
