"""What a run is asked about in a DataFrame is read as what it was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from specc.data.columns import Columns
from specc.data.dataset import FieldType
from specc.data.failure import BadData
from specc.data.feed import Feed, Feeds
from specc.data.frame import frame
from specc.data.given import given_fields
from specc.data.missing import refuse_missing

TABLE: Any = pd.DataFrame(
    {
        "when": np.array(["1970-01-02", "2020-01-01"], "datetime64[s]"),
        "count": pd.array([1, 2], dtype="Int64"),
        "kind": pd.Categorical(["a", "b"]),
        "word": ["x", "y"],
        "yes": [True, False],
    }
)


def feeds_of(table: Any) -> dict[str, Feed]:
    known = frame(table, {}).fields
    return {n: Feed(Columns((n,), t, False)) for n, t in known.items()}


def test_a_column_is_what_the_training_saw() -> None:
    """A time is its seconds since 1970, in whatever unit pandas counts."""
    trained = frame(TABLE, {})
    given = given_fields(feeds_of(TABLE).values(), TABLE)
    assert given.keys() == trained.held.keys() == set(TABLE.columns)
    for name, values in given.items():
        assert values.dtype == trained.held[name].dtype
        np.testing.assert_array_equal(values, trained.held[name])
    assert given["when"][0] == 86_400.0


@pytest.mark.parametrize("name", ["when", "count", "word"])
def test_what_is_missing_is_told(name: str) -> None:
    """Whether pandas writes it as NaN, NaT or NA."""
    feeds = feeds_of(TABLE)
    lacking = TABLE.copy()
    lacking.loc[1, name] = None
    given = given_fields([feeds[name]], lacking)
    with pytest.raises(BadData, match=f"`{name}` has no value in example 2"):
        refuse_missing(Feeds({name: feeds[name]}), given, lambda i: f"example {i + 1}")


def test_a_column_of_mixed_values_is_given_as_it_is() -> None:
    """What Arrow cannot read is left to who takes it."""
    mixed = pd.DataFrame({"a": [1, "x"]})
    feed = Feed(Columns(("a",), FieldType((), "string"), False))
    assert given_fields([feed], mixed)["a"].tolist() == [1, "x"]
