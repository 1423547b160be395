"""Rows of an application's data: one more, one less. A row is given others by their places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from specc.catalogue.plain import is_list

Row = list[Any]
"""An operation's name, class and arguments, the places of what it is given, its call."""


def inserted(rows: list[Row], place: int, row: Row) -> list[Row]:
    """The rows with one more, which everything after it takes the place's tensor from."""
    return [*rows[:place], row, *_moved(rows[place:], lambda v: v + (v >= place - 1))]


def without(rows: list[Row], name: str, before: int | None = None) -> list[Row]:
    """The rows without one, in whose place stands what it was given, or what is said."""
    place = next(i for i, r in enumerate(rows) if r[0] == name)
    instead: int = rows[place][3][0] if before is None else before
    after = _moved(rows[place + 1 :], lambda v: instead if v == place else v - (v > place))
    return [*rows[:place], *after]


def _moved(rows: list[Row], to: Callable[[int], int]) -> list[Row]:
    def moved(value: Any) -> Any:
        if is_list(value):
            return [moved(v) for v in value]
        return to(value) if isinstance(value, int) else value

    return [[*r[:3], moved(r[3]), *r[4:]] for r in rows]
