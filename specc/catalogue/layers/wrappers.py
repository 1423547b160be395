"""Layers around a layer: in both directions, at each step, with a normalised kernel, in a row."""

from __future__ import annotations

from typing import Annotated, Any

from specc.catalogue.cost import altogether, operations
from specc.catalogue.define import Definition, Result, Tensors, Weight, case, layer
from specc.catalogue.initial import check_initializers, initializes
from specc.catalogue.kinds import (
    Choice,
    Instance,
    LayerArgument,
    ListOf,
    Optional,
    Positive,
    Within,
)
from specc.catalogue.mismatch import (
    BadArgument,
    BadCombination,
    DTypeMismatch,
    InputCount,
    ShapeMismatch,
)
from specc.catalogue.policy import policy_of
from specc.catalogue.shapes import needs_rank
from specc.catalogue.types import TensorType

Inner = Annotated[Instance, LayerArgument()]
OptionalInner = Annotated[Instance | None, Optional(LayerArgument())]
InnerList = Annotated[tuple[Instance, ...], ListOf(LayerArgument(), 1)]
MergeMode = Annotated[str | None, Choice(("concat", "sum", "mul", "ave", None))]

RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


def applied(
    argument: str | tuple[str | int, ...], inner: Instance, *tensors: Any, dtype: str
) -> Result:
    """The rule of a layer inside a layer; its errors point into `argument`."""
    definition: Definition = inner.definition[0]
    arguments: dict[str, Any] = dict(inner.definition[1].rule)
    if definition.reads_dtype:
        arguments["dtype"] = dtype
    if definition.reads_policy:
        arguments["policy"] = policy_of(inner.definition[1].constructor)
    path = (argument,) if isinstance(argument, str) else argument
    if not definition.takes_one:
        raise InputCount(
            f"{inner.name} takes several tensors, and a layer inside a layer is given one",
            argument=path,
        )
    try:
        with Within(inner.name if inner.shared is None else "use"):
            definition.refuse_text(t for t in tensors if isinstance(t, TensorType))
            result = definition.rule(*tensors, **arguments)
            given: dict[str, Any] = inner.definition[1].constructor
            policy = policy_of(given) or ""
            if initializes(given, policy):
                check_initializers(given, result.weights, policy)
            return result
    except Exception as error:
        Within(*path).__exit__(type(error), error, None)
        raise


def _single(name: str, argument: str, inner: Instance, result: Result) -> TensorType:
    if isinstance(result.outputs, tuple):
        raise BadArgument(
            f"{name} takes a layer that gives one tensor; {inner.name} gives {len(result.outputs)}",
            argument=(argument, inner.name),
            help="leave out `return_state`",
        )
    return result.outputs


