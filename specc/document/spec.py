"""The structure of a spec: pydantic models, one for each thing that the language page names.

Layers, losses and the like keep their arguments as an open mapping: `infer` checks them against
the catalogue, after expressions have their values. What a spec is made of is in files of its own,
and is named here once more for those who read specs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from specc.document.learned import LOSS, LossTerm, Output, loss_term
from specc.document.sections import (
    Binding,
    Bound,
    Checkpoint,
    Data,
    ModelParallel,
    Objective,
    Phase,
    Require,
    Resources,
    Space,
    Split,
    Train,
    Tune,
)
from specc.document.steps import (
    BESIDE,
    CLASS,
    WRITE,
    Beside,
    Chain,
    ExpressionStep,
    GroupStep,
    LayerStep,
    MarkStep,
    Reference,
    References,
    Repeat,
    Step,
    Take,
    UseStep,
    bad_step,
    read_layer,
)
from specc.document.tensors import (
    Dimension,
    DType,
    Input,
    Integers,
    Normal,
    Sample,
    Uniform,
    Variable,
)
from specc.document.values import Chosen, Flag, Later, Name, SpecName, Strict, Text

__all__ = [
    "BESIDE",
    "Beside",
    "Binding",
    "Block",
    "Body",
    "Bound",
    "Chain",
    "Checkpoint",
    "CLASS",
    "Data",
    "Declared",
    "Dimension",
    "DType",
    "ExpressionStep",
    "GroupStep",
    "Input",
    "Integers",
    "Layer",
    "LayerStep",
    "LOSS",
    "LossTerm",
    "MarkStep",
    "Model",
    "ModelParallel",
    "Normal",
    "Objective",
    "Output",
    "Outputs",
    "Phase",
    "Reference",
    "References",
    "Repeat",
    "Require",
    "Resources",
    "Sample",
    "Space",
    "Spec",
    "Split",
    "Step",
    "Strict",
    "Take",
    "Train",
    "Tune",
    "Uniform",
    "UseStep",
    "Variable",
]


# --- shared layers, blocks and models -------------------------------------------------------------


def _layer(value: Any) -> Any:
    read = read_layer(value)
    if set(read) != {"layer", "arguments"}:
        beside = ", ".join(f"`{k}`" for k in sorted({*read} - {"layer", "arguments"}))
        raise bad_step(f"a declared layer has its class only, and this has {beside}", WRITE)
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
    losses: dict[Name, Annotated[LossTerm, BeforeValidator(loss_term)]] = Field(
        default_factory=dict[str, LossTerm]
    )
    data: Data | None = None
    train: Train | None = None
    tune: Tune | None = None
