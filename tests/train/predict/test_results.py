"""Results as columns: none is lost to another, and no name becomes a formula."""

from __future__ import annotations

import csv
import io

import numpy as np

from specc.train.predict.results import Results
from specc.train.predict.written import written


def rows(results: Results) -> list[list[str]]:
    text = io.StringIO()
    with written(text) as write:
        write(results)
    return list(csv.reader(io.StringIO(text.getvalue())))


def test_columns_of_one_name_are_both_there() -> None:
    """The first number of `a`, the output `a_0`, and a class that is called as another output."""
    a, b = np.array([[1.0, 2.0]]), np.array([[3.0]])
    assert rows(Results({"a": a, "a_0": b})) == [["a_0", "a_1", "a_0_"], ["1.0", "2.0", "3.0"]]
    named = rows(Results({"a_x": b, "a": a}, classes={"a": ("x", "y")}))
    assert named == [["a_x", "a", "a_x_", "a_y"], ["3.0", "y", "1.0", "2.0"]]


def test_no_text_is_a_formula() -> None:
    """Of files, classes and texts that a model gives; a number below 0 is one."""
    numbers = np.array([[-1.0, -2.0]])
    results = Results({"a": numbers}, ["=f.png"], {"a": ("=1+1", "@x")})
    assert rows(results) == [
        ["file", "a", "a_=1+1", "a_@x"],
        ["'=f.png", "'=1+1", "-1.0", "-2.0"],
    ]
    texts = np.array([["-x"], ["y"]], object)
    assert rows(Results({"a": texts})) == [["a"], ["'-x"], ["y"]]
