"""Expressions: Python's grammar, read by `ast`, of which only a short list is allowed.

Everything is bounded: the text, its depth, and the size of each value on the way.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from specc.catalogue.plain import is_dict, is_list
from specc.expand.failure import Failed, Malformed, TooLarge
from specc.expand.operators import (
    BINARY,
    COMPARE,
    FUNCTIONS,
    UNARY,
    applied,
    bounded,
    shown,
)

CHARACTERS = 1_000
LEVELS = 50


Lookup = Callable[[str], Any]


def evaluate(text: str, lookup: Lookup) -> Any:
    """The value of an expression, without its `$(` and `)`; `lookup` raises `Undefined`."""
    value = _value(_parsed(text), lookup)
    bounded(value)
    return value


def names(text: str) -> set[str]:
    """The params that an expression reads."""
    return {n.id for n in ast.walk(_parsed(text)) if isinstance(n, ast.Name)} - {
        *FUNCTIONS,
        *_CONSTANTS,
    }


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    if len(text) > CHARACTERS:
        raise TooLarge(
            f"an expression has at most {CHARACTERS:,} characters; this has {len(text):,}"
        )
    _check_brackets(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(" ".join(text.split("\n")).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
        raise Malformed(f"`$({text})` cannot be read: {reason}") from None
    _check(tree, 1)
    return tree


def _check_brackets(text: str) -> None:
    """Counts brackets too: Python's tree forgets those that change nothing."""
    depth, quote = 0, ""
    for c in text:
        if quote:
            quote = "" if c == quote else quote
        elif c in "'\"":
            quote = c
        elif c in "([":
            depth += 1
            if depth >= LEVELS:
                raise _too_deep()
        elif c in ")]":
            depth -= 1


def _too_deep() -> TooLarge:
    return TooLarge(f"an expression is at most {LEVELS} levels deep")


def _check(node: ast.AST, level: int) -> None:
    if level > LEVELS:
        raise _too_deep()
    if isinstance(node, ast.Attribute):
        raise Malformed(
            f"`.{node.attr}` reaches for an attribute, and there are none",
            help=f"for an element of a mapping write `['{node.attr}']`",
        )
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS or node.keywords:
            listed = " ".join(FUNCTIONS)
            what = f"`{name}`" if name else "this"
            raise Malformed(f"{what} cannot be called so; the functions are {listed}")
        for argument in node.args:
            _check(argument, level + 1)
        return
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, int | float | str | None):
            raise Malformed("a value is a number, a text, `true`, `false`, `null` or a list")
    elif not _allowed(node):
        what = type(node).__name__
        raise Malformed(f"{_SPOKEN.get(what, what)} is no part of the language")
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _check(child, level + 1)


def _allowed(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return type(node.op) in BINARY
    if isinstance(node, ast.UnaryOp):
        return type(node.op) in UNARY
    if isinstance(node, ast.Compare):
        return all(type(o) in COMPARE for o in node.ops)
    return isinstance(node, ast.Name | ast.List | ast.BoolOp | ast.IfExp | ast.Subscript)


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
        return applied(BINARY[type(node.op)], _value(node.left, lookup), _value(node.right, lookup))
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            return not _truth(_value(node.operand, lookup))
        return applied(UNARY[type(node.op)], _value(node.operand, lookup))
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
            if not applied(COMPARE[type(comparison)], left, right):
                return False
            left = right
        return True
    if isinstance(node, ast.Subscript):
        return element(_value(node.value, lookup), _value(node.slice, lookup))
    assert isinstance(node, ast.Call)
    assert isinstance(node.func, ast.Name)
    return applied(FUNCTIONS[node.func.id], *(_value(a, lookup) for a in node.args))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Failed(f"{shown(value)} is neither true nor false", help="compare it: `x > 0`")
    return value


def element(value: Any, index: Any) -> Any:
    """`value[index]`: of a list or text by a whole number, of a mapping by a key."""
    count = ""
    if is_dict(value) and isinstance(index, str):
        if index in value:
            return value[index]
        count = f"; it has {', '.join(map(str, list(value)[:12]))}" if value else ""
    elif is_list(value) or isinstance(value, str):
        whole = isinstance(index, int) and not isinstance(index, bool)
        if whole and -len(value) <= index < len(value):
            return value[index]
        count = f"; it has {len(value)} elements, counted from 0" if is_list(value) else ""
    raise Failed(f"{shown(value)} has no element {shown(index)}{count}")
