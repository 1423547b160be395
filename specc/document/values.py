"""The types that the fields of a spec are made of.

Any value may be an expression: until the params are known, a field also takes a text that holds
a `$` (`Later`). After that the same models check the values themselves (`context=RESOLVED`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WrapValidator
from pydantic_core import PydanticCustomError

from specc.catalogue.plain import is_dict


class Strict(BaseModel):
    """A mapping whose keys are all known, and which nothing changes once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


NAME = re.compile(r"[a-z][a-z0-9_]*")
SPEC_NAME = re.compile(r"[a-z][a-z0-9_-]*")
TAKEN = ("it", "index")

DEFERRED = ConfigDict(defer_build=True)
"""For type adapters: the validator is built when it is first used, not when specc starts."""

RESOLVED = {"resolved": True}
"""The validation context once expressions have their values."""


def is_expression(value: object) -> bool:
    """Whether a value holds a `$` and so may be anything until the params are known."""
    return isinstance(value, str) and "$" in value


def _later(value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
    if is_expression(value) and info.context is not RESOLVED:
        return value
    return handler(value)


T = TypeVar("T")
Later = Annotated[T, WrapValidator(_later)]
"""A value, or an expression that gives it."""


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def name(value: Any) -> str:
    """A name as the author may give it; raises pydantic's error."""
    if not isinstance(value, str):
        raise PydanticCustomError("text", "a name")
    if not NAME.fullmatch(value):
        raise PydanticCustomError(
            "bad_name",
            "`{name}` is no name: a lower-case letter, then lower-case letters, digits and `_`",
            {"name": _short(value)},
        )
    if value in TAKEN:
        raise PydanticCustomError(
            "bad_name", "`{name}` has a meaning of its own and cannot be a name", {"name": value}
        )
    return value


def _spec_name(value: Any) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "a name")
    if not SPEC_NAME.fullmatch(value) or len(value) > 100:
        raise PydanticCustomError(
            "bad_name",
            "`{name}` is no name for a spec: a lower-case letter, then lower-case letters, "
            "digits, `_` and `-`, for it names a folder",
            {"name": _short(value)},
        )
    return value


def _whole(value: Any) -> Any:
    """32.0 is whole; a text that looks like a number and a boolean are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("whole", "a whole number")
    if isinstance(value, float):
        if not value.is_integer():
            raise PydanticCustomError("whole", "a whole number")
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "a number")
    return value


def _flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise PydanticCustomError("flag", "true or false")
    return value


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "text")
    return value


Name = Annotated[str, BeforeValidator(name)]
SpecName = Annotated[str, BeforeValidator(_spec_name)]
Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, BeforeValidator(_number)]
Count = Annotated[int, Field(ge=0, le=2**53), BeforeValidator(_whole)]
Positive = Annotated[int, Field(ge=1, le=2**53), BeforeValidator(_whole)]
Fraction = Annotated[float, Field(ge=0, lt=1), BeforeValidator(_number)]
Seed = Annotated[int, Field(ge=0, lt=2**31), BeforeValidator(_whole)]


def _one_key(value: Any) -> Any:
    """A name, or a class (a reader, a range) as the one key with its arguments."""
    if isinstance(value, str):
        return value
    if not is_dict(value):
        raise PydanticCustomError("chosen", "a name, or one name as a key")
    if len(value) != 1:
        names = [str(k)[:60] for k in value][:5]
        raise PydanticCustomError(
            "one_key",
            "this wants one name as its key, and has {count}",
            {"count": ", ".join(f"`{n}`" for n in names) or "none"},
        )
    ((key, arguments),) = value.items()
    if arguments is not None and not is_dict(arguments) and not is_expression(arguments):
        raise PydanticCustomError(
            "bad_arguments",
            "`{key}` takes its arguments by name: `{key}: {…}`",
            {"key": str(key)},
        )
    return value


Chosen = Annotated[Any, BeforeValidator(_one_key)]
"""A class by name (`relu`), or as a key with its arguments (`{L2: {l2: 0.001}}`)."""
