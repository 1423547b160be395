"""What shared programs cannot express is said before a trial starts."""

from __future__ import annotations

from typing import Any

import pytest

from specc.tune.epoch import Epoch
from specc.tune.expressible import ignored, obstacle
from specc.tune.slots import Slots

from .trials import spec, trial

DENSE: list[Any] = [{"Dense": {"units": 4}}]


def test_a_plain_trial_has_no_obstacle_in_any_engine():
    stopping = {"EarlyStopping": {"monitor": "val_loss", "restore_best_weights": True}}
    one = trial(0, spec(DENSE, callbacks=[stopping, "TensorBoard"]))
    assert Epoch().why_not(one) is None
    assert Slots().why_not(one) is None
    assert ignored(one.program) == ("TensorBoard",)


@pytest.mark.parametrize(
    ("train", "reason"),
    [
        ({"phases": [{"name": "all", "over": ["kind"]}]}, "phases"),
        ({"class_weight": {"kind": {"0": 2.0}}}, "class weights"),
        ({"precision": "mixed_bfloat16"}, "mixed_bfloat16"),
        ({"optimizer": {"SGD": {"use_ema": True}}}, "averages the weights"),
        (
            {"optimizer": {"LossScaleOptimizer": {"inner_optimizer": {"SGD": {}}}}},
            "scales the loss",
        ),
        ({"distribute": "data_parallel"}, "distributed"),
    ],
)
def test_a_training_that_is_more_than_one_step_after_the_other_is_refused(train, reason):
    assert reason in (obstacle(trial(0, spec(DENSE, **train))) or "")


def test_layers_that_learn_before_training_and_learned_variables_are_refused():
    assert "learns from the data" in (obstacle(trial(0, spec(["Normalization"]))) or "")
    written = spec([{"ops.add": {}, "take": {"x2": "shift"}}])
    written["variables"] = {"shift": {"shape": [4], "initializer": "zeros"}}
    assert "variables" in (obstacle(trial(0, written)) or "")
