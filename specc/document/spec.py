"""The structure of a spec: pydantic models, one for each thing that the language page names.

Layers, losses and the like keep their arguments as an open mapping: `infer` checks them against
the catalogue, after expressions have their values.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from specc.catalogue.kinds import nearest
from specc.catalogue.plain import is_dict
from specc.document.bounds import RANK
from specc.document.values import (
    Chosen,
    Count,
    Flag,
    Fraction,
    Later,
    Name,
    Number,
    Positive,
    Seed,
    SpecName,
    Text,
    Whole,
    is_expression,
    name,
)


class Strict(BaseModel):
    """A mapping whose keys are all known, and which nothing changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


DType = Literal[
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    "bfloat16", "float16", "float32", "float64", "string",
]  # fmt: skip


# --- inputs and variables -------------------------------------------------------------------------


class Normal(Strict):
    """Noise with a mean and a standard deviation."""

    mean: Later[Number] = 0.0
    stddev: Later[Annotated[Number, Field(ge=0)]] = 1.0


class Uniform(Strict):
    """Noise between two bounds."""

    low: Later[Number] = 0.0
    high: Later[Number] = 1.0


class Integers(Strict):
    """Whole numbers from `low` to `high`, the upper bound left out."""

    low: Later[Whole] = 0
    high: Later[Whole]


class Sample(Strict):
    """What an input is drawn from; one of the three."""

    normal: Normal | None = None
    uniform: Uniform | None = None
    integers: Integers | None = None


def _sample(value: Any) -> Any:
    if isinstance(value, str) and not is_expression(value):
        if value not in ("normal", "uniform"):
            raise PydanticCustomError(
                "choice",
                "normal, or one of normal, uniform and integers as a key",
                {"choices": "normal uniform"},
            )
        return {value: {}}
    if is_dict(value):
        if len(value) != 1:
            raise PydanticCustomError("one_key", "this wants one of normal, uniform and integers")
        return {k: dict[str, Any]() if v is None else v for k, v in value.items()}
    return value


