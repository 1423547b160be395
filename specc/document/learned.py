"""What is learned: outputs with their losses, and further terms."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field
from pydantic_core import PydanticCustomError

from specc.catalogue.plain import is_dict
from specc.document.steps import Reference, arguments_of
from specc.document.values import Chosen, Later, Number, Strict


class Output(Strict):
    """How an output is learned."""

    source: Later[Reference] | None = Field(default=None, alias="from")
    loss: Later[Chosen] | None = None
    weight: Later[Number] = 1.0
    metrics: Later[list[Later[Chosen]]] = Field(default_factory=list[Any])
    weighted_metrics: Later[list[Later[Chosen]]] = Field(default_factory=list[Any])
    target: Later[Reference] | None = None


LOSS = re.compile(r"(?:[a-z_]\w*\.)?[A-Z]\w*")


def loss_term(value: Any) -> Any:
    """Brings a term into the form of its model; the class becomes the value of `loss`."""
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
    read = {"loss": cls, "arguments": arguments_of(cls, value[cls]), "tensors": tensors}
    return read | ({"weight": value["weight"]} if "weight" in value else {})


_TERM = "write the class and its tensors: `{MeanSquaredError: {}, y_true: a, y_pred: b}`"


class LossTerm(Strict):
    """A further loss, over any tensors of the graph; a number stands for a constant."""

    loss: str
    arguments: Later[dict[str, Any]]
    tensors: dict[str, Later[Number | Reference]]
    weight: Later[Number] = 1.0
