"""Why an expression has no value."""

from __future__ import annotations


class ExpressionError(Exception):
    """An expression that cannot be read, has no value, or is too large."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class Malformed(ExpressionError):
    """It cannot be read, or uses what the language does not have."""


class Failed(ExpressionError):
    """It has no value."""


class TooLarge(ExpressionError):
    """It, or a value on the way, is over a bound."""


class Undefined(ExpressionError):
    """It names a param that is not seen here."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no param `{name}` here")
        self.name = name
