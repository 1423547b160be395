"""What the readers hand to the composer: one tuple for each key, value, opening and closing."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

SCALAR: Final = 0
MAPPING: Final = 1
LIST: Final = 2
CLOSE: Final = 3
ALIAS: Final = 4


class Event(NamedTuple):
    """A `kind` of the above; lines and columns count from 1; `anchor` is YAML's `&name`."""

    kind: int
    value: Any
    line: int
    column: int
    end_line: int
    end_column: int
    anchor: str | None = None
