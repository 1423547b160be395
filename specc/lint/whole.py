"""Warnings about a model or its training as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from specc.data.places import Places
from specc.diagnostics.codes import lint_whole as codes
from specc.diagnostics.diagnostic import Diagnostic
from specc.infer.program import Layer
from specc.lint.layers import DROPOUTS
from specc.lint.reading import Reading

ADAPTIVE = ("Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Lion", "LossScaleOptimizer")


def lint_model(reading: Reading, places: Places) -> Iterator[Diagnostic]:
    """Warnings about one model: what is shared once, what comes last."""
    calls = Counter(n.operator for n in reading.program.nodes if isinstance(n.operator, Layer))
    wrapped = {
        used for n in reading.program.nodes if isinstance(n.operator, Layer)
        for used in n.operator.uses.values()
    }  # fmt: skip
    for layer, count in calls.items():
        if layer.shared is not None and count == 1 and layer not in wrapped:
            yield codes.SharedOnce(
                f"the shared layer `{layer.shared}` is used once",
                layer.span,
                help="write it where it is used, or use it again",
            )
    for tensor in reading.program.outputs.values():
        node = tensor.node
        if isinstance(node.operator, Layer) and node.operator.cls in DROPOUTS:
            yield codes.DropoutAtTheEnd(
                f"{node.operator.cls} after the last layer sets predictions to 0 while training",
                node.span,
                help="put it before the last layer",
            )


def lint_training(reading: Reading, places: Places) -> Iterator[Diagnostic]:
    """Warnings about the train section of the whole spec."""
    program, train = reading.program, reading.program.train
    if train is None:
        return
    if program.trainable_parameters == 0 and any(o.loss for o in program.learned.values()):
        yield codes.NothingTrainable(
            "no weight of this model learns", places.key("train"), help="let a layer learn"
        )
    optimizer = reading.member("optimizer", train.optimizer)
    rate = optimizer.arguments.get("learning_rate") if optimizer is not None else None
    adaptive = optimizer is not None and optimizer.name in ADAPTIVE
    if optimizer is not None and adaptive and isinstance(rate, int | float) and rate > 0.1:
        yield codes.HighLearningRate(
            f"{optimizer.name} diverges at a learning rate of {rate}",
            places.value("train", "optimizer", optimizer.name, "learning_rate"),
            help="begin with 0.001",
        )
    for i, written in enumerate(train.callbacks):
        callback = reading.member("callback", written)
        if callback is None:
            continue
        patience = callback.arguments.get("patience")
        if isinstance(patience, int) and patience >= train.epochs:
            yield codes.PatienceTooLong(
                f"{callback.name} waits {patience} epochs, and there are {train.epochs}",
                places.value("train", "callbacks", i, callback.name, "patience"),
                help="a patience is shorter than the training",
            )
