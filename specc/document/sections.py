"""The sections about the model: its data, its training, and the search for a better one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from specc.catalogue.plain import is_dict
from specc.document.steps import Reference
from specc.document.values import (
    Chosen,
    Count,
    Fraction,
    Later,
    Name,
    Number,
    Positive,
    Seed,
    Strict,
    Text,
    Whole,
)

# --- data -----------------------------------------------------------------------------------------


class Binding(Strict):
    """A field of the data, or several side by side, and the transforms that it passes through."""

    field: Later[Text | Annotated[list[Later[Text]], Field(min_length=1)]]
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

    source: Later[Chosen] | None = None
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
    initial_epoch: Later[Count] = 0
    steps_per_epoch: Later[Positive] | None = None
    validation_freq: Later[Positive] = 1
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


class Resources(Strict):
    """What a task of a cluster is given."""

    cpus: Later[Annotated[Number, Field(gt=0)]] = 1
    gpus: Later[Annotated[Number, Field(ge=0)]] = 0


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
    keep: Later[Positive] = 3
    seed_with: Later[list[dict[str, Any]]] = Field(default_factory=list[Any])
    space: Annotated[dict[str, Annotated[Space, BeforeValidator(_space)]], Field(min_length=1)]
    require: Require = Require()
    resources: Resources = Resources()
