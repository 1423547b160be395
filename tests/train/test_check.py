"""Training is checked at its lines: classes, arguments, targets, what callbacks watch."""

from __future__ import annotations

from typing import Any

import pytest

from specc.catalogue.catalogue import builtin
from specc.data.check import check_data
from specc.diagnostics.report import Report
from specc.pipeline import Settings, passes
from specc.train.check import check_training
from specc.train.logged import logged
from specc.train.trainable import check_trainable

from .small import program, spec


def faults(**changes: Any) -> Report:
    """What the checks of data and training say, with the structure's own left out."""
    outcome = passes(spec(**changes), settings=Settings())
    if outcome.program is None:
        return outcome.report
    report = Report()
    targets = check_data(outcome.program, outcome.root, report)
    check_training(outcome.program, outcome.root, report, builtin(), targets)
    return report


@pytest.mark.parametrize(
    ("changes", "code", "message", "help"),
    [
        ({"train__optimizer": "adm"}, "S501", "no optimizer named `adm`", "did you mean"),
        ({"train__optimizer": {"Adam": {"lerning_rate": 1}}}, "S505", "lerning", "learning_rate"),
        ({"train__optimizer": {"Adam": {"learning_rate": -1}}}, "S504", "above 0", None),
        (
            {"train__optimizer": {"Adam": {"learning_rate": {"ExponentialDcay": {}}}}},
            "S501", "ExponentialDcay", "ExponentialDecay",
        ),
        ({"train__callbacks": ["EarlyStoping"]}, "S501", "EarlyStoping", "EarlyStopping"),
        ({"train__callbacks": ["LambdaCallback"]}, "S511", "runs Python code", None),
        (
            {"train__callbacks": [{"EarlyStopping": {"monitor": "val_los"}}]},
            "S804", "watches `val_los`", "`val_loss`",
        ),
        (
            {"train__callbacks": ["EarlyStopping"], "data__split": {}},
            "S804", "`val_loss`", "nothing is validated",
        ),
        (
            {"train__callbacks": [{"ModelCheckpoint": {"filepath": "best.h5"}}]},
            "S504", "ends in `.keras`", None,
        ),
        (
            {"train__callbacks": [{"ModelCheckpoint": {"filepath": "{val_acc:.2f}.keras"}}]},
            "S804", "`val_acc`", "`val_accuracy`",
        ),
        ({"train__callbacks": [{"CSVLogger": {"filename": "../x"}}]}, "S504", "inside the", None),
        ({"train__callbacks": [{"CSVLogger": {"filename": "lock.json"}}]}, "S504", "itself", None),
        ({"outputs": {"kind": {"loss": "mse2"}}}, "S501", "no loss named", None),
        ({"outputs": {"kind": {"loss": "mse"}}}, "S704", "wants a target of (3,)", "one_hot"),
        (
            {"outputs": {"kind": {"loss": "categorical_crossentropy"}}},
            "S704", "wants a target of (3,)", "sparse_categorical_crossentropy",
        ),
        (
            {"outputs": {"kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["auc"]}}},
            "S517", "AUC", None,
        ),
        (
            {
                "outputs": {
                    "kind": {
                        "loss": "sparse_categorical_crossentropy",
                        "metrics": ["accuracy", "accuracy"],
                    }
                }
            },
            "S507", "two metrics", "`name`",
        ),
        ({"tune": {"objective": "val_acc", "space": {"train.epochs": {"int": [1, 2]}}}},
         "S804", "`val_acc`", "`val_accuracy`"),
        (
            {"train__phases": [{"name": "one", "minimize": ["kin"]}]},
            "S802", "no loss named `kin`", "`kind`",
        ),
        (
            {"train__phases": [{"name": "one", "over": ["knd"]}]},
            "S802", "named `knd`", "`kind`",
        ),
    ],
)  # fmt: skip
def test_each_fault_has_its_code_and_help(changes, code, message, help):
    report = faults(**changes)
    assert [d.code for d in report.errors] == [code], str(report)
    (found,) = report.errors
    assert message in found.message
    if help is not None:
        assert help in (found.help or "")


def test_too_few_scores_for_the_classes():
    layers = [{"Dense": {"units": 2, "activation": "softmax"}}]
    report = faults(graph={"kind": {"from": "measures", "layers": layers}})
    assert report.codes == ["S704"]
    assert "3 classes, and the output only 2" in report.errors[0].message


def test_binary_crossentropy_knows_two_classes():
    layers = [{"Dense": {"units": 1, "activation": "sigmoid"}}]
    changes: dict[str, Any] = {
        "graph": {"kind": {"from": "measures", "layers": layers}},
        "outputs": {"kind": {"loss": "binary_crossentropy"}},
    }
    assert faults(**changes).codes == ["S704"]


def test_what_is_logged_is_named_by_output_where_there_are_several():
    assert logged(program(), builtin()) == ("loss", "accuracy", "val_loss", "val_accuracy")
    graph = {
        "kind": {"from": "measures", "layers": [{"Dense": {"units": 3, "activation": "softmax"}}]},
        "width": {"from": "measures", "layers": [{"Dense": {"units": 4}}]},
    }
    outputs = {
        "kind": {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]},
        "width": {"loss": "mse", "metrics": ["mae", {"AUC": {}}]},
    }
    targets = {"kind": {"field": "label"}, "width": {"field": "features"}}
    made = program(graph=graph, outputs=outputs, data__targets=targets, data__split={})
    assert logged(made, builtin()) == (
        "loss", "kind_loss", "width_loss", "kind_accuracy", "width_mae", "width_auc",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"data": None}, "S801"),
        ({"outputs": ["kind"], "data__targets": None}, "S801"),
    ],
)
def test_what_cannot_be_trained_is_said_by_train_alone(changes, code):
    made = passes(spec(**changes), settings=Settings())
    assert made.program is not None, str(made.report)
    report = Report()
    check_trainable(made.program, made.root, report)
    assert code in report.codes
    assert code not in faults(**changes).codes
