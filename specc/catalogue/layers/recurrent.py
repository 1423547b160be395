"""Recurrent layers, and the cells that they repeat over time."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Annotated, Any, NamedTuple, cast

from specc.catalogue.cost import altogether, multiply_adds, operations
from specc.catalogue.define import Result, Tensors, Weight, case, layer, tensor
from specc.catalogue.initial import check_initializers, initializes
from specc.catalogue.kinds import (
    Choice,
    Flag,
    Instance,
    LayerArgument,
    ListOf,
    Positive,
    Rate,
    Union,
    Within,
)
from specc.catalogue.mismatch import (
    BadArgument,
    DTypeMismatch,
    InputCount,
    ShapeMismatch,
    UnknownSize,
)
from specc.catalogue.policy import compute_dtype, policy_of
from specc.catalogue.shapes import clash, merge_dims, needs_rank, needs_size
from specc.catalogue.types import Dim, TensorType

CellArgument = Annotated[
    Instance | tuple[Instance, ...],
    Union((LayerArgument("cell"), ListOf(LayerArgument("cell"), 1))),
]
Cells = Annotated[tuple[Instance, ...], ListOf(LayerArgument("cell"), 1)]
UseCudnn = Annotated[bool | str, Choice(("auto", True, False))]

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}


class Cell(NamedTuple):
    """What a recurrent layer knows of its cell: its states' lengths and the weights it makes."""

    states: tuple[int, ...]
    output: int
    weights: Callable[[int, str], tuple[Weight, ...]]
    """By the number of features; the text is put before their names."""
    nested: bool = False
    """Whether Keras keeps the states as lists of lists, which a spec cannot pass in."""


def gated(kind: str, units: int, use_bias: bool, reset_after: bool = False) -> Cell:
    """The cell of `SimpleRNN`, `GRU` or `LSTM`."""
    width = GATES[kind] * units

    def weights(features: int, before: str) -> tuple[Weight, ...]:
        kernels = (
            Weight(f"{before}kernel", (features, width)),
            Weight(f"{before}recurrent_kernel", (units, width)),
        )
        if not use_bias:
            return kernels
        return (*kernels, Weight(f"{before}bias", (2, width) if reset_after else (width,)))

    return Cell((units, units) if kind == "LSTM" else (units,), units, weights)


def stacked(cells: tuple[Cell, ...]) -> Cell:
    """Several cells, each fed by the one before it."""

    def weights(features: int, before: str) -> tuple[Weight, ...]:
        result: list[Weight] = []
        for i, cell in enumerate(cells):
            result += cell.weights(features, f"{before}{i}/")
            features = cell.output
        return tuple(result)

    states = tuple(s for cell in cells for s in cell.states)
    nested = any(len(cell.states) > 1 or cell.nested for cell in cells)
    return Cell(states, cells[-1].output, weights, nested)


def cell_of(instance: Instance) -> Cell:
    """What an argument that takes a cell was given; raises `BadArgument` for other layers."""
    rule: dict[str, Any] = instance.definition[1].rule
    if instance.name == "StackedRNNCells":
        with Within(instance.name):
            return _all_of("cells", cast("tuple[Instance, ...]", rule["cells"]))
    kind = instance.name.removesuffix("Cell")
    if kind not in GATES or kind == instance.name:
        raise BadArgument(
            f"{instance.name} is no recurrent cell",
            help="the cells are LSTMCell, GRUCell, SimpleRNNCell and StackedRNNCells",
            argument=instance.name,
        )
    cell = gated(kind, rule["units"], rule["use_bias"], rule.get("reset_after", False))
    given: dict[str, Any] = instance.definition[1].constructor
    policy = policy_of(given) or ""
    if initializes(given, policy):
        with Within(instance.name):
            check_initializers(given, cell.weights(1, ""), policy)
    return cell


def _all_of(argument: str, instances: tuple[Instance, ...]) -> Cell:
    """Several cells in a list as one; its errors point into `argument`."""
    cells: list[Cell] = []
    for i, instance in enumerate(instances):
        with Within(argument, i):
            cells.append(cell_of(instance))
    return stacked(tuple(cells))


