"""Whether a target fits its output under a loss or metric, known before the first batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from specc.catalogue.define import Definition
from specc.catalogue.dtypes import is_float
from specc.catalogue.kinds import Instance
from specc.catalogue.mismatch import DTypeMismatch, Mismatch, ShapeMismatch
from specc.catalogue.types import BATCH, Dim, TensorType
from specc.data.dataset import FieldType
from specc.data.fit import shapes_differ

Form = Literal["labels", "equal", "other"]
"""A target beside its output: a class for a row of scores, number for number, or neither."""

_LABELS = {
    "SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy",
    "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
}  # fmt: skip
_CATEGORICAL = {
    "CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge",
    "CategoricalAccuracy", "TopKCategoricalAccuracy", "OneHotIoU", "OneHotMeanIoU",
}  # fmt: skip
_BINARY = {
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "BinaryAccuracy", "BinaryIoU", "AUC",
    "Precision", "Recall",
}  # fmt: skip
_OTHER = {"CTC", "Circle", "IoU", "MeanIoU", "Mean", "Sum"}
EITHER = {"accuracy", "acc", "crossentropy", "ce"}
"""Names for which Keras takes what fits the shapes."""
_PAIRED = {"F1Score", "FBetaScore", "R2Score"}
"""Metrics that take (batch, classes) only."""


def form(cls: str, arguments: Mapping[str, Any]) -> Form:
    """How targets lie beside outputs for a loss or metric class; a plug-in's says it itself."""
    if cls in _OTHER or "." in cls or arguments.get("axis", -1) != -1:
        return "other"
    return "labels" if cls in _LABELS else "equal"


def scored(cls: str) -> Literal["labels", "one_hot", "binary", "numbers"]:
    """What a loss class takes a target for: a class in one of three forms, or plain numbers."""
    if cls in _LABELS:
        return "labels"
    return "one_hot" if cls in _CATEGORICAL else "binary" if cls in _BINARY else "numbers"


def laid_out(given: tuple[Dim, ...], output: tuple[Dim, ...], form: Form) -> tuple[Dim, ...] | None:
    """The shape that a target is given so that it lies beside its output exactly.

    Keras's losses put up with a last axis of 1 too many or too few, its metrics not all of them.
    `None` where the target does not fit. Shapes without the batch.
    """
    wanted = output[:-1] if form == "labels" and output else output
    for candidate in (given, (*given, 1), given[:-1] if given[-1:] == (1,) else given):
        if shapes_differ(candidate, wanted) is None:
            return candidate
    return None


def target_fault(
    cls: str, arguments: Mapping[str, Any], target: FieldType, output: TensorType
) -> Mismatch | None:
    """Why a target cannot be learned as `output` (batch, …) under a loss; `None` if it can."""
    how = form(cls, arguments)
    if target.dtype == "string":
        return DTypeMismatch(f"{cls} wants numbers, and the target holds text")
    if how == "other":
        return None
    dims = output.dims[1:]
    shown = TensorType(dims, output.dtype)
    if how == "labels" and is_float(target.dtype):
        return DTypeMismatch(
            f"{cls} wants classes as whole numbers, and the target holds {target.dtype}",
            help="`mean_squared_error` learns numbers; `{cast: int32}` makes them whole",
        )
    if how == "labels" and not dims:
        return ShapeMismatch(
            f"{cls} wants a score for each class, and the output is one number an example",
            help=f"a last layer of {target.classes or 'as many'} units",
        )
    if laid_out(target.shape, dims, how) is None:
        wanted = TensorType(dims[:-1], output.dtype) if how == "labels" else shown
        return ShapeMismatch(
            f"{cls} wants a target of {wanted} for an output of {shown}, and this is {target}",
            help=_shape_help(cls, target, dims),
        )
    return _classes_fault(cls, how, target, dims)


def own_fault(loss: Instance, target: FieldType, output: TensorType) -> Mismatch | None:
    """Why a plug-in's loss refuses a target, if it does; Keras's are looked at above."""
    if not isinstance(loss.definition, Definition):
        return None
    try:
        loss.definition.rule(
            TensorType((BATCH, *target.shape), target.dtype), output, **loss.arguments
        )
    except Mismatch as error:
        return error
    return None


def _classes_fault(
    cls: str, how: Form, target: FieldType, dims: tuple[Dim, ...]
) -> Mismatch | None:
    classes, last = target.classes, dims[-1] if dims else None
    if how == "labels" and isinstance(last, int):
        if last == 1:
            return ShapeMismatch(
                f"{cls} wants a score for each class, and the output has one number",
                help=f"a last layer of {classes or 'as many'} units, or `binary_crossentropy`",
            )
        if classes is not None and classes > last:
            return ShapeMismatch(
                f"the target has {classes} classes, and the output only {last} scores",
                help=f"a last layer of {classes} units",
            )
    if cls in _CATEGORICAL and classes is not None and laid_out(target.shape, dims, "equal"):
        return ShapeMismatch(
            f"{cls} wants a row for each example, and the target holds the class itself",
            help=f"`transform: [{{one_hot: {classes}}}]`, or sparse_categorical_crossentropy",
        )
    if cls in _BINARY and classes is not None and classes > 2:
        return ShapeMismatch(
            f"{cls} knows two classes, and the target has {classes}",
            help=f"a last layer of {classes} units and sparse_categorical_crossentropy",
        )
    return None


def metric_fault(
    cls: str, arguments: Mapping[str, Any], target: FieldType, output: TensorType, loss: Form
) -> Mismatch | None:
    """Why a metric cannot be measured beside a loss of that form; `None` if it can."""
    how = form(cls, arguments)
    if cls in EITHER or "other" in (how, loss):
        return None
    if how != loss:
        instead = _INSTEAD.get(cls)
        has = "a class for each row of scores" if loss == "labels" else "a number for each output"
        wants = "a class for a row of scores" if how == "labels" else "a number for each output"
        return ShapeMismatch(
            f"{cls} wants {wants}, and this target is {has}",
            help=f"`{instead}` measures it here" if instead else None,
        )
    if cls in _PAIRED and output.rank != 2:
        return ShapeMismatch(f"{cls} wants an output of (batch, classes), and this is {output}")
    return _classes_fault(cls, how, target, output.dims[1:])


_INSTEAD = {
    "CategoricalAccuracy": "sparse_categorical_accuracy",
    "TopKCategoricalAccuracy": "sparse_top_k_categorical_accuracy",
    "BinaryAccuracy": "accuracy",
    "Accuracy": "accuracy",
    "SparseCategoricalAccuracy": "accuracy",
    "CategoricalCrossentropy": "sparse_categorical_crossentropy",
    "SparseTopKCategoricalAccuracy": "top_k_categorical_accuracy",
}


def _shape_help(cls: str, target: FieldType, dims: tuple[Dim, ...]) -> str | None:
    last = dims[-1] if dims else None
    whole = not is_float(target.dtype)
    if cls not in _LABELS:
        if whole and shapes_differ(target.shape, dims[:-1]) is None and isinstance(last, int):
            return (
                f"sparse_categorical_crossentropy takes classes as they are; or "
                f"`transform: [{{one_hot: {last}}}]`"
            )
    elif shapes_differ(target.shape, dims) is None:
        return "categorical_crossentropy takes rows of scores"
    if len(target.shape) < len(dims) - 1:
        return "a `Flatten` or a pooling before the last layer gives one row for each example"
    return None
