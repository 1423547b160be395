"""Checks that phases minimise and train what is there: S802."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from specc.catalogue.kinds import nearest
from specc.data.places import Places
from specc.diagnostics.codes import suspicious
from specc.diagnostics.codes import training as codes
from specc.diagnostics.report import Report
from specc.document.spec import Train
from specc.infer.program import Layer, Program, Variable
from specc.train.logged import learned_outputs
from specc.train.over import Holder, holders, learns, loss_tensors, reached


def check_phases(program: Program, train: Train, places: Places, report: Report) -> None:
    """Every phase minimises what is there, over weights that learn and that this depends on."""
    losses = [*learned_outputs(program), *program.losses]
    held = holders(program)
    names = Counter(phase.name for phase in train.phases or ())
    for i, phase in enumerate(train.phases or ()):
        path = ("train", "phases", i)

        def wrong(message: str, help: str | None, *below: str | int) -> None:
            report.add(codes.BadPhase(message, places.value(*path, *below), help=help))  # noqa: B023  # called in this turn

        if names[phase.name] > 1:
            wrong(f"two phases are named `{phase.name}`", "give one another name", "name")
        for key, given, known, what in (
            ("minimize", phase.minimize, losses, "loss"),
            ("over", phase.over, list(held), "model, shared layer, variable or chain"),
        ):
            if given is not None and not given:
                wrong(f"`{key}` names nothing", "leave it out to mean everything", key)
            for j, name in enumerate(given or ()):
                if name not in known:
                    close = nearest(name, known)
                    listed = f"there are {', '.join(known)}" if known else None
                    hint = f"did you mean `{close}`?" if close else listed
                    wrong(f"there is no {what} named `{name}`", hint, key, j)
        chosen = [n for n in losses if phase.minimize is None or n in phase.minimize]
        depends = reached(t for found in loss_tensors(program, chosen).values() for t in found)
        for j, name in enumerate(phase.over or ()):
            if not any(learns(h) for h in held.get(name, ())) and name in held:
                wrong(f"nothing in `{name}` learns", _frozen(held[name]), "over", j)
            elif chosen and not depends.intersection(held.get(name, ())) and name in held:
                listed = " and ".join(f"`{n}`" for n in chosen)
                wrong(
                    f"{listed} does not depend on `{name}`, so nothing would change it"
                    if len(chosen) == 1
                    else f"{listed} do not depend on `{name}`, so nothing would change it",
                    "take it away here, or minimise what depends on it",
                    "over",
                    j,
                )
        if phase.over is None and chosen and not any(learns(h) for h in depends):
            wrong("nothing that this phase minimises depends on weights that learn", None)
        if phase.epochs is not None and phase.epochs[0] >= phase.epochs[1]:
            wrong("a phase ends after it begins", "the last epoch is not one of them", "epochs")
    _check_left(losses, program, train, places, report)


def _check_left(
    losses: Sequence[str], program: Program, train: Train, places: Places, report: Report
) -> None:
    """Warns of losses that no phase minimises, where every name in the phases is right."""
    if not train.phases or any(p.minimize is None for p in train.phases):
        return
    named = {n for p in train.phases for n in p.minimize or ()}
    if not named.issubset(losses):
        return
    for name in losses:
        if name not in named:
            output = name in program.outputs
            report.add(
                suspicious.NotMinimised(
                    f"no phase minimises `{name}`",
                    places.value("outputs", name, "loss") if output else places.key("losses", name),
                    help=f"add it to the `minimize` of a phase, or take `{name}`'s loss away",
                )
            )


def _frozen(held: Sequence[Holder]) -> str:
    frozen = [h.name for h in held if isinstance(h, Program | Variable) and not h.trainable]
    frozen += [h.name for h in held if isinstance(h, Layer) and not h.trainable]
    if frozen:
        return f"`{frozen[0]}` says `trainable: false`; take one of the two away"
    return "it has no weights; name what has"
