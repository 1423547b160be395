"""The generated signatures parse, agree with themselves, and say what Keras says."""

from __future__ import annotations

from typing import Any

import pytest

from specc.catalogue import kinds, signatures
from specc.catalogue.catalogue import builtin
from specc.catalogue.mismatch import BadArgument, Mismatch, UnknownArgument, UnknownClass
from specc.catalogue.own import loss_tensors
from specc.catalogue.refused import REFUSED
from specc.catalogue.signatures import kind, parse

FAMILIES = builtin().families


class Nowhere:
    """A scope in which every name is known."""

    def instance(self, family: str, name: str, arguments: Any) -> kinds.Instance:
        return kinds.Instance(family, name, arguments)

    def named(self, family: str, name: str) -> str:
        return name

    def shared(self, name: str) -> kinds.Instance:
        raise AssertionError(name)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_default_is_of_its_kind(family: str) -> None:
    """What Keras does when nothing is written could be written too."""
    for parameters in FAMILIES[family].classes.values():
        for parameter in parameters.values():
            if not parameter.required and not isinstance(parameter.kind, kinds.Absent):
                parameter.kind.check(parameter.default, Nowhere())


def test_nothing_is_left_open() -> None:
    """No argument may be just anything."""
    for family in FAMILIES.values():
        for name, parameters in family.classes.items():
            for argument, parameter in parameters.items():
                assert not isinstance(parameter.kind, kinds.Anything), (name, argument)


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("int[0,7]", [0, 7, 3.0], [-1, 8, True, "1"]),
        ("int>=-1", [-1, 5], [-2]),
        ("float(0,)", [1, 1e-9], [0, -1, "1"]),
        ("float[0,1)", [0, 0.5], [1]),
        ("?'a|b'", ["a", None], ["c", 1]),
        ("?int or list(int)", [None, 3, [1, 2]], [[None], "x"]),
        ("list2(float or list2(float))", [[1, [2, 3]]], [[1], [1, [2]]]),
        ("axes2(int>=1)", [2, [2, 3]], [[2], 0]),
        ("path", ["a/b.keras", "w{epoch:02d}.h5", "..a"], ["/a", "../a", "a/../b", "~", "x://y"]),
        ("path", ["{epoch}-{val_loss:.2f}"], ["{epoch.__doc__}", "{a[0]}", "a\\b", "C:x", "", "{"]),
        ("keras_name", ["a.b-c_1"], ["", "a b", "_a", "a/b"]),
        ("dtype", ["int32"], ["int", "float99"]),
    ],
)
def test_the_small_language(text: str, good: list[Any], bad: list[Any]) -> None:
    """Each form of the kinds' language accepts and refuses what it says."""
    for value in good:
        kind(text).check(value, Nowhere())
    for value in bad:
        with pytest.raises(Mismatch):
            kind(text).check(value, Nowhere())


def test_what_is_no_kind_is_an_error() -> None:
    """A slip in the table is not taken for a family."""
    with pytest.raises(ValueError, match="no kind"):
        kind("int>1")


def test_an_error_inside_a_schedule_is_shown() -> None:
    """Where a number or a schedule is wanted, the fault is the schedule's own."""
    catalogue = builtin()
    rate = {"ExponentialDecay": {"decay_steps": -1, "decay_rate": 0.5}}
    with pytest.raises(BadArgument) as caught:
        catalogue.check("optimizer", "Adam", {"learning_rate": rate})
    assert caught.value.argument == ("learning_rate", "ExponentialDecay", "decay_steps")
    with pytest.raises(UnknownClass, match="no schedule"):
        catalogue.check("optimizer", "Adam", {"learning_rate": "cosine"})
    with pytest.raises(BadArgument, match="above 0"):
        catalogue.check("optimizer", "Adam", {"learning_rate": -1})


def test_a_plain_name_that_needs_arguments_is_refused() -> None:
    """`threshold` alone is no activation, for it needs a threshold."""
    with pytest.raises(Mismatch, match="needs"):
        kind("activation").check("threshold", _scope())
    assert kind("metric").check("accuracy", _scope()) == "accuracy"


def _scope() -> Any:
    from specc.catalogue import catalogue

    return catalogue._Scope(builtin(), None)  # pyright: ignore[reportPrivateUsage]


def test_own_losses_are_known() -> None:
    """specc's losses stand beside Keras's, and every loss says which tensors it takes."""
    assert {"KLToNormal", "GramStyle", "TotalVariation"} <= set(FAMILIES["loss"].classes)
    assert loss_tensors("KLToNormal") == ("mean", "log_var")
    assert loss_tensors("Huber") == ("y_true", "y_pred")


def test_a_base_argument_that_keras_does_not_take_is_refused() -> None:
    """SpatialDropout1D takes no `trainable`, though all other layers do."""
    absent = FAMILIES["layer"].classes["SpatialDropout1D"]["trainable"]
    with pytest.raises(UnknownArgument):
        absent.kind.check(True, Nowhere())


def test_reading_parses_no_class_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spec names a few of hundreds of classes; only the arguments of all layers are read."""
    parsed: list[object] = []

    def counted(written: Any) -> Any:
        parsed.append(written)
        return parse(written)

    monkeypatch.setattr(signatures, "parse", counted)
    fresh = builtin.__wrapped__()
    assert parsed == []
    assert "units" in fresh.families["layer"].classes["Dense"]
    assert 0 < len(parsed) < 20


def test_an_alias_is_its_layer() -> None:
    """`AvgPool2D` is `AveragePooling2D`, with its arguments."""
    catalogue = builtin()
    assert catalogue.definition("layer", "AvgPool2D").name == "AveragePooling2D"
    assert catalogue.check("layer", "MaxPool1D", {"pool_size": 3}).rule["pool_size"] == (3,)


BASES = (
    *("Loss", "Metric", "Optimizer", "LearningRateSchedule", "Callback"),
    *("Initializer", "Regularizer", "Constraint", "MeanMetricWrapper", "constant", "l1_l2"),
)
"""What Keras exports beside the classes to use: bases, and other names of them."""


@pytest.mark.keras
def test_every_class_of_keras_is_known_or_refused() -> None:
    """Of losses, metrics, optimizers and all others: none is unknown without a reason."""
    import inspect

    import keras

    modules = {
        "loss": keras.losses,
        "metric": keras.metrics,
        "optimizer": keras.optimizers,
        "schedule": keras.optimizers.schedules,
        "callback": keras.callbacks,
        "initializer": keras.initializers,
        "regularizer": keras.regularizers,
        "constraint": keras.constraints,
        "dtype_policy": keras.dtype_policies,
    }
    for family, module in modules.items():
        theirs = {n for n, v in vars(module).items() if inspect.isclass(v)}
        known = {*FAMILIES[family].classes, *FAMILIES[family].names, *REFUSED, *BASES}
        assert theirs <= known, family
    functions = {n for n, v in vars(keras.activations).items() if inspect.isfunction(v)}
    known = {*FAMILIES["activation"].classes, *FAMILIES["activation"].names, *REFUSED}
    assert functions <= known | {"deserialize", "get", "serialize"}
