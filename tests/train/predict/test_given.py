"""A file that does not hold what a run's model reads: an error with the file and the column."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from specc.data.failure import BadData
from specc.train.predict.predict import predict

from .test_predict import FEATURES, NAMES
from .test_predict import table as frame

pytestmark = pytest.mark.keras

COLUMNS = [f"features_{i}" for i in range(4)]


def table(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        (["a", "b"], [[1, 2]], "in.csv: .*no column `features_0`"),
        ([*NAMES[:3], "petal_widht"], [[1, 2, 3, 4]], r"in.csv: .*no column `petal width \(cm\)`"),
        (COLUMNS, [[1, 2, 3]], "in.csv`, row 1: 3 columns, and the first line has 4"),
        (COLUMNS, [[1, 2, 3, 4, 5]], "row 1: 5 columns"),
        (COLUMNS, [[1, 2, 3, 4], [1, 2, 3, "x"]], "row 2, column `features_3`: 'x' is no float"),
        (COLUMNS, [[1, 2, 3, 4], [1, 2, "", 4]], "`features` has no value in row 2 of .*in.csv"),
        (COLUMNS[:3] + COLUMNS[2:3], [[1, 2, 3, 4]], "two columns named"),
        (COLUMNS, [], "in.csv.* holds no examples|no rows"),
    ],
)
def test_a_table_that_does_not_fit(run, tmp_path, header, rows, says):
    output = tmp_path / "out.csv"
    with pytest.raises(BadData, match=says) as caught:
        predict(run, table(tmp_path / "in.csv", header, rows), output)
    assert caught.value.help is None
    assert [p.name for p in tmp_path.iterdir()] == ["in.csv"]


def test_a_late_fault_leaves_what_was_there(run, tmp_path):
    """The file of an earlier prediction stays, and nothing half written."""
    output = tmp_path / "out.parquet"
    output.write_bytes(b"before")
    rows = [[1, 2, 3, 4]] * 200_000 + [[1, 2, 3, "x"]]
    with pytest.raises(BadData, match="row 200001, column `features_3`"):
        predict(run, table(tmp_path / "in.csv", COLUMNS, rows), output)
    assert output.read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 2


def test_types_and_shapes_that_do_not_fit(run, questions, tmp_path):
    """Of Parquet and npz, by their headers, before anything is read."""
    words = frame(tmp_path / "words.parquet", {n: ["x"] for n in COLUMNS})
    with pytest.raises(BadData, match=r"words.parquet: `features_0` holds string.* float"):
        predict(run, words, tmp_path / "out.csv")
    np.savez(tmp_path / "a.npz", features=FEATURES[:, :3])
    with pytest.raises(BadData, match=r"a.npz: `features` is \(3,\), and the model reads \(4,\)"):
        predict(run, tmp_path / "a.npz", tmp_path / "out.csv")
    numbers = frame(tmp_path / "numbers.parquet", {"text": [1.5]})
    with pytest.raises(BadData, match="`text` holds float64, and the model reads string"):
        predict(questions, numbers, tmp_path / "out.csv")
    lists = frame(tmp_path / "lists.parquet", {"features": [[1.0, 2, 3, 4], [1.0, 2, 3]]})
    with pytest.raises(BadData, match=r"`features` holds 3 numbers in row 2 of .*lists.parquet"):
        predict(run, lists, tmp_path / "out.csv")
    good = frame(tmp_path / "good.parquet", {"features": list(FEATURES)})
    assert predict(run, good, tmp_path / "out.csv") == 150


def test_pickles_other_files_and_other_fields(run, tmp_path):
    np.savez(tmp_path / "bad.npz", features=np.array([{}], dtype=object))
    with pytest.raises(BadData, match="holds objects"):
        predict(run, tmp_path / "bad.npz", tmp_path / "out.csv")
    np.savez(tmp_path / "other.npz", pixels=FEATURES)
    with pytest.raises(BadData, match="no field `features`"):
        predict(run, tmp_path / "other.npz", tmp_path / "out.csv")
    (tmp_path / "x.pkl").write_bytes(b"")
    with pytest.raises(BadData, match="ends in none of"):
        predict(run, tmp_path / "x.pkl", tmp_path / "out.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(BadData, match="empty"):
        predict(run, tmp_path / "empty.csv", tmp_path / "out.csv")
    with pytest.raises(BadData, match=r"out.txt ends in none of .csv, .parquet, .npz"):
        predict(run, tmp_path / "empty.csv", tmp_path / "out.txt")


def test_folders_that_do_not_fit(run, pictures, tmp_path):
    """Pictures for a model of numbers, none at all, some in folders and some beside them."""
    from shutil import copytree

    from .conftest import SPECS

    folder = copytree(SPECS / "data" / "pictures", tmp_path / "photos")
    with pytest.raises(BadData, match=r"`features` is float\d+, \(4,\), which neither pictures"):
        predict(run, folder, tmp_path / "out.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadData, match=r"empty.* holds no file that ends in .png"):
        predict(pictures, tmp_path / "empty", tmp_path / "out.csv")
    (folder / "beside.png").write_bytes(b"x")
    with pytest.raises(BadData, match=r"holds folders, and `beside.png` beside them"):
        predict(pictures, folder, tmp_path / "out.csv")
    with pytest.raises(BadData, match=r"beside.png is no picture"):
        predict(pictures, folder / "beside.png", tmp_path / "out.csv")
    with pytest.raises(BadData, match=r"ends in none of .png"):
        predict(pictures, (tmp_path / "a.txt"), tmp_path / "out.csv")
    assert not list(tmp_path.glob("out*"))