def unrolled(
    name: str,
    cell: Cell,
    sequences: TensorType,
    initial_state: Tensors | None,
    mask: TensorType | None,
    *,
    return_sequences: bool,
    return_state: bool,
    stateful: bool,
    unroll: bool,
    dtype: str,
) -> Result:
    """A cell repeated over the steps of a sequence."""
    needs_rank(name, sequences, 3, form="(batch, time, features)")
    batch, time = sequences[0], sequences[1]
    features = needs_size(name, sequences, 2, "number of features")
    if stateful and not isinstance(batch, int):
        raise UnknownSize(
            f"{name} keeps its state from batch to batch, for which the batch must be fixed",
            argument="stateful",
            help="pass the state by `return_state` and `initial_state`",
        )
    if unroll and not isinstance(time, int):
        raise UnknownSize(
            f"{name} can be unrolled only over a known number of steps; its input is {sequences}",
            argument="unroll",
            inputs=(0,),
        )
    if initial_state is not None:
        if cell.nested:
            raise InputCount(
                f"{name} cannot be given the states of stacked cells with several states each",
                help="use layers one after the other, each with a state of its own",
            )
        check_states(name, initial_state, tuple((batch, s) for s in cell.states), 1)
    if mask is not None:
        check_mask(name, mask, (batch, time), 1 + len(initial_state or ()))
    weights = cell.weights(features, "")
    steps = time if isinstance(time, int) else None
    kernels, biases = _sizes(weights)
    cost = altogether(multiply_adds(steps, kernels), operations(steps, biases))
    dims = (batch, time, cell.output) if return_sequences else (batch, cell.output)
    outputs = TensorType(dims, dtype)
    if not return_state:
        return Result(outputs, weights, cost)
    states = (TensorType((batch, s), dtype) for s in cell.states)
    return Result((outputs, *states), weights, cost)


def _sizes(weights: tuple[Weight, ...]) -> tuple[int, int]:
    """How many numbers the kernels hold, and how many the biases."""
    kernels = biases = 0
    for weight in weights:
        size = prod(weight.shape)
        if weight.name.endswith("bias"):
            biases += size
        else:
            kernels += size
    return kernels, biases


def check_states(
    name: str, states: Tensors, wanted: tuple[tuple[Dim, ...], ...], position: int
) -> None:
    """Raises unless the states given have the shapes that the layer's own states have."""
    if len(states) != len(wanted):
        raise InputCount(
            f"{name} takes {len(wanted)} tensor{'s' * (len(wanted) > 1)} of initial state; it is"
            f" given {len(states)}",
            inputs=tuple(range(position, position + len(states))),
        )
    for i, (state, dims) in enumerate(zip(states, wanted, strict=True)):
        if len(state.dims) != len(dims) or any(map(clash, state.dims, dims)):
            raise ShapeMismatch(
                f"{name} has a state of shape {TensorType(dims)}; this is {state}",
                inputs=(position + i,),
                help=f"a Dense with `units: {dims[-1]}` before would fit"
                if len(dims) == 2
                else None,
            )


def check_mask(name: str, mask: TensorType, wanted: tuple[Dim, ...], position: int) -> None:
    """Raises unless a mask says of each step whether it counts."""
    if len(mask.dims) != len(wanted) or any(map(clash, mask.dims, wanted)):
        raise ShapeMismatch(
            f"{name} takes a mask of shape {TensorType(wanted)}; this is {mask}", inputs=(position,)
        )
    if mask.dtype != "bool":
        raise DTypeMismatch(
            f"{name} takes a mask of bool; this is {mask.dtype}", inputs=(position,)
        )


@layer(
    case((10, 8), units=5),
    case((None, 8), units=5, return_sequences=True, use_bias=False),
    case((10, 8), units=5, return_state=True),
    case((10, 8), [5, 5], units=5, unroll=True, dropout=0.2),
    case((10, 8), ..., tensor(10, dtype="bool"), units=3, recurrent_dropout=0.1),
)
def LSTM(
    sequences: TensorType,
    initial_state: Tensors | None = None,
    mask: TensorType | None = None,
    *,
    units: Positive,
    use_bias: Flag = True,
    dropout: Rate = 0.0,
    recurrent_dropout: Rate = 0.0,
    return_sequences: Flag = False,
    return_state: Flag = False,
    stateful: Flag = False,
    unroll: Flag = False,
    use_cudnn: UseCudnn = "auto",
    dtype: str,
) -> Result:
    """Long short-term memory. (batch, time, features) -> (batch, units)

    With `return_sequences` (batch, time, units); with `return_state` the last output and the carry
    too, each (batch, units). The number of features must be known. (Hochreiter & Schmidhuber 1997)
    """
    return unrolled(
        "LSTM",
        gated("LSTM", units, use_bias),
        sequences,
        initial_state,
        mask,
        return_sequences=return_sequences,
        return_state=return_state,
        stateful=stateful,
        unroll=unroll,
        dtype=dtype,
    )


