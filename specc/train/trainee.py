"""The trainee: the model that is saved, and the one that is fitted, which shares its weights.

They are the same object, unless outputs without a loss or further losses make `fit` need another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from specc.catalogue.catalogue import Catalogue
from specc.catalogue.kinds import Instance
from specc.document.spec import Output, Train
from specc.infer.program import Constant, Program, Tensor
from specc.lower.instances import keras, realised
from specc.lower.keras import to_keras
from specc.train.bare import bare
from specc.train.logged import learned_outputs, metric_name
from specc.train.member import member, with_arguments
from specc.train.terms import Term, fitted_with_terms


@dataclass(frozen=True)
class Trainee:
    """`model` is what is saved; `fitted` is compiled, and `learned` are its targets by name."""

    model: Any
    fitted: Any
    learned: tuple[str, ...]


def build(program: Program, catalogue: Catalogue) -> Trainee:
    """Builds and compiles a program's model from its `outputs`, `losses` and `train` sections."""
    if not program.losses:
        model = to_keras(program)
        learned = {n: program.learned[n] for n in learned_outputs(program)}
        return assembled(model, list(program.outputs), learned, program.train, catalogue)
    return _with_terms(program, catalogue)


def assembled(
    model: Any,
    outputs: list[str],
    learned: Mapping[str, Output],
    train: Train | None,
    catalogue: Catalogue,
) -> Trainee:
    """A built or loaded model with what it takes to fit or evaluate it.

    `outputs` are the names of the model's outputs, in order; `learned` those that have a loss.
    """
    fitted = model
    if set(learned) != set(outputs):
        tensors = named_outputs(model, outputs)
        chosen = {n: tensors[n] for n in learned}
        fitted = keras().Model(model.input, bare(chosen), name=f"{model.name}.learned")
    fitted.compile(**compile_arguments(learned, train, catalogue))
    return Trainee(model, fitted, tuple(learned))


def compile_arguments(
    learned: Mapping[str, Output], train: Train | None, catalogue: Catalogue
) -> dict[str, Any]:
    """The arguments of Keras's `compile`: bare for one learned output, by name for several."""
    optimizer = member(catalogue, "optimizer", (train or Train()).optimizer)
    losses: dict[str, Any] = {}
    metrics: dict[str, list[Any]] = {}
    weights: dict[str, float] = {}
    for name, output in learned.items():
        losses[name] = realised(member(catalogue, "loss", output.loss))
        metrics[name] = [_metric(catalogue, m) for m in output.metrics]
        weights[name] = output.weight
    weighted = any(w != 1 for w in weights.values())
    return {
        "optimizer": realised(optimizer),
        "loss": bare(losses),
        "metrics": bare(metrics) if any(metrics.values()) else None,
        "loss_weights": (bare(weights) if len(weights) > 1 else list(weights.values()))
        if weighted
        else None,
    }


def named_outputs(model: Any, outputs: list[str]) -> dict[str, Any]:
    """A model's outputs by name: several are a dict already, one is the tensor itself."""
    made = model.output
    return dict(made) if isinstance(made, dict) else {outputs[0]: made}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _with_terms(program: Program, catalogue: Catalogue) -> Trainee:
    """Builds the model once with the tensors of further losses as outputs, and two models of it."""
    taps: dict[str, Tensor] = {}
    terms: list[Term] = []
    for name, loss in program.losses.items():
        found = with_arguments(catalogue, "loss", loss.cls, loss.arguments)
        slots: dict[str, str | float] = {}
        for slot, value in loss.tensors.items():
            if isinstance(value, Tensor):
                taps[f"{name}.{slot}"] = value
                slots[slot] = f"{name}.{slot}"
            else:
                slots[slot] = float(value.value) if isinstance(value, Constant) else value  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]  # a list of tensors is no loss's argument
        terms.append(Term(name, found, slots, loss.weight))
    whole = to_keras(replace(program, outputs={**program.outputs, **taps}))
    tensors = named_outputs(whole, list(program.outputs))
    outputs = {n: tensors[n] for n in program.outputs}
    model = keras().Model(whole.input, bare(outputs), name=whole.name)
    learned = {n: program.learned[n] for n in learned_outputs(program)}
    wanted = {n: t for n, t in tensors.items() if n in learned or n in taps}
    fitted = fitted_with_terms(whole.input, wanted, tuple(learned), terms)
    fitted.compile(**compile_arguments(learned, program.train, catalogue))
    return Trainee(model, fitted, tuple(learned))


def _metric(catalogue: Catalogue, written: Any) -> Any:
    """The metric, under the name that it is logged by: Keras would number what it names itself."""
    found = member(catalogue, "metric", written)
    if found.name not in catalogue.families["metric"].classes:
        return found.name
    name = metric_name(catalogue, written)
    return realised(Instance("metric", found.name, {**found.arguments, "name": name}))
