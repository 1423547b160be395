"""Expressions: Python's grammar, read by `ast`, of which only a short list is allowed.

Everything is bounded: the text, its depth, and the size of each value on the way.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

CHARACTERS = 1_000
LEVELS = 50
ELEMENTS = 10_000
BITS = 13_288
"""A whole number of 4,000 digits."""


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


Lookup = Callable[[str], Any]


def evaluate(text: str, lookup: Lookup) -> Any:
    """The value of an expression, without its `$(` and `)`; `lookup` raises `Undefined`."""
    value = _value(_parsed(text), lookup)
    bounded(value)
    return value


def names(text: str) -> set[str]:
    """The params that an expression reads."""
    return {n.id for n in ast.walk(_parsed(text)) if isinstance(n, ast.Name)} - {
        *_FUNCTIONS,
        *_CONSTANTS,
    }


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    if len(text) > CHARACTERS:
        raise TooLarge(f"an expression has at most {CHARACTERS:,} characters; this has {len(text):,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
        raise Malformed(f"`$({text})` cannot be read: {reason}") from None
    _check(tree, 1)
    return tree


def _check(node: ast.AST, level: int) -> None:
    if level > LEVELS:
        raise TooLarge(f"an expression is at most {LEVELS} levels deep")
    if isinstance(node, ast.Attribute):
        raise Malformed(
            f"`.{node.attr}` reaches for an attribute, and there are none",
            help=f"for an element of a mapping write `['{node.attr}']`",
        )
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS or node.keywords:
            listed = " ".join(_FUNCTIONS)
            raise Malformed(f"this cannot be called; the functions are {listed}")
        for argument in node.args:
            _check(argument, level + 1)
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, int | float | str) and not isinstance(node.value, complex):
            return
        if node.value is None:
            return
    elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        pass
    elif isinstance(node, ast.UnaryOp) and type(node.op) in _UNARY:
        pass
    elif isinstance(node, ast.Compare) and all(type(o) in _COMPARE for o in node.ops):
        pass
    elif not isinstance(node, ast.Name | ast.List | ast.BoolOp | ast.IfExp | ast.Subscript):
        what = type(node).__name__
        raise Malformed(f"{_SPOKEN.get(what, what)} is no part of the language")
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _check(child, level + 1)


_SPOKEN = {
    "Lambda": "a lambda",
    "ListComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "SetComp": "a comprehension",
    "DictComp": "a comprehension",
    "Dict": "a mapping",
    "Set": "a set",
    "Tuple": "a tuple (write a list, in brackets)",
    "Slice": "a slice",
    "Starred": "a star",
    "JoinedStr": "an f-string",
    "NamedExpr": "an assignment",
    "Await": "await",
    "Compare": "this comparison",
    "BinOp": "this operator",
    "UnaryOp": "this operator",
    "Constant": "this constant",
}
_CONSTANTS = {"true": True, "false": False, "null": None}


def _value(node: ast.expr, lookup: Lookup) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return _CONSTANTS[node.id] if node.id in _CONSTANTS else lookup(node.id)
    if isinstance(node, ast.List):
        return [_value(e, lookup) for e in node.elts]
    if isinstance(node, ast.BinOp):
        return _apply(_BINARY[type(node.op)], _value(node.left, lookup), _value(node.right, lookup))
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            return not _truth(_value(node.operand, lookup))
        return _apply(_UNARY[type(node.op)], _value(node.operand, lookup))
    if isinstance(node, ast.BoolOp):
        stop = isinstance(node.op, ast.Or)
        for part in node.values:
            if _truth(_value(part, lookup)) is stop:
                return stop
        return not stop
    if isinstance(node, ast.IfExp):
        chosen = node.body if _truth(_value(node.test, lookup)) else node.orelse
        return _value(chosen, lookup)
    if isinstance(node, ast.Compare):
        left = _value(node.left, lookup)
        for comparison, right_node in zip(node.ops, node.comparators, strict=True):
            right = _value(right_node, lookup)
            if not _apply(_COMPARE[type(comparison)], left, right):
                return False
            left = right
        return True
    if isinstance(node, ast.Subscript):
        return element(_value(node.value, lookup), _value(node.slice, lookup))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return _apply(_FUNCTIONS[node.func.id], *(_value(a, lookup) for a in node.args))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Failed(f"{_shown(value)} is neither true nor false", help="compare it: `x > 0`")
    return value


def element(value: Any, index: Any) -> Any:
    """`value[index]`: of a list by a whole number, of a mapping by a key."""
    try:
        if isinstance(value, Mapping) and isinstance(index, str):
            return value[index]
        if isinstance(value, list | str) and isinstance(index, int) and not isinstance(index, bool):
            return value[index]
    except (KeyError, IndexError):
        count = f"; it has {len(value)} elements" if isinstance(value, list) else ""
        raise Failed(f"{_shown(value)} has no element {_shown(index)}{count}") from None
    raise Failed(f"{_shown(value)} has no element {_shown(index)}")


def _apply(function: Callable[..., Any], *arguments: Any) -> Any:
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


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


# --- the operators, each with its bound -----------------------------------------------------------


def bounded(value: Any) -> int:
    """How many elements a value has; raises `TooLarge` beyond `ELEMENTS`."""
    count = 1
    if isinstance(value, list):
        count += sum(bounded(v) for v in value) if len(value) <= ELEMENTS else len(value)
    elif isinstance(value, str):
        count = len(value)
    if count > ELEMENTS + 1:
        raise TooLarge(f"a value has at most {ELEMENTS:,} elements")
    return count


def _numbers(*values: Any) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _want_numbers(sign: str, *values: Any) -> None:
    if not _numbers(*values):
        shown = " and ".join(_shown(v) for v in values)
        raise Failed(f"`{sign}` wants numbers, not {shown}")


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def _check_bits(bits: int) -> None:
    if bits > BITS:
        raise TooLarge("a number has at most 4,000 digits")


def _add(a: Any, b: Any) -> Any:
    if (isinstance(a, str) and isinstance(b, str)) or (isinstance(a, list) and isinstance(b, list)):
        if len(a) + len(b) > ELEMENTS:
            raise TooLarge(f"a value has at most {ELEMENTS:,} elements")
        return a + b
    _want_numbers("+", a, b)
    return a + b


def _subtract(a: Any, b: Any) -> Any:
    _want_numbers("-", a, b)
    return a - b


def _multiply(a: Any, b: Any) -> Any:
    for many, times in ((a, b), (b, a)):
        if isinstance(many, list | str) and isinstance(times, int) and not isinstance(times, bool):
            if len(many) * max(times, 0) > ELEMENTS:
                raise TooLarge(f"a value has at most {ELEMENTS:,} elements")
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
        _check_bits(abs(b) * _bits(a))
    return a**b


def _negative(a: Any) -> Any:
    _want_numbers("-", a)
    return -a


def _positive(a: Any) -> Any:
    _want_numbers("+", a)
    return a


def _round(value: Any, digits: int = 0) -> Any:
    if not isinstance(digits, int) or abs(digits) > 400:
        raise Failed("`round` takes a number of digits from -400 to 400")
    _want_numbers("round", value)
    return round(value, digits) if digits else round(value)


def _sum(values: Any) -> Any:
    if not isinstance(values, list) or not _numbers(*values):
        raise Failed("`sum` wants a list of numbers")
    return sum(values)


def _number_function(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        _want_numbers(name, value)
        return function(value)

    return apply


def _extreme(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(*values: Any) -> Any:
        many = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
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


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _multiply,
    ast.Div: _divide,
    ast.FloorDiv: _floor_divide,
    ast.Mod: _modulo,
    ast.Pow: _power,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: _negative,
    ast.UAdd: _positive,
    ast.Not: operator.not_,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: _ordered("<", operator.lt),
    ast.LtE: _ordered("<=", operator.le),
    ast.Gt: _ordered(">", operator.gt),
    ast.GtE: _ordered(">=", operator.ge),
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": _extreme("min", min),
    "max": _extreme("max", max),
    "round": _round,
    "ceil": _number_function("ceil", math.ceil),
    "floor": _number_function("floor", math.floor),
    "abs": _number_function("abs", abs),
    "len": len,
    "sum": _sum,
    "log2": _number_function("log2", math.log2),
    "sqrt": _number_function("sqrt", math.sqrt),
}
