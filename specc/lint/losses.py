"""Losses and metrics that do not fit the activation before them."""

from __future__ import annotations

from collections.abc import Iterator

from specc.catalogue.kinds import Instance
from specc.catalogue.plain import is_mapping
from specc.data.places import Places
from specc.diagnostics.codes import lint_losses as codes
from specc.diagnostics.diagnostic import Diagnostic, Related
from specc.diagnostics.span import Span
from specc.infer.program import Layer, Node
from specc.lint.reading import LINEAR, Reading

CROSSENTROPIES = (
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy", "SparseCategoricalCrossentropy",
)  # fmt: skip
REGRESSIONS = (
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "Huber", "LogCosh",
)  # fmt: skip


def lint(reading: Reading, places: Places) -> Iterator[Diagnostic]:
    """Warnings about each output with a loss."""
    for name, tensor, loss, node in reading.learned():
        span = places.value("outputs", name, "loss")
        activation = reading.own_activation(node)
        if loss.name in CROSSENTROPIES:
            units = tensor.type.dims[-1] if tensor.type.rank > 1 else None
            yield from _crossentropy(loss, node, activation, units == 1, span)
        yield from _regression(loss, node, activation, span)
        yield from _metrics(reading, name, loss, places)


def _crossentropy(
    loss: Instance, node: Node, activation: str | None, single: bool, span: Span | None
) -> Iterator[Diagnostic]:
    logits = loss.arguments.get("from_logits", False) is True
    here = _comes_from(node)
    categorical = "Categorical" in loss.name
    if logits and activation in ("softmax", "sigmoid"):
        yield codes.ActivationAndLogits(
            f"{loss.name} expects logits, and a {activation} comes before it",
            span,
            help=f"leave out `from_logits`, or the {activation}",
            related=here,
        )
    elif not logits and activation is None and _linear(node):
        wanted = "softmax" if categorical else "sigmoid"
        yield codes.LogitsForProbabilities(
            f"{loss.name} expects probabilities, and no activation comes before it",
            span,
            help=f"end in `activation: {wanted}`, or write `{loss.name}: {{from_logits: true}}`",
            related=here,
        )
    if categorical and single:
        yield codes.OneClassCrossentropy(
            f"{loss.name} chooses between classes, and here is one number",
            span,
            help="`binary_crossentropy` is for one number",
            related=here,
        )
    elif categorical and not logits and activation == "sigmoid":
        yield codes.SigmoidForOneOfMany(
            f"{loss.name} expects probabilities that sum to 1, and a sigmoid's do not",
            span,
            help="use `softmax`, or `binary_crossentropy` if several classes may hold at once",
            related=here,
        )
    elif not categorical and activation == "softmax" and not single:
        yield codes.BinaryLossOnSoftmax(
            f"{loss.name} asks each class alone, and softmax chooses one of them",
            span,
            help="use `categorical_crossentropy`, or `sigmoid` if several classes may hold",
            related=here,
        )


def _regression(
    loss: Instance, node: Node, activation: str | None, span: Span | None
) -> Iterator[Diagnostic]:
    if loss.name not in REGRESSIONS:
        return
    if activation == "softmax":
        yield codes.RegressionLossOnClasses(
            f"{loss.name} on a softmax learns slowly",
            span,
            help="use `categorical_crossentropy`",
            related=_comes_from(node),
        )
    elif activation == "relu":
        yield codes.NegativeForRelu(
            "a relu as the last activation predicts nothing below 0, and may stop learning",
            node.span,
            help="leave the activation out, or use `softplus`",
        )


def _metrics(reading: Reading, name: str, loss: Instance, places: Places) -> Iterator[Diagnostic]:
    if loss.name not in REGRESSIONS:
        return
    for i, metric in enumerate(reading.program.learned[name].metrics):
        written = next(iter(metric)) if is_mapping(metric) and metric else metric
        if written in ("accuracy", "acc", "Accuracy"):
            yield codes.AccuracyOfRegression(
                f"accuracy counts exact equality, and {loss.name} is for real numbers",
                places.value("outputs", name, "metrics", i),
                help="`mae` says how far off the predictions are",
            )


def _linear(node: Node) -> bool:
    return isinstance(node.operator, Layer) and node.operator.cls in LINEAR


def _comes_from(node: Node) -> tuple[Related, ...]:
    return () if node.span is None else (Related("it comes from here", node.span),)
