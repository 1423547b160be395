"""What an expression may do: its operators and functions, each with its bound."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.expand.failure import ExpressionError, Failed, TooLarge

ELEMENTS = 10_000
BITS = 13_288
"""A whole number of 4,000 digits."""


def applied(function: Callable[..., Any], *arguments: Any) -> Any:
    """An operator's or function's value; raises `ExpressionError`."""
    try:
        value = function(*arguments)
    except ExpressionError:
        raise
    except ZeroDivisionError:
        raise Failed("this divides by zero") from None
    except (TypeError, ValueError, ArithmeticError, IndexError) as error:
        raise Failed(f"this has no value: {error}") from None
    if isinstance(value, complex):
        raise Failed("this has no real value")
    if isinstance(value, float) and not math.isfinite(value):
        raise Failed("this has no finite value")
    return value


def shown(value: Any) -> str:
    """A value cut short, for errors."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def bounded(value: Any) -> None:
    """Raises `TooLarge` where a value has more than `ELEMENTS` elements, at all levels."""
    count = len(value) if isinstance(value, str) else 0
    stack = [value]
    while stack and count <= ELEMENTS:  # what is shared is counted each time it stands there
        many = stack.pop()
        inner = many if is_list(many) else list(many.values()) if is_dict(many) else []
        count += len(inner)
        stack += inner[: ELEMENTS + 1]
    _check_length(count)


def _numbers(*values: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _want_numbers(sign: str, *values: Any) -> None:
    if not _numbers(*values):
        given = " and ".join(shown(v) for v in values)
        raise Failed(f"`{sign}` wants numbers, not {given}")


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _check_bits(bits: int) -> None:
    if bits > BITS:
        raise TooLarge("a number has at most 4,000 digits")


def _add(a: Any, b: Any) -> Any:
    if isinstance(a, str) and isinstance(b, str):
        _check_length(len(a) + len(b))
        return a + b
    if is_list(a) and is_list(b):
        _check_length(len(a) + len(b))
        return [*a, *b]
    _want_numbers("+", a, b)
    return a + b


def _check_length(count: int) -> None:
    if count > ELEMENTS:
        raise TooLarge(f"a value has at most {ELEMENTS:,} elements")


def _subtract(a: Any, b: Any) -> Any:
    _want_numbers("-", a, b)
    return a - b


def _multiply(a: Any, b: Any) -> Any:
    for many, times in ((a, b), (b, a)):
        whole = isinstance(times, int) and not isinstance(times, bool)
        if whole and (is_list(many) or isinstance(many, str)):
            _check_length(len(many) * max(times, 0))
            return many * times
    _want_numbers("*", a, b)
    _check_bits(_bits(a) + _bits(b))
    return a * b


def _divide(a: Any, b: Any) -> Any:
    _want_numbers("/", a, b)
    return a / b


def _floor_divide(a: Any, b: Any) -> Any:
    _want_numbers("//", a, b)
    return a // b


def _modulo(a: Any, b: Any) -> Any:
    _want_numbers("%", a, b)
    return a % b


def _power(a: Any, b: Any) -> Any:
    _want_numbers("**", a, b)
    if isinstance(a, int) and isinstance(b, int) and abs(a) > 1:
        _check_bits(int(abs(b) * math.log2(abs(a))))
    return a**b


def _negative(a: Any) -> Any:
    _want_numbers("-", a)
    return -a


def _positive(a: Any) -> Any:
    _want_numbers("+", a)
    return a


def _round(value: Any, digits: Any = 0) -> Any:
    if not isinstance(digits, int) or abs(digits) > 400:
        raise Failed("`round` takes a number of digits from -400 to 400")
    _want_numbers("round", value)
    return round(value, digits) if digits else round(value)


def _length(value: Any) -> int:
    if is_list(value) or is_dict(value) or isinstance(value, str):
        return len(value)
    raise Failed(f"`len` wants a list or a text, not {shown(value)}")


def _sum(values: Any) -> Any:
    if not is_list(values) or not _numbers(*values):
        raise Failed("`sum` wants a list of numbers")
    return sum(values)


def _number_function(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        _want_numbers(name, value)
        return function(value)

    return apply


def _extreme(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        many = values[0] if len(values) == 1 and is_list(values[0]) else list(values)
        if not many or not (_numbers(*many) or all(isinstance(v, str) for v in many)):
            raise Failed(f"`{name}` wants numbers, or a list of them")
        return function(many)

    return apply


def _ordered(sign: str, function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(a: Any, b: Any) -> bool:
        same = (isinstance(a, str) and isinstance(b, str)) or (
            isinstance(a, list) and isinstance(b, list)
        )
        if not same:
            _want_numbers(sign, a, b)
        return function(a, b)

    return apply


BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _multiply,
    ast.Div: _divide,
    ast.FloorDiv: _floor_divide,
    ast.Mod: _modulo,
    ast.Pow: _power,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: _negative,
    ast.UAdd: _positive,
    ast.Not: operator.not_,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered("<", operator.lt),
    ast.LtE: _ordered("<=", operator.le),
    ast.Gt: _ordered(">", operator.gt),
    ast.GtE: _ordered(">=", operator.ge),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "round": _round,
    "ceil": _number_function("ceil", math.ceil),
    "floor": _number_function("floor", math.floor),
    "abs": _number_function("abs", abs),
    "len": _length,
    "sum": _sum,
    "log2": _number_function("log2", math.log2),
    "sqrt": _number_function("sqrt", math.sqrt),
}
