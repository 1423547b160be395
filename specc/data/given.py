"""What a program or a table gives in place of the data: the fields that a run's inputs read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from specc.catalogue.plain import is_mapping
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.feed import Feed
from specc.data.readers.columns import series

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def given_fields(feeds: Iterable[Feed], x: Any) -> dict[str, Array]:
    """The fields that the feeds read, of a mapping, a DataFrame, or the one field's array.

    A field of several numbers may stand in a table as one column for each. Raises `BadData`.
    """
    import numpy as np

    fields, read = field_types(feeds), np.asarray
    if is_mapping(x):
        held: Mapping[str, Any] = {str(n): x[n] for n in x}
    elif hasattr(x, "columns") and hasattr(x, "to_numpy"):
        held, read = {str(n): x[n] for n in x.columns}, _column
    elif len(fields) == 1:
        held = {next(iter(fields)): np.asarray(x)}
    elif len({f.field for f in feeds}) == 1 and np.ndim(x) == 2 and len(fields) == np.shape(x)[1]:
        held = {n: np.asarray(x)[:, i] for i, n in enumerate(fields)}
    else:
        raise BadData(f"the model reads {', '.join(list(fields)[:5])}: give them by name")
    return {
        name: assembled(name, type_, list(held), lambda n: read(held[n]))
        for name, type_ in fields.items()
    }


def _column(values: Any) -> Array:
    """A DataFrame's column, as one that a run is trained on is read."""
    found = series(values)
    return values.to_numpy() if found is None else found[1]


def field_types(feeds: Iterable[Feed]) -> dict[str, FieldType]:
    """Every field that feeds read, and its type; one of several side by side is a number each."""
    found: dict[str, FieldType] = {}
    for feed in feeds:
        together = feed.columns.together
        for name in feed.columns.names:
            found.setdefault(name, FieldType((), feed.type.dtype) if together else feed.type)
    return found


def columns_in_table(name: str, type_: FieldType, table: Sequence[str]) -> list[str]:
    """The columns of a table that hold a field; raises `BadData` for one that it lacks.

    A single value, a text, and what the table holds whole, stand under the field's name; several
    numbers under the names that the data has for them, or as `field_0`, `field_1` ….
    """
    if name in table:
        return [name]
    if not type_.shape or type_.dtype == "string":
        raise BadData(f"the data has no field `{name}`, which the model reads")
    if not all(isinstance(d, int) for d in type_.shape):
        raise BadData(f"`{name}` has no fixed length, so a table cannot hold it: use npz")
    size = prod(d for d in type_.shape if isinstance(d, int))
    named = list(type_.names) if len(type_.names) == size else []
    names = named if named and named[0] in table else [f"{name}_{i}" for i in range(size)]
    held = set(table)
    if lacking := next((n for n in names if n not in held), None):
        wanted = ", ".join((named or names)[:3])
        raise BadData(
            f"the data has no field `{name}` and no column `{lacking}`; `{name}` is read from "
            f"{wanted}{' …' if size > 3 else ''}"
        )
    return names


def assembled(
    name: str, type_: FieldType, table: Sequence[str], column: Callable[[str], Array]
) -> Array:
    """A field, (examples, …), of the columns of a table; raises `BadData`."""
    import numpy as np

    names = columns_in_table(name, type_, table)
    if names == [name]:
        return column(name)
    shape = [d for d in type_.shape if isinstance(d, int)]
    made = np.column_stack([column(n) for n in names])
    return made.reshape(len(made), *shape)