@layer(
    case((10, 8), units=5),
    case((None, 8), units=5, return_sequences=True, reset_after=False),
    case((10, 8), units=5, return_state=True, use_bias=False),
    case((10, 8), [5], units=5),
)
def GRU(
    sequences: TensorType,
    initial_state: Tensors | None = None,
    mask: TensorType | None = None,
    *,
    units: Positive,
    use_bias: Flag = True,
    dropout: Rate = 0.0,
    recurrent_dropout: Rate = 0.0,
    return_sequences: Flag = False,
    return_state: Flag = False,
    stateful: Flag = False,
    unroll: Flag = False,
    reset_after: Flag = True,
    use_cudnn: UseCudnn = "auto",
    dtype: str,
) -> Result:
    """A gated recurrent unit. (batch, time, features) -> (batch, units)

    With `return_sequences` (batch, time, units); with `return_state` the last state too. The number
    of features must be known. (Cho et al. 2014)
    """
    return unrolled(
        "GRU",
        gated("GRU", units, use_bias, reset_after),
        sequences,
        initial_state,
        mask,
        return_sequences=return_sequences,
        return_state=return_state,
        stateful=stateful,
        unroll=unroll,
        dtype=dtype,
    )


@layer(
    case((10, 8), units=5),
    case((None, 8), units=5, return_sequences=True),
    case((10, 8), [5], units=5, return_state=True, use_bias=False),
)
def SimpleRNN(
    sequences: TensorType,
    initial_state: Tensors | None = None,
    mask: TensorType | None = None,
    *,
    units: Positive,
    use_bias: Flag = True,
    dropout: Rate = 0.0,
    recurrent_dropout: Rate = 0.0,
    return_sequences: Flag = False,
    return_state: Flag = False,
    stateful: Flag = False,
    unroll: Flag = False,
    dtype: str,
) -> Result:
    """A recurrent layer without gates. (batch, time, features) -> (batch, units)

    With `return_sequences` (batch, time, units); with `return_state` the last state too. The number
    of features must be known.
    """
    return unrolled(
        "SimpleRNN",
        gated("SimpleRNN", units, use_bias),
        sequences,
        initial_state,
        mask,
        return_sequences=return_sequences,
        return_state=return_state,
        stateful=stateful,
        unroll=unroll,
        dtype=dtype,
    )


@layer(
    case((10, 8), cell={"LSTMCell": {"units": 5}}),
    case(
        (None, 8), cell=[{"LSTMCell": {"units": 5}}, {"GRUCell": {"units": 4}}], return_state=True
    ),
    case((10, 8), [5], cell={"GRUCell": {"units": 5}}, return_sequences=True),
    case((10, 8), cell={"StackedRNNCells": {"cells": [{"SimpleRNNCell": {"units": 5}}]}}),
)
def RNN(
    sequences: TensorType,
    initial_state: Tensors | None = None,
    mask: TensorType | None = None,
    *,
    cell: CellArgument,
    return_sequences: Flag = False,
    return_state: Flag = False,
    stateful: Flag = False,
    unroll: Flag = False,
    dtype: str,
) -> Result:
    """A cell, or several stacked, over the steps. (batch, time, features) -> (batch, units)

    With `return_sequences` (batch, time, units); with `return_state` all states too. The number of
    features must be known.
    """
    if isinstance(cell, Instance):
        with Within("cell"):
            inner = cell_of(cell)
    else:
        inner = _all_of("cell", cell)
    return unrolled(
        "RNN",
        inner,
        sequences,
        initial_state,
        mask,
        return_sequences=return_sequences,
        return_state=return_state,
        stateful=stateful,
        unroll=unroll,
        dtype=dtype,
    )


