"""Readers: what a header says is what is then read, and the parts are those of data in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from specc.data.failure import BadData
from specc.data.registry import READERS
from specc.document.failure import Unreadable
from specc.document.files import Folder

SPECS = Path(__file__).parent.parent.parent / "specs"


def opened(folder: Path, reader: str, **arguments: Any):
    return READERS[reader].read(arguments).open(Folder(folder), None)


def agrees(source) -> None:
    """Every field's values are of its type."""
    arrays = source.arrays(list(source.fields))
    assert len({len(a) for a in arrays.values()}) == 1
    for name, type_ in source.fields.items():
        values = arrays[name]
        assert values.dtype == (object if type_.dtype == "string" else type_.dtype), name
        assert len(values.shape[1:]) == len(type_.shape)
        assert all(s in (None, g) for s, g in zip(type_.shape, values.shape[1:], strict=True))


@pytest.mark.parametrize(
    ("reader", "arguments"),
    [
        ("parquet", {"path": "data/diabetes.parquet"}),
        ("images", {"path": "data/pictures", "size": [6, 5]}),
        ("images", {"path": "data/pictures/one", "size": [6, 6], "color": "grayscale"}),
        ("text", {"path": "data/sentences"}),
        ("text", {"path": "data/sentences/question/lines.txt", "lines": True}),
    ],
)
def test_the_gallerys_files_are_what_their_headers_say(reader, arguments):
    agrees(opened(SPECS, reader, **arguments))


def test_a_tables_types_are_those_of_its_first_rows(tmp_path):
    (tmp_path / "a.csv").write_text('n,x,yes,word\n1,0.5,true,"a,b"\n-2,,false,"c\nd"\n')
    source = opened(tmp_path, "csv", path="a.csv")
    types = {n: t.dtype for n, t in source.fields.items()}
    assert types == {"n": "int64", "x": "float32", "yes": "bool", "word": "string"}
    agrees(source)
    arrays = source.arrays(["word", "x", "n"])
    assert arrays["word"].tolist() == ["a,b", "c\nd"]
    assert np.isnan(arrays["x"][1])
    assert arrays["n"].tolist() == [1, -2]


def test_what_later_rows_are_not_is_an_error_with_its_row_and_column(tmp_path):
    rows = ["n,m", *(f"{i},1" for i in range(1500)), "x,2"]
    (tmp_path / "late.csv").write_text("\n".join(rows))
    with pytest.raises(BadData, match="row 1501, column `n`: 'x' is no int64"):
        opened(tmp_path, "csv", path="late.csv").arrays(["n"])
    said = opened(tmp_path, "csv", path="late.csv", types={"n": "string"})
    assert said.arrays(["n"])["n"][-1] == "x"
    (tmp_path / "short.csv").write_text("\n".join([*rows[:-1], "7"]))
    with pytest.raises(BadData, match="row 1501 has 1 columns, and the first line 2"):
        opened(tmp_path, "csv", path="short.csv").arrays(["n"])


def test_arrays_of_an_npz_are_known_by_their_headers(tmp_path):
    np.savez(
        tmp_path / "a.npz",
        x=np.zeros((4, 3), ">f4"), y=np.arange(4, dtype=np.uint8), t=np.array(["a", "bc", "d", ""]),
        b=np.zeros((4, 2, 2), bool),
    )  # fmt: skip
    source = opened(tmp_path, "npz", path="a.npz")
    shown = {n: (t.shape, t.dtype) for n, t in source.fields.items()}
    assert shown == {
        "x": ((3,), "float32"), "y": ((), "uint8"), "t": ((), "string"), "b": ((2, 2), "bool"),
    }  # fmt: skip
    agrees(source)


def test_parquet_has_dates_lists_and_names(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({
        "day": pa.array([0, 1], pa.date32()),
        "at": pa.array([1_500_000, None], pa.timestamp("us")),
        "kind": pa.array(["a", "b"]).dictionary_encode(),
        "point": pa.array([[1.0, 2.0], [3.0, 4.0]], pa.list_(pa.float32(), 2)),
        "steps": pa.array([[1, 2, 3], []], pa.list_(pa.int32())),
        "whole": pa.array([1, None], pa.int64()),
        "odd": pa.array([b"x", b"y"]),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    source = opened(tmp_path, "parquet", path="a.parquet")
    assert "odd" not in source.fields
    arrays = source.arrays(list(source.fields))
    assert arrays["day"].tolist() == [0, 86400]
    assert arrays["at"][0] == 1.5
    assert arrays["kind"].tolist() == ["a", "b"]
    assert arrays["point"].tolist() == [[1, 2], [3, 4]]
    assert [row.tolist() for row in arrays["steps"]] == [[1, 2, 3], []]
    for missing in ("at", "whole"):
        assert np.isnan(arrays[missing][1])


@pytest.mark.parametrize("reader", ["csv", "parquet", "npz", "images", "text"])
@pytest.mark.parametrize("path", ["../out", "/etc/passwd", "http://x/y", "link"])
def test_no_reader_leaves_the_specs_folder(tmp_path, reader, path):
    (tmp_path / "out").write_text("secret")
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "out")
    arguments = {"size": [2, 2]} if reader == "images" else {}
    with pytest.raises(Unreadable) as caught:
        opened(folder, reader, path=path, **arguments)
    assert caught.value.diagnostic.code == "S115"


@pytest.mark.parametrize("reader", ["csv", "parquet", "npz", "text"])
def test_pipes_and_devices_are_not_opened(tmp_path, reader):
    import os

    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadData, match="no regular file"):
        opened(tmp_path, reader, path="pipe")


def test_to_know_the_types_of_a_table_loads_no_package(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    np.savez(tmp_path / "a.npz", x=np.zeros(2))
    code = f"""
import sys
from pathlib import Path
from specc.data.registry import READERS
from specc.document.files import Folder
for reader in ("csv", "npz"):
    READERS[reader].read({{"path": f"a.{{reader}}"}}).open(Folder(Path({str(tmp_path)!r})), None)
READERS["images"].read({{"path": "pictures", "size": [2, 2]}}).open(
    Folder(Path({str(SPECS / "data")!r})), None)
heavy = ("numpy", "pandas", "pyarrow", "PIL", "keras")
print([m for m in heavy if m in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
