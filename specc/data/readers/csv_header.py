"""The header of a CSV file and what its first rows say of its columns; loads no package."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from specc.data.failure import BadData

SAMPLE = 2**20
"""How many bytes are looked at."""
ROWS = 1_000
"""How many rows are looked at."""
COLUMNS = 100_000
"""How many columns a table may have."""
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
"""What stands where a value is missing, in a column of numbers."""
TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Header:
    """The names of the columns in order, and the types that the first rows have."""

    names: tuple[str, ...]
    types: tuple[str, ...]


def read_header(path: Path, name: str, separator: str) -> Header:
    """Reads it; raises `BadData`."""
    rows = _sample(path, name, separator)
    header = next(rows, None)
    if not header:
        raise BadData(f"`{name}` is empty, and a line with the columns' names was expected")
    if len(header) > COLUMNS:
        raise BadData(f"`{name}` has {len(header):,} columns, and at most {COLUMNS:,} are read")
    seen: set[str] = set()
    for number, column in enumerate(header, 1):
        if not column:
            raise BadData(f"column {number} of `{name}` has no name in the first line")
        if column in seen:
            raise BadData(f"`{name}` has two columns named `{column[:60]}`")
        seen.add(column)
    body: list[list[str]] = []
    for number, row in enumerate(rows, 1):
        if row and len(row) != len(header):
            raise BadData(
                f"`{name}`, row {number}: {len(row)} columns, and the first line has {len(header)}"
            )
        if row:
            body.append(row)
    return Header(tuple(header), tuple(_type([r[i] for r in body]) for i in range(len(header))))


def _sample(path: Path, name: str, separator: str) -> Iterator[list[str]]:
    """The rows within the first bytes, the header among them."""
    with path.open("rb") as file:
        data = file.read(SAMPLE + 1)
    whole = len(data) <= SAMPLE
    if b"\0" in data:
        raise BadData(f"`{name}` is no CSV: it holds a zero byte")
    try:
        text = data.decode("utf-8-sig") if whole else _cut(data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(f"`{name}` is no UTF-8 text (byte {error.start})") from None
    if not text and not whole:
        raise BadData(f"the first line of `{name}` is longer than {SAMPLE:,} bytes")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, row in enumerate(reader):
            if number > ROWS:
                return
            yield row
    except csv.Error as error:
        if whole:
            raise BadData(f"`{name}` is no CSV: {error}, line {reader.line_num}") from None


def _cut(data: bytes) -> bytes:
    """Up to the last end of a line."""
    return data[: data.rfind(b"\n") + 1]


def _type(values: Sequence[str]) -> str:
    held = [v for v in values if v not in MISSING]
    if not held or all(_NUMBER.fullmatch(v) for v in held):
        whole = held and len(held) == len(values) and all(_WHOLE.fullmatch(v) for v in held)
        return "int64" if whole else "float32"
    return "bool" if all(v in TRUE + FALSE for v in held) else "string"


def blame(path: Path, name: str, separator: str, header: Header) -> str | None:
    """The first row that is not what the header and the types say, in words; `None` if none is."""
    forms = {"int64": _WHOLE, "float32": _NUMBER, "float64": _NUMBER}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file, delimiter=separator, strict=True)
            next(rows, None)
            for number, row in enumerate(rows, 1):
                if row and len(row) != len(header.names):
                    wanted = len(header.names)
                    return f"row {number} has {len(row)} columns, and the first line {wanted}"
                for column, type_, value in zip(header.names, header.types, row, strict=False):
                    form = forms.get(type_)
                    if form and value not in MISSING and not form.fullmatch(value.strip()):
                        return (
                            f"row {number}, column `{column}`: {value[:40]!r} is no {type_}, which "
                            f"the rows before are"
                        )
                    if type_ == "bool" and value not in (*MISSING, *TRUE, *FALSE, "0", "1"):
                        return f"row {number}, column `{column}`: {value[:40]!r} is no boolean"
    except (csv.Error, UnicodeDecodeError) as error:
        return str(error)
    return None
