"""The types that the fields of a spec are made of.

Any value may be an expression: until the params are known, a field also takes a text that holds a
`$` (`Later`). After that the same models check the values themselves (`context={"resolved": True}`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, WrapValidator
from pydantic_core import PydanticCustomError

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
    if is_expression(value) and not (info.context or {}).get("resolved"):
        return value
    return handler(value)


T = TypeVar("T")
Later = Annotated[T, WrapValidator(_later)]
"""A value, or an expression that gives it."""


def _name(value: Any) -> str:
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise PydanticCustomError(
            "bad_name",
            "`{name}` is no name: a lower-case letter, then lower-case letters, digits and `_`",
            {"name": str(value)[:60]},
        )
    if value in TAKEN:
        raise PydanticCustomError(
            "bad_name", "`{name}` has a meaning of its own and cannot be a name", {"name": value}
        )
    return value


def _spec_name(value: Any) -> str:
    if not isinstance(value, str) or not SPEC_NAME.fullmatch(value) or len(value) > 100:
        raise PydanticCustomError(
            "bad_name",
            "`{name}` is no name for a spec: a lower-case letter, then lower-case letters, "
            "digits, `_` and `-`, for it names a folder",
            {"name": str(value)[:60]},
        )
    return value


def _whole(value: Any) -> Any:
    """32.0 is whole; a text that looks like a number and a boolean are not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("whole", "this wants a whole number")
    if isinstance(value, float):
        if not value.is_integer():
            raise PydanticCustomError("whole", "this wants a whole number")
        return int(value)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number", "this wants a number")
    return value


def _flag(value: Any) -> Any:
    if not isinstance(value, bool):
        raise PydanticCustomError("flag", "this wants true or false")
    return value


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "this wants text")
    return value


Name = Annotated[str, BeforeValidator(_name)]
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
    if not isinstance(value, dict):
        raise PydanticCustomError("one_key", "this wants a name, or one name as a key")
    if len(value) != 1:
        raise PydanticCustomError(
            "one_key",
            "this wants one key, and has {count}",
            {"count": len(value)},
        )
    ((key, arguments),) = value.items()
    if arguments is not None and not isinstance(arguments, dict) and not is_expression(arguments):
        raise PydanticCustomError(
            "one_key_arguments", "`{key}` takes a mapping of arguments", {"key": str(key)[:60]}
        )
    return value


Chosen = Annotated[Any, BeforeValidator(_one_key)]
"""A class by name (`relu`), or as a key with its arguments (`{L2: {l2: 0.001}}`)."""
