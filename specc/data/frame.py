"""Frame: fields that a program gives in place of a source: a DataFrame, or arrays by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_mapping
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.given import assembled, columns_in_table
from specc.data.readers.columns import series
from specc.data.source import Source

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Frame(Source):
    """Fields in memory, each (examples, …)."""

    name: str
    fields: Mapping[str, FieldType]
    held: Mapping[str, Array]

    def arrays(self, fields: Sequence[str]) -> dict[str, Array]:
        """The fields that are asked for."""
        return {name: self.held[name] for name in fields}

    def state(self) -> Any:
        """Nothing: what a program held is gone with it."""
        return None

    @property
    def streams(self) -> bool:
        """Never: it is in memory."""
        return False


def frame(given: Any, expected: Mapping[str, FieldType], name: str = "the data") -> Frame:
    """The frame of a DataFrame's columns, or of a mapping of arrays; raises `BadData`.

    What is `expected` and no column itself is put together of the columns that stand for it:
    `features` of `features_0`, `features_1` …, or of the names that its numbers have.
    """
    held = _arrays(given) if is_mapping(given) else _columns(given)
    fields = {n: t for n, (t, _) in held.items()}
    arrays = {n: a for n, (_, a) in held.items()}
    if len({len(a) for a in arrays.values()}) > 1:
        raise BadData(f"the fields of {name} have different numbers of examples")
    for field, type_ in expected.items():
        if field in fields or not type_.shape:
            continue
        try:
            columns = columns_in_table(field, type_, list(fields))
        except BadData:
            continue  # whatever reads it is told that it is not there
        if any(fields[c].shape or fields[c].dtype == "string" for c in columns):
            raise BadData(f"`{field}` is made of {columns[0]} …, and these are no single numbers")
        arrays[field] = assembled(field, type_, list(fields), lambda n: arrays[n])
        fields[field] = FieldType(type_.shape, str(arrays[field].dtype), names=type_.names)
    return Frame(name, fields, arrays)


def is_frame(value: Any) -> bool:
    """Whether it is a DataFrame: it has named columns."""
    return hasattr(value, "columns") and hasattr(value, "to_numpy")


def array_type(values: Array) -> FieldType:
    """The field type of an array, (examples, …)."""
    text = values.dtype.kind in "US" or (
        values.dtype == object and all(v is None or isinstance(v, str) for v in values.flat)
    )
    return FieldType(values.shape[1:], "string" if text else str(values.dtype))


def _arrays(given: Mapping[Any, Any]) -> dict[str, tuple[FieldType, Array]]:
    import numpy as np

    found: dict[str, tuple[FieldType, Array]] = {}
    for name, value in given.items():
        values = np.asarray(value)
        if not values.ndim:
            raise BadData(f"`{name}` is one value, and a field has one for each example")
        type_ = array_type(values)
        if type_.dtype == "object":
            raise BadData(f"`{name}` holds neither numbers nor texts alone")
        found[str(name)] = (type_, values.astype(object) if type_.dtype == "string" else values)
    return found


def _columns(table: Any) -> dict[str, tuple[FieldType, Array]]:
    """A DataFrame's columns; one that no model can read, as of mixed values, is left out."""
    names = [str(n) for n in table.columns]
    if repeated := next((n for i, n in enumerate(names) if n in names[:i]), None):
        raise BadData(f"the data has two columns named `{repeated}`")
    found = {str(n): series(table[n]) for n in table.columns}
    return {n: held for n, held in found.items() if held is not None}