def _dimension(value: Any) -> Any:
    if value is None:
        return value
    if isinstance(value, str):
        return name(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError(
            "dimension", "a whole number from 1, `null` (unknown), or a name such as `time`"
        )
    if not 1 <= value <= 2**53 or not float(value).is_integer():
        raise PydanticCustomError("dimension", "a whole number from 1")
    return int(value)


Dimension = Annotated[int | str | None, BeforeValidator(_dimension)]


class Input(Strict):
    """An input of a model. `shape` leaves the batch out."""

    shape: Later[Annotated[list[Later[Dimension]], Field(max_length=RANK)]]
    dtype: Later[DType] = "float32"
    sample: Later[Annotated[Sample, BeforeValidator(_sample)] | None] = None


class Variable(Strict):
    """A learned tensor that is in no layer. `shape` is its whole shape."""

    shape: Later[Annotated[list[Later[Positive]], Field(max_length=RANK)]]
    initializer: Later[Chosen] = "zeros"
    dtype: Later[DType] = "float32"
    trainable: Later[Flag] = True
    per_example: Later[Flag] = False


# --- steps and chains -----------------------------------------------------------------------------

CLASS = re.compile(r"(?:ops\.[a-z_][a-z0-9_]*|(?:[A-Za-z_]\w*\.)?[A-Za-z]\w*)")
BESIDE = ("when", "repeat", "with", "take", "id", "call", "as")
"""The keys that a step may carry beside its class."""

Reference = Text
References = Later[Reference | list[Reference] | dict[str, Reference | list[Reference]]]
Take = Later[list[Reference] | dict[str, Reference | list[Reference]]]
Repeat = Later[Count | dict[Name, Later[list[Any]]]]


class Beside(Strict):
    """What every step may carry beside its class."""

    when: Any = True
    repeat: Repeat | None = None
    take: Take | None = None
    id: Name | None = None
    call: Later[dict[str, Any]] = Field(default_factory=dict[str, Any])
    parts: list[Text] | None = Field(default=None, alias="as")


class LayerStep(Beside):
    """A layer or an op: `Dense: {units: 10}`. `layer` is the key and `arguments` what it holds."""

    layer: str
    arguments: Later[dict[str, Any]]


class UseStep(Beside):
    """`use: name`: a shared layer, a model or a block."""

    use: Later[Text]
    params: Later[dict[str, Any]] = Field(default_factory=dict[str, Any], alias="with")


class GroupStep(Strict):
    """`repeat:` with `layers:`: steps that are taken several times."""

    repeat: Repeat
    layers: Later[list[Step]]
    when: Any = True


class MarkStep(Strict):
    """`mark: name`: gives the running tensor a name."""

    mark: Name


class ExpressionStep(Strict):
    """A step that is an expression; it is read again once it has its value."""

    expression: str


def _read_step(value: Any) -> Any:
    """Brings a step into the form of its model; the class becomes the value of `layer`."""
    if isinstance(value, str):
        if is_expression(value):
            return {"expression": value}
        return {"layer": _class(value), "arguments": {}}
    if not is_dict(value):
        raise _bad_step("a step is a class, or a mapping with a class as key", _WRITE)
    if "mark" in value or "use" in value or "layers" in value:
        return value
    classes = [k for k in value if k not in BESIDE]
    if len(classes) != 1 or _misspelt(classes[0]):
        _blame(value, classes)
    cls = classes[0]
    arguments = _arguments(cls, value[cls])
    rest = {k: v for k, v in value.items() if k != cls}
    return {"layer": _class(cls), "arguments": arguments, **rest}


def _blame(value: dict[str, Any], classes: list[str]) -> None:
    """Says why a mapping is no step: it has no class, or several, or a key that no step has."""
    if not classes:
        if "repeat" in value:
            raise _bad_step("this repeats nothing: it has no class and no `layers`", _GROUP)
        raise _bad_step("this step has no class", _WRITE)
    for key in classes:
        if (len(classes) > 1 and _is_no_class(key)) or _misspelt(key):
            raise PydanticCustomError("unknown_key", "unknown key", {"key": key})
    shown = ", ".join(f"`{c[:60]}`" for c in classes[:5])
    raise _bad_step(f"this step has several classes: {shown}", _ONE_EACH)


def _is_no_class(key: str) -> bool:
    """A class is written with a capital, an op or a plug-in's with a dot."""
    return "." not in key and key == key.lower()


def _misspelt(key: str) -> bool:
    return _is_no_class(key) and nearest(key, ("use", "mark", "layers", *BESIDE)) is not None


_WRITE = "write the class as the key: `Dense: {units: 10}`"
_GROUP = "write the steps under `layers`, beside `repeat`"
_ONE_EACH = "begin each step with a `-` of its own"


def _bad_step(message: str, help: str) -> PydanticCustomError:
    return PydanticCustomError("bad_step", "{message}", {"message": message, "help": help})


def _arguments(cls: str, arguments: Any) -> Any:
    if arguments is None:
        return {}
    if not is_dict(arguments) and not is_expression(arguments):
        raise PydanticCustomError(
            "bad_arguments", "`{key}` takes its arguments by name: `{key}: {…}`", {"key": cls}
        )
    return arguments


def _class(cls: str) -> str:
    if not CLASS.fullmatch(cls):
        shown = cls if len(cls) <= 60 else cls[:57] + "..."
        raise _bad_step(f"`{shown}` is no class of a layer, and no `ops.` function", _WRITE)
    return cls


def _which(value: Any) -> str:
    if is_dict(value):
        for key, tag in _TAGS.items():
            if key in value:
                return tag
    return "layer step"


_TAGS = {
    "mark": "mark step",
    "use": "use step",
    "layers": "group step",
    "expression": "expression step",
}

Step = Annotated[
    Annotated[LayerStep, Tag("layer step")]
    | Annotated[UseStep, Tag("use step")]
    | Annotated[GroupStep, Tag("group step")]
    | Annotated[MarkStep, Tag("mark step")]
    | Annotated[ExpressionStep, Tag("expression step")],
    Discriminator(_which),
    BeforeValidator(_read_step),
]


class Chain(Strict):
    """A named chain: where it comes from, and the layers that it passes through."""

    source: References = Field(alias="from")
    layers: Later[list[Step]] = Field(default_factory=list[Any])
    parts: list[Name] | None = Field(default=None, alias="as")


# --- shared layers, blocks and models -------------------------------------------------------------


def _layer(value: Any) -> Any:
    read = _read_step(value)
    if set(read) != {"layer", "arguments"}:
        beside = ", ".join(f"`{k}`" for k in sorted({*read} - {"layer", "arguments"}))
        raise _bad_step(f"a declared layer has its class only, and this has {beside}", _WRITE)
    return read


class Layer(Strict):
    """One layer that is declared and not yet applied."""

    layer: str
    arguments: Later[dict[str, Any]]


Declared = Annotated[Layer, BeforeValidator(_layer)]
Outputs = Later[list[Reference] | dict[Name, Reference]]


class Body(Strict):
    """What blocks and models have in common: a graph and its declarations."""

    variables: dict[Name, Variable] = Field(default_factory=dict[str, Variable])
    shared: dict[Name, Declared] = Field(default_factory=dict[str, Layer])
    models: dict[Name, Model] = Field(default_factory=lambda: {})
    blocks: dict[Name, Block] = Field(default_factory=lambda: {})
    graph: dict[Name, Chain] = Field(default_factory=dict[str, Chain])


class Block(Body):
    """A macro: every `use` of it makes fresh weights."""

    description: Text | None = None
    params: dict[Name, Any] = Field(default_factory=dict[str, Any])
    inputs: list[Name]
    output: Later[Reference] | None = None
    outputs: Outputs | None = None


class Model(Body):
    """A model of its own, used as a layer: by its graph, a Keras application or a file."""

    description: Text | None = None
    inputs: dict[Name, Input] = Field(default_factory=dict[str, Input])
    outputs: Outputs | None = None
    application: Later[Chosen] | None = None
    file: Later[Text] | None = None
    trainable: Later[Flag] = True


# --- outputs and losses ---------------------------------------------------------------------------


class Output(Strict):
    """How an output is learned."""

    source: Later[Reference] | None = Field(default=None, alias="from")
    loss: Later[Chosen] | None = None
    weight: Later[Number] = 1.0
    metrics: Later[list[Later[Chosen]]] = Field(default_factory=list[Any])
    target: Later[Reference] | None = None


LOSS = re.compile(r"(?:[a-z_]\w*\.)?[A-Z]\w*")


def _loss_term(value: Any) -> Any:
    if not is_dict(value):
        raise PydanticCustomError("bad_term", "a loss term is a mapping", {"help": _TERM})
    classes = [k for k in value if LOSS.fullmatch(k)]
    if len(classes) != 1:
        shown = ", ".join(f"`{c[:60]}`" for c in classes[:5]) or "none"
        raise PydanticCustomError(
            "bad_term",
            "a loss term has one loss class as a key, and this has {shown}",
            {"shown": shown, "help": _TERM},
        )
    (cls,) = classes
    tensors = {k: v for k, v in value.items() if k not in (cls, "weight")}
    read = {"loss": cls, "arguments": _arguments(cls, value[cls]), "tensors": tensors}
    return read | ({"weight": value["weight"]} if "weight" in value else {})


_TERM = "write the class and its tensors: `{MeanSquaredError: {}, y_true: a, y_pred: b}`"


class LossTerm(Strict):
    """A further loss, over any tensors of the graph; a number stands for a constant."""

    loss: str
    arguments: Later[dict[str, Any]]
    tensors: dict[str, Later[Number | Reference]]
    weight: Later[Number] = 1.0


# --- data -----------------------------------------------------------------------------------------


class Binding(Strict):
    """A field of the data and the transforms that it passes through."""

    field: Later[Text]
    transform: Later[list[Later[Any]]] = Field(default_factory=list[Any])


class Split(Strict):
    """Which part is for validation and which for the test; the rest is for training."""

    validation: Later[Fraction] = 0.0
    test: Later[Fraction] = 0.0
    stratify: Later[Text] | None = None
    seed: Later[Seed] = 0
    folds: Later[Annotated[Positive, Field(ge=2)]] | None = None


class Data(Strict):
    """Where the data comes from, and which field feeds what."""

    source: Later[Chosen]
    inputs: dict[Name, Binding] = Field(default_factory=dict[str, Binding])
    targets: dict[Name, Binding] = Field(default_factory=dict[str, Binding])
    split: Split = Split()
    sample_weight: Later[Text] | None = None


# --- train ----------------------------------------------------------------------------------------


class Phase(Strict):
    """Which losses are minimised, over which weights, how often."""

    name: Name
    minimize: Later[list[Reference]] | None = None
    over: Later[list[Reference]] | None = None
    optimizer: Later[Chosen] | None = None
    every: Later[Positive] = 1
    repeat: Later[Positive] = 1
    epochs: Later[Annotated[list[Count], Field(min_length=2, max_length=2)]] | None = None


class Checkpoint(Strict):
    """How often a checkpoint is written within an epoch."""

    every_steps: Later[Positive]


class ModelParallel(Strict):
    """Weights spread over devices by a layout: a pattern of names and the axes."""

    model_parallel: dict[str, Any]


class Train(Strict):
    """How the model is trained."""

    optimizer: Later[Chosen] = "adam"
    batch_size: Later[Positive | Literal["full"]] = 32
    epochs: Later[Positive] = 1
    steps_per_epoch: Later[Positive] | None = None
    callbacks: Later[list[Later[Chosen]]] = Field(default_factory=list[Any])
    seed: Later[Seed] = 0
    class_weight: Later[dict[str, Any]] | None = None
    precision: Later[Literal["float32", "mixed_bfloat16", "mixed_float16"]] = "float32"
    backend: Later[Literal["tensorflow", "jax"]] = "tensorflow"
    loop: Later[Literal["auto", "epoch", "batch"]] = "auto"
    checkpoint: Checkpoint | None = None
    distribute: Later[Literal["none", "data_parallel"] | ModelParallel] = "none"
    phases: list[Phase] | None = None


# --- tune -----------------------------------------------------------------------------------------


class Objective(Strict):
    """What a search improves."""

    metric: Later[Text]
    direction: Later[Literal["min", "max"]] | None = None


class Space(Strict):
    """What one field may be: one of the four."""

    choice: Later[Annotated[list[Any], Field(min_length=1)]] | None = None
    uniform: Later[Annotated[list[Later[Number]], Field(min_length=2, max_length=2)]] | None = None
    log_uniform: Later[Annotated[list[Later[Number]], Field(min_length=2, max_length=2)]] | None = (
        None
    )
    int: Later[Annotated[list[Later[Whole]], Field(min_length=2, max_length=3)]] | None = None


def _space(value: Any) -> Any:
    if is_dict(value) and len(value) != 1:
        raise PydanticCustomError(
            "one_key", "this wants one of choice, uniform, log_uniform and int"
        )
    return value


class Bound(Strict):
    """From where to where a number may go."""

    min: Later[Number] | None = None
    max: Later[Number] | None = None


class Require(Strict):
    """What every trial must keep to, known before training."""

    parameters: Bound | None = None
    memory: Bound | None = None
    flops: Bound | None = None


class Tune(Strict):
    """Which fields may vary, and how they are searched."""

    objective: Later[Objective | Text]
    sampler: Later[Literal["grid", "random", "tpe", "gp", "cmaes"]] = "random"
    pruner: Later[Literal["hyperband", "successive_halving", "median", "none"]] = "none"
    trials: Later[Positive] | None = None
    timeout: Later[Annotated[Number, Field(gt=0)]] | None = None
    seed: Later[Seed] = 0
    folds: Later[Annotated[Positive, Field(ge=2)]] | None = None
    repeats: Later[Positive] = 1
    seed_with: Later[list[dict[str, Any]]] = Field(default_factory=list[Any])
    space: Annotated[dict[str, Annotated[Space, BeforeValidator(_space)]], Field(min_length=1)]
    require: Require = Require()


# --- the whole ------------------------------------------------------------------------------------


class Spec(Body):
    """A whole spec."""

    specc: Literal[1]
    name: SpecName | None = None
    description: Text | None = None
    extends: Text | None = None
    params: dict[Name, Any] = Field(default_factory=dict[str, Any])
    inputs: dict[Name, Input] = Field(default_factory=dict[str, Input])
    outputs: Later[list[Name] | dict[Name, Output | None]]
    losses: dict[Name, Annotated[LossTerm, BeforeValidator(_loss_term)]] = Field(
        default_factory=dict[str, LossTerm]
    )
    data: Data | None = None
    train: Train | None = None
    tune: Tune | None = None
