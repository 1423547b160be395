"""Whether a training is one supervised phase, which is Keras's own model and step."""

from __future__ import annotations

from specc.document.spec import Phase, Train
from specc.infer.program import Program
from specc.train.logged import learned_outputs, measured_outputs, minimised


def supervised(program: Program) -> bool:
    """Whether every loss is an output's, against a target that the data has, and all is trained.

    What then still makes a step other than Keras's is noise, which is drawn in it.
    """
    return (
        not program.losses
        and not computed(program)
        and measured_outputs(program) == learned_outputs(program)
        and _whole(program)
    )


def computed(program: Program) -> tuple[str, ...]:
    """The measured outputs whose target is a tensor that the model makes, and no input."""
    return tuple(
        n
        for n in measured_outputs(program)
        if n in program.targets and program.targets[n].node.kind != "input"
    )


def weighed_outputs(program: Program) -> tuple[str, ...]:
    """The outputs whose losses and metrics sample weights count in; further losses have none."""
    made = computed(program)
    return tuple(n for n in measured_outputs(program) if n not in made)


def phases_of(program: Program) -> tuple[Phase, ...]:
    """The phases; the one phase over everything where the spec has none."""
    train = program.train or Train()
    return tuple(train.phases or (Phase(name="all"),))


def optimizer_of(program: Program, phase: Phase) -> object:
    """What a phase's optimizer is written as: its own, or the one of the section."""
    train = program.train or Train()
    return train.optimizer if phase.optimizer is None else phase.optimizer


def _whole(program: Program) -> bool:
    """Whether there is one phase, on each batch, that minimises everything over everything."""
    phases = phases_of(program)
    everything = (*measured_outputs(program), *program.losses)
    return len(phases) == 1 and all(
        p.over is None
        and (p.every, p.repeat, p.epochs) == (1, 1, None)
        and minimised(program, p) == everything
        for p in phases
    )
