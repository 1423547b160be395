"""The check of targets agrees with Keras: what it lets pass trains, what it refuses does not."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from specc.catalogue.catalogue import builtin
from specc.catalogue.types import BATCH, TensorType
from specc.data.dataset import FieldType
from specc.train.targets import form, laid_out, metric_fault, target_fault

pytestmark = pytest.mark.keras

SHAPES = [((), (1,)), ((1,), (1,)), ((), ()), ((4,), (4,)), ((), (4,)), ((1,), (4,)), ((4,), (1,)),
          ((5,), (5, 4)), ((5,), (5, 1)), ((5, 4), (5, 4)), ((3,), (4,)),
          ((5, 1), (5, 4))]  # fmt: skip
NEEDED = {
    "IoU": {"num_classes": 4, "target_class_ids": [0]},
    "MeanIoU": {"num_classes": 4},
    "OneHotIoU": {"num_classes": 4, "target_class_ids": [0]},
    "OneHotMeanIoU": {"num_classes": 4},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}
SKIPPED = {"Mean", "Sum", "CTC", "Circle", "IoU", "MeanIoU"}
generator = np.random.default_rng(0)


def tried(made, target, output, how):
    """Whether Keras computes a number, the target laid out as a run lays it out."""
    shape = laid_out(target, output, how)
    assert shape is not None
    classes = generator.integers(0, 2, (6, *shape))
    scores = generator.random((6, *output), dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = made(classes.astype(np.float32) if how == "equal" else classes, scores)
    return np.array(value).dtype.kind == "f"


@pytest.mark.parametrize("cls", sorted(set(builtin().families["loss"].classes) - SKIPPED))
def test_a_target_that_passes_has_a_loss(cls):
    import keras

    if not hasattr(keras.losses, cls):
        pytest.skip("specc's own")
    how = form(cls, {})
    passed = 0
    for target, output in SHAPES:
        type_ = TensorType((BATCH, *output))
        field = FieldType(target, "int64" if how == "labels" else "float32")
        if target_fault(cls, {}, field, type_) is None:
            passed += 1
            assert tried(getattr(keras.losses, cls)(), target, output, how), (target, output)
    assert passed >= 3


@pytest.mark.parametrize("cls", sorted(set(builtin().families["metric"].classes) - SKIPPED))
def test_a_target_that_passes_has_a_metric(cls):
    import keras

    how = form(cls, {})
    for target, output in SHAPES:
        if not output or laid_out(target, output, how) is None:
            continue
        type_ = TensorType((BATCH, *output))
        field = FieldType(target, "int64" if how == "labels" else "float32")
        if metric_fault(cls, {}, field, type_, how) is None:
            made = getattr(keras.metrics, cls)(**NEEDED.get(cls, {}))
            assert tried(made, target, output, how), (target, output)
