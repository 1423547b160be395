"""The trainee: the model that is saved, and the one that is fitted, which shares its weights.

They are the same object in one supervised phase, unless an output has no loss. Everything else has
a fitted model of its own, with a step of its own: see `specc.train.phased`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.document.spec import Output
from specc.infer.program import Program
from specc.lower.instances import keras, realised
from specc.lower.keras import Lowered, lowered
from specc.train.bare import bare
from specc.train.logged import measured_outputs
from specc.train.member import member
from specc.train.metrics import made_metric
from specc.train.outputs import named_outputs
from specc.train.phased.build import build_phased
from specc.train.plan import layout
from specc.train.supervised import optimizer_of, phases_of, supervised


@dataclass(frozen=True)
class Trainee:
    """`model` is what is saved; `fitted` is compiled, and `learned` are its targets by name."""

    model: Any
    fitted: Any
    learned: tuple[str, ...]
    whole: Lowered | None = None
    """All of the program, with what became of its parts; none for a model that was loaded."""


def build(program: Program, catalogue: Catalogue, steps: int | None = None) -> Trainee:
    """Builds and compiles a program's model from its `outputs`, `losses` and `train` sections.

    `steps` are the batches of an epoch, which phases with `epochs` count by.
    """
    learned = {n: program.learned[n] for n in measured_outputs(program)}
    if supervised(program) and not program.samples:
        optimizer = optimizer_of(program, phases_of(program)[0])
        low = lowered(program)
        made = assembled(low.model, list(program.outputs), learned, catalogue, optimizer)
        # Not in the first step, as Keras would: a copy of the weights that it makes is lost there.
        made.fitted.optimizer.build(made.fitted.trainable_variables)
        return replace(made, whole=low)
    model, fitted, low = build_phased(program, catalogue, steps)
    return Trainee(model, fitted, tuple(learned), low)


def assembled(
    model: Any,
    outputs: list[str],
    learned: Mapping[str, Output],
    catalogue: Catalogue,
    optimizer: Any = "adam",
) -> Trainee:
    """A built or loaded model with what it takes to fit or evaluate it.

    `outputs` are the names of the model's outputs, in order; `learned` those that have a loss.
    """
    fitted = model
    if set(learned) != set(outputs):
        tensors = named_outputs(model, outputs)
        chosen = {n: tensors[n] for n in learned}
        fitted = keras().Model(model.input, bare(chosen), name=f"{model.name}.learned")
        fitted.dtype_policy = model.dtype_policy  # by which Keras decides to scale the loss
    lasts = {n: t.shape[-1] for n, t in named_outputs(model, outputs).items() if len(t.shape) > 1}
    fitted.compile(**compile_arguments(learned, optimizer, catalogue, lasts))
    return Trainee(model, fitted, tuple(learned))


def compile_arguments(
    learned: Mapping[str, Output],
    optimizer: Any,
    catalogue: Catalogue,
    lasts: Mapping[str, int | None],
) -> dict[str, Any]:
    """The arguments of Keras's `compile`: bare for one learned output, by name for several.

    `lasts` are the last dimensions of the outputs that have more than the batch.
    """
    found = member(catalogue, "optimizer", optimizer)
    losses: dict[str, Any] = {}
    metrics: dict[str, list[Any]] = {}
    weighted: dict[str, list[Any]] = {}
    weights: dict[str, float] = {}
    for name, output in learned.items():
        losses[name] = realised(member(catalogue, "loss", output.loss))
        how, last = layout(output, catalogue)[0], lasts.get(name)
        metrics[name] = [made_metric(catalogue, m, how, last) for m in output.metrics]
        weighted[name] = [made_metric(catalogue, m, how, last) for m in output.weighted_metrics]
        weights[name] = output.weight
    return {
        "optimizer": realised(found),
        "loss": bare(losses),
        "metrics": bare(metrics) if any(metrics.values()) else None,
        "weighted_metrics": bare(weighted) if any(weighted.values()) else None,
        "loss_weights": (bare(weights) if len(weights) > 1 else list(weights.values()))
        if any(w != 1 for w in weights.values())
        else None,
    }
