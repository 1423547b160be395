"""Steps and chains: how a tensor passes through layers."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo
from pydantic_core import PydanticCustomError

from specc.catalogue.kinds import nearest
from specc.catalogue.plain import is_dict
from specc.document.values import RESOLVED, Count, Later, Name, Strict, Text, is_expression

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


def read_step(value: Any, info: ValidationInfo) -> Any:
    """Brings a step into the form of its model; one that is an expression is read again later."""
    if is_expression(value) and info.context is not RESOLVED:
        return {"expression": value}
    return read_layer(value)


def read_layer(value: Any) -> Any:
    """Brings a step with a class into the form of its model: the class is the value of `layer`."""
    if isinstance(value, str):
        return {"layer": _class(value), "arguments": {}}
    if not is_dict(value):
        raise bad_step("a step is a class, or a mapping with a class as key", WRITE)
    if "mark" in value or "use" in value or "layers" in value:
        return value
    classes = [k for k in value if k not in BESIDE]
    if len(classes) != 1 or _misspelt(classes[0]):
        _blame(value, classes)
    cls = classes[0]
    arguments = arguments_of(cls, value[cls])
    rest = {k: v for k, v in value.items() if k != cls}
    return {"layer": _class(cls), "arguments": arguments, **rest}


def _blame(value: dict[str, Any], classes: list[str]) -> None:
    """Says why a mapping is no step: it has no class, or several, or a key that no step has."""
    if not classes:
        if "repeat" in value:
            raise bad_step("this repeats nothing: it has no class and no `layers`", _GROUP)
        raise bad_step("this step has no class", WRITE)
    for key in classes:
        if (len(classes) > 1 and _is_no_class(key)) or _misspelt(key):
            raise PydanticCustomError("unknown_key", "unknown key", {"key": key})
    shown = ", ".join(f"`{c[:60]}`" for c in classes[:5])
    raise bad_step(f"this step has several classes: {shown}", _ONE_EACH)


def _is_no_class(key: str) -> bool:
    """A class is written with a capital, an op or a plug-in's with a dot."""
    return "." not in key and key == key.lower()


def _misspelt(key: str) -> bool:
    return _is_no_class(key) and nearest(key, ("use", "mark", "layers", *BESIDE)) is not None


WRITE = "write the class as the key: `Dense: {units: 10}`"
_GROUP = "write the steps under `layers`, beside `repeat`"
_ONE_EACH = "begin each step with a `-` of its own"


def bad_step(message: str, help: str) -> PydanticCustomError:
    """The error for a step that is none."""
    return PydanticCustomError("bad_step", "{message}", {"message": message, "help": help})


def arguments_of(cls: str, arguments: Any) -> Any:
    """What stands under a class, nothing being no arguments; raises pydantic's error."""
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
        raise bad_step(f"`{shown}` is no class of a layer, and no `ops.` function", WRITE)
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
    BeforeValidator(read_step),
]


class Chain(Strict):
    """A named chain: where it comes from, and the layers that it passes through."""

    source: References = Field(alias="from")
    layers: Later[list[Step]] = Field(default_factory=list[Any])
    parts: list[Name] | None = Field(default=None, alias="as")
