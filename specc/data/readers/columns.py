"""Columns of a table, from Arrow to NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.data.dataset import FieldType
from specc.data.extra import needed

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def column_type(type_: Any) -> FieldType | None:
    """The field type of an Arrow type; `None` for what no model can read.

    Dates and times are seconds since 1970; decimals are float64.
    """
    pa = needed("pyarrow")

    kinds = pa.types
    if kinds.is_dictionary(type_):
        return column_type(type_.value_type)
    if kinds.is_string(type_) or kinds.is_large_string(type_):
        return FieldType((), "string")
    if kinds.is_boolean(type_):
        return FieldType((), "bool")
    if kinds.is_date(type_) or kinds.is_timestamp(type_) or kinds.is_decimal(type_):
        return FieldType((), "float64")
    if kinds.is_integer(type_) or kinds.is_floating(type_):
        return FieldType((), str(type_.to_pandas_dtype().__name__))
    if kinds.is_fixed_size_list(type_) or kinds.is_list(type_) or kinds.is_large_list(type_):
        inner = column_type(type_.value_type)
        if inner is None or inner.dtype == "string":
            return None
        length = type_.list_size if kinds.is_fixed_size_list(type_) else None
        return FieldType((length, *inner.shape), inner.dtype)
    return None


def series(values: Any) -> tuple[FieldType, Array] | None:
    """A DataFrame's column, (examples, …), and its type; `None` for what no model can read.

    By way of Arrow, which knows what is missing in each kind of column.
    """
    pa = needed("pyarrow")

    try:
        found = pa.Array.from_pandas(values)
    except pa.ArrowException:
        return None
    type_ = column_type(found.type)
    return None if type_ is None else (type_, column(found, type_))


def column(values: Any, type_: FieldType) -> Array:
    """An Arrow column, (examples,) or chunks of it, as its type says: (examples, …).

    What is missing is NaN among numbers, which are floats then, and `None` among texts.
    """
    import numpy as np

    pa = needed("pyarrow")

    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if type_.dtype == "string":
        try:
            return np.asarray(values.to_numpy(zero_copy_only=False), dtype=object)
        except (pa.ArrowException, UnicodeDecodeError):
            values.validate(full=True)  # says which text is no UTF-8
            raise
    if type_.shape:
        return _rows(values, type_)
    if pa.types.is_date(values.type):
        values = values.cast(pa.timestamp("s"), safe=False)
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp("us", values.type.tz), safe=False)
        missing = np.asarray(values.is_null())
        seconds = np.asarray(values.cast(pa.int64()).fill_null(0)).astype(np.float64) / 1e6
        return np.where(missing, np.nan, seconds)
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.float64(), safe=False)
    made = values.to_numpy(zero_copy_only=False)
    if made.dtype == object:  # booleans with something missing
        return np.array([np.nan if v is None else float(v) for v in made])
    return made


def _rows(values: Any, type_: FieldType) -> Array:
    """Lists: one array where they are of one length, otherwise a row of arrays."""
    import numpy as np

    if values.null_count:
        values = values.fill_null([])  # an empty sequence
    if type_.shape[0] is not None:
        flat = column(values.flatten(), FieldType(type_.shape[1:], type_.dtype))
        return flat.reshape(len(values), *(d or 0 for d in type_.shape))
    made = np.empty(len(values), object)
    for i, row in enumerate(values):
        made[i] = np.asarray(row.as_py() or [], type_.dtype)
    return made