def one_step(name: str, cell: Cell, inputs: TensorType, states: Tensors, dtype: str) -> Result:
    """One step of a cell: its output, then its new states."""
    needs_rank(name, inputs, 2, form="(batch, features)")
    features = needs_size(name, inputs, -1, "number of features")
    check_states(name, states, tuple((inputs[0], s) for s in cell.states), 1)
    batch = inputs[0]
    for i, each in enumerate((inputs, *states)):
        batch = merge_dims(batch, each[0])
        if not each.dtype.startswith(("float", "bfloat")):
            raise DTypeMismatch(f"{name} takes floats, not {each.dtype}", inputs=(i,))
    weights = cell.weights(features, "")
    kernels, biases = _sizes(weights)
    cost = 2 * kernels + biases
    outputs = (TensorType((batch, cell.output), dtype),)
    outputs += tuple(TensorType((batch, s), dtype) for s in cell.states)
    return Result(outputs, weights, cost)


@layer(case(8, [5, 5], units=5), case(8, [5, 5], units=5, use_bias=False))
def LSTMCell(
    inputs: TensorType,
    states: Tensors,
    *,
    units: Positive,
    use_bias: Flag = True,
    dropout: Rate = 0.0,
    recurrent_dropout: Rate = 0.0,
    dtype: str,
) -> Result:
    """One step of an LSTM. (batch, features), two states -> (batch, units), two states"""
    return one_step("LSTMCell", gated("LSTM", units, use_bias), inputs, states, dtype)


@layer(case(8, [5], units=5), case(8, [5], units=5, reset_after=False))
def GRUCell(
    inputs: TensorType,
    states: Tensors,
    *,
    units: Positive,
    use_bias: Flag = True,
    dropout: Rate = 0.0,
    recurrent_dropout: Rate = 0.0,
    reset_after: Flag = True,
    dtype: str,
) -> Result:
    """One step of a GRU. (batch, features), a state -> (batch, units), a state"""
    return one_step("GRUCell", gated("GRU", units, use_bias, reset_after), inputs, states, dtype)


@layer(case(8, [5], units=5), case(8, [5], units=5, use_bias=False))
def SimpleRNNCell(
    sequence: TensorType,
    states: Tensors,
    *,
    units: Positive,
    use_bias: Flag = True,
    dropout: Rate = 0.0,
    recurrent_dropout: Rate = 0.0,
    dtype: str,
) -> Result:
    """One step of a SimpleRNN. (batch, features), a state -> (batch, units), a state"""
    return one_step("SimpleRNNCell", gated("SimpleRNN", units, use_bias), sequence, states, dtype)


@layer(
    case(8, [5, 4], cells=[{"GRUCell": {"units": 5}}, {"SimpleRNNCell": {"units": 4}}]),
    case(8, [4], cells=[{"SimpleRNNCell": {"units": 4}}]),
    case(8, [3, 3, 3], cells=[{"GRUCell": {"units": 3}}] * 3),
    case(8, [6, 2], cells=[{"SimpleRNNCell": {"units": 6}}, {"GRUCell": {"units": 2}}]),
    case(8, [7], cells=[{"GRUCell": {"units": 7, "use_bias": False}}]),
)
def StackedRNNCells(
    inputs: TensorType, states: Tensors, *, cells: Cells, dtype: str, policy: str | None
) -> Result:
    """One step of several cells. (batch, features), their states -> (batch, units), their states"""
    cell = _all_of("cells", cells)
    if cell.nested:
        raise InputCount(
            "StackedRNNCells cannot be called on states of cells that have several each",
            help="use it inside `RNN`",
        )
    if policy is not None:
        raise BadArgument(
            "StackedRNNCells calculates in its cells' dtypes",
            argument="dtype",
            help="write the dtype at each cell",
        )
    result = one_step("StackedRNNCells", cell, inputs, states, dtype)
    written = [policy_of(c.definition[1].constructor) for c in cells]
    if not any(written):
        return result
    own = [compute_dtype(w) if w else dtype for w in written]
    outputs = cast("Tensors", result.outputs)
    given = tuple(o.cast(d) for o, d in zip(outputs, (own[-1], *own), strict=True))
    return Result(given, result.weights, result.flops)
