"""Predictions from files: tables and arrays, and what is wrong with them."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from specc.data.feed import BadData
from specc.data.registry import DATASETS
from specc.train.predict import predict
from specc.train.run import open_run
from specc.train.train import train

from .small import program

pytestmark = pytest.mark.keras

IRIS = DATASETS["iris"]
FEATURES = IRIS.load()["features"][:5]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = train(program(), runs=tmp_path_factory.mktemp("runs"), progress="none")
    return open_run(made.path)


def table(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_a_table_is_read_by_the_names_of_its_columns(run, tmp_path):
    names = list(IRIS.fields["features"].names)
    rows = [[*map(float, row[::-1]), "unused"] for row in FEATURES]
    made = predict(run, table(tmp_path / "in.csv", [*names[::-1], "note"], rows))
    found = list(csv.reader(io.StringIO(made)))
    assert found[0] == ["kind", "kind_setosa", "kind_versicolor", "kind_virginica"]
    expected = run.predict(FEATURES)
    np.testing.assert_allclose([[float(v) for v in r[1:]] for r in found[1:]], expected, rtol=1e-5)
    assert [r[0] for r in found[1:]] == [
        IRIS.fields["label"].names[i] for i in expected.argmax(axis=1)
    ]


def test_arrays_in_arrays_out(run, tmp_path):
    np.savez(tmp_path / "in.npz", features=FEATURES)
    assert predict(run, tmp_path / "in.npz", tmp_path / "out.npz") is None
    with np.load(tmp_path / "out.npz") as made:
        np.testing.assert_array_equal(made["kind"], run.predict(FEATURES))
    predict(run, tmp_path / "in.npz", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().count("\n") == 6
    assert {p.name for p in tmp_path.iterdir()} == {"in.npz", "out.npz", "out.csv"}


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        (["a", "b"], [[1, 2]], "no column `features_0`"),
        ([f"features_{i}" for i in range(4)], [[1, 2, 3]], ":2 has 3 columns"),
        ([f"features_{i}" for i in range(4)], [[1, 2, 3, "x"]], "no number"),
        ([f"features_{i}" for i in (0, 1, 2, 2)], [[1, 2, 3, 4]], "two columns named"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(run, tmp_path, header, rows, says):
    with pytest.raises(BadData, match=says):
        predict(run, table(tmp_path / "in.csv", header, rows))


def test_pickles_other_files_and_other_fields_are_refused(run, tmp_path):
    np.savez(tmp_path / "bad.npz", features=np.array([{}], dtype=object))
    with pytest.raises(BadData, match="plain arrays"):
        predict(run, tmp_path / "bad.npz")
    np.savez(tmp_path / "other.npz", pixels=FEATURES)
    with pytest.raises(BadData, match="no field `features`"):
        predict(run, tmp_path / "other.npz")
    (tmp_path / "x.pkl").write_bytes(b"")
    with pytest.raises(BadData, match="neither"):
        predict(run, tmp_path / "x.pkl")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(BadData, match="empty"):
        predict(run, tmp_path / "empty.csv")
