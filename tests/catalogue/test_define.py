"""A decorated function is a layer: its slots, its arguments, its cases."""

from __future__ import annotations

from types import SimpleNamespace

from specc.catalogue.define import (
    CallFlag,
    Definition,
    Result,
    Slot,
    Tensors,
    Weight,
    case,
    definitions,
    layer,
    op,
    tensor,
)
from specc.catalogue.kinds import Flag, Int, PerAxis, Positive, Sizes
from specc.catalogue.types import BATCH, TensorType


@layer(case(4, ..., units=7), case([4, (2, 3)], units=1), axes=2)
def Example_(
    inputs: TensorType,
    states: Tensors | None = None,
    mask: TensorType | None = None,
    *,
    units: Positive,
    size: Sizes = (1, 1),
    use_bias: Flag = True,
    reverse: CallFlag = False,
    dtype: str,
) -> Result:
    """An example. (batch, ...) -> (batch, ...)

    More about it.
    """
    return Result(inputs)


def test_name_and_summary() -> None:
    """A definition bears its function's name, less a trailing underscore, or one that is given."""
    assert Example_.name == "Example"
    assert Example_.summary == "An example. (batch, ...) -> (batch, ...)"
    assert Example_.reads_dtype
    assert layer(name="Other")(Example_.rule).name == "Other"


def test_slots() -> None:
    """What stands before the star are the tensors of the call."""
    assert Example_.slots == (
        Slot("inputs", many=False, optional=False),
        Slot("states", many=True, optional=True),
        Slot("mask", many=False, optional=True),
    )


def test_arguments() -> None:
    """What stands after the star are arguments; `dtype` is not one, and some are the call's."""
    units, size, use_bias, reverse = Example_.arguments
    assert units.required
    assert not units.at_call
    assert size.kind == PerAxis(Int(1, 2**31 - 1), 2)
    assert size.default == (1, 1)
    assert not use_bias.required
    assert reverse.at_call


def test_cases() -> None:
    """A case's inputs are written without the batch; `...` leaves one out."""
    first, second = Example_.cases
    assert first.inputs == (TensorType((BATCH, 4)), None)
    assert first.arguments == {"units": 7}
    assert second.inputs == ((TensorType((BATCH, 4)), TensorType((BATCH, 2, 3))),)
    assert tensor(3, dtype="int32").dims == (BATCH, 3)


def test_op_reads_its_own_dtype() -> None:
    """An op has no compute dtype: `dtype` is an argument of it like any other."""

    def cast(x: TensorType, *, units: Positive) -> Result:
        """Any shape."""
        return Result(x)

    assert op()(cast).family == "op"


def test_definitions() -> None:
    """A module's definitions are found by their names."""
    module = SimpleNamespace(one=Example_, two=3)
    assert definitions(module) == {"Example": Example_}


def test_definitions_are_told_apart() -> None:
    """A definition is equal to itself only, so that it can be a key."""
    other = layer()(Example_.rule)
    assert isinstance(other, Definition)
    assert len({Example_, other}) == 2


def test_weights() -> None:
    """A weight knows how many numbers it holds."""
    assert Weight("kernel", (3, 4)).size == 12
    assert Weight("scale", ()).size == 1