def _prefixed(prefix: str, weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    return tuple([Weight(f"{prefix}/{w.name}", w.shape, w.trainable) for w in weights])


@layer(
    case((10, 8), layer={"LSTM": {"units": 5}}),
    case((None, 8), layer={"GRU": {"units": 5, "return_sequences": True}}, merge_mode="sum"),
    case((10, 8), layer={"LSTM": {"units": 5, "return_state": True}}, merge_mode=None),
    case((10, 8), [5, 5, 5, 5], layer={"LSTM": {"units": 5, "return_state": True}}),
    case(
        (10, 8),
        layer={"SimpleRNN": {"units": 5}},
        backward_layer={"SimpleRNN": {"units": 5, "go_backwards": True}},
    ),
    case((4, 10, 2), layer={"ConvLSTM1D": {"filters": 3, "kernel_size": 3}}),
)
def Bidirectional(
    sequences: TensorType,
    initial_state: Tensors | None = None,
    mask: TensorType | None = None,
    *,
    layer: Inner,
    merge_mode: MergeMode = "concat",
    backward_layer: OptionalInner = None,
    dtype: str,
) -> Result:
    """A recurrent layer in both directions. (batch, time, features) -> (batch, 2 * units)

    With a `merge_mode` of sum, mul or ave (batch, units), with null two tensors. States come
    forward first. (Schuster & Paliwal 1997)
    """
    _check_directions(layer, backward_layer)
    backward = layer if backward_layer is None else backward_layer
    states: tuple[Tensors | None, Tensors | None] = (None, None)
    if initial_state is not None:
        half = len(initial_state) // 2
        if len(initial_state) % 2:
            raise InputCount(
                f"Bidirectional takes as many states backward as forward; it is given"
                f" {len(initial_state)}"
            )
        states = (initial_state[:half], initial_state[half:])
    argument = "layer" if backward_layer is None else "backward_layer"
    one = applied("layer", layer, sequences, states[0], mask, dtype=dtype)
    other = one
    if backward is not layer or not _alike(*states):
        other = applied(argument, backward, sequences, states[1], mask, dtype=dtype)
    first, *after = one.outputs if isinstance(one.outputs, tuple) else (one.outputs,)
    second, *later = other.outputs if isinstance(other.outputs, tuple) else (other.outputs,)
    weights = (*_prefixed("forward", one.weights), *_prefixed("backward", other.weights))
    merged = (first, second) if merge_mode is None else (_merged(merge_mode, first, second),)
    outputs = (*merged, *after, *later)
    merging = 0 if merge_mode in (None, "concat") else first.size
    cost = altogether(one.flops, other.flops, merging)
    return Result(outputs if len(outputs) > 1 else merged[0], weights, cost)


def _alike(one: Tensors | None, other: Tensors | None) -> bool:
    """Whether a rule would see no difference between two lists of tensors."""
    if one is None or other is None:
        return one is other
    return [(t.dims, t.dtype) for t in one] == [(t.dims, t.dtype) for t in other]


def _check_directions(forward: Instance, backward: Instance | None) -> None:
    for argument, each in (("layer", forward), ("backward_layer", backward)):
        if each is not None and each.name not in RECURRENT:
            raise BadArgument(
                f"Bidirectional takes a recurrent layer, not {each.name}",
                argument=(argument, each.name),
                help="those are LSTM, GRU, SimpleRNN, RNN and ConvLSTM",
            )
    if backward is None:
        return
    given = [each.definition[1].constructor for each in (forward, backward)]
    if given[0].get("go_backwards", False) == given[1].get("go_backwards", False):
        raise BadCombination(
            "one of the two layers goes backwards",
            argument=("backward_layer", backward.name),
            help="write `go_backwards: true` in it",
        )
    for key in ("stateful", "return_sequences", "return_state"):
        if given[0].get(key, False) != given[1].get(key, False):
            raise BadCombination(
                f"both layers have the same `{key}`", argument=("backward_layer", backward.name)
            )


def _merged(mode: str, one: TensorType, other: TensorType) -> TensorType:
    if one[:-1] != other[:-1] or (mode != "concat" and one != other):
        raise ShapeMismatch(
            f"Bidirectional cannot merge {one} forward and {other} backward",
            argument="merge_mode",
        )
    last, further = one[-1], other[-1]
    if mode == "concat" and isinstance(last, int) and isinstance(further, int):
        return one.of(*one[:-1], last + further)
    return one


@layer(
    case((10, 8), layer={"Dense": {"units": 5}}),
    case((None, 10, 9, 3), layer={"Conv2D": {"filters": 5, "kernel_size": 3}}),
    case((4, 10, 8), layer={"LSTM": {"units": 5}}),
    case((4, 2, 3), layer={"Flatten": {}}),
    text=True,
)
def TimeDistributed(
    inputs: TensorType, mask: TensorType | None = None, *, layer: Inner, dtype: str
) -> Result:
    """A layer at each step, with the same weights. (batch, time, ...) -> (batch, time, ...)"""
    needs_rank("TimeDistributed", inputs, 3, -1, form="(batch, time, ...)")
    if layer.name == "Pipeline":  # of Keras's layers the one without compute_output_shape
        raise BadArgument(
            "TimeDistributed takes a layer that tells its output's shape, as Pipeline does not",
            argument=("layer", layer.name),
            help="wrap each of the pipeline's layers in a TimeDistributed of its own",
        )
    result = applied("layer", layer, inputs.of(inputs[0], *inputs[2:]), dtype=dtype)
    step = _single("TimeDistributed", "layer", layer, result)
    time = inputs[1]
    steps = time if isinstance(time, int) else None
    outputs = TensorType((step[0], inputs[1], *step[1:]), dtype)
    return Result(outputs, _prefixed("layer", result.weights), operations(steps, result.flops))


@layer(
    case((9, 9, 3), layer={"Conv2D": {"filters": 5, "kernel_size": 3}}),
    case(4, layer={"Dense": {"units": 5}}, power_iterations=2),
    case((2, 3), layer={"Embedding": {"input_dim": 5, "output_dim": 6}}),
)
def SpectralNormalization(
    inputs: TensorType, *, layer: Inner, power_iterations: Positive = 1, dtype: str
) -> Result:
    """Keeps the largest singular value of a layer's kernel at 1. What the layer takes and gives

    (Miyato et al. 2018)
    """
    result = applied("layer", layer, inputs, dtype=dtype)
    kernel = next((w for w in result.weights if w.name in ("kernel", "embeddings")), None)
    if kernel is None:
        raise BadArgument(
            f"SpectralNormalization takes a layer with a kernel, which {layer.name} has not",
            argument=("layer", layer.name),
            help="such as Dense, Conv2D or Embedding",
        )
    if not inputs.dtype.startswith(("float", "bfloat")):
        raise DTypeMismatch(
            f"SpectralNormalization gives its result its input's dtype, {inputs.dtype}, which cuts"
            " off every fraction",
            help="give the input `dtype: float32`",
            inputs=(0,),
        )
    outputs = _single("SpectralNormalization", "layer", layer, result).cast(dtype)
    vector = Weight("vector_u", (1, kernel.shape[-1]), trainable=False)
    return Result(outputs, (*_prefixed("layer", result.weights), vector), result.flops)


@layer(
    case(
        (9, 9, 3),
        layers=[{"Rescaling": {"scale": 2.0}}, {"Conv2D": {"filters": 2, "kernel_size": 3}}],
    ),
    case(4, layers=[{"Identity": {}}]),
    text=True,
)
def Pipeline(inputs: TensorType, *, layers: InnerList, dtype: str) -> Result:
    """Layers in a row. What the first takes -> what the last gives"""
    weights: tuple[Weight, ...] = ()
    cost: int | None = 0
    for i, inner in enumerate(layers):
        result = applied(("layers", i), inner, inputs, dtype=dtype)
        inputs = _single("Pipeline", "layers", inner, result)
        weights += _prefixed(str(i), result.weights)
        cost = altogether(cost, result.flops)
    return Result(inputs, weights, cost)
