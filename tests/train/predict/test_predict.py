"""Predictions from any file are those of the library, in the file's order, in any format."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from specc.data.registry import DATASETS
from specc.data.source import Source
from specc.train.predict.predict import predict

from .conftest import SPECS

pytestmark = pytest.mark.keras

IRIS = DATASETS["iris"]
NAMES = list(IRIS.fields["features"].names)
FEATURES = IRIS.load()["features"]
KINDS = ["setosa", "versicolor", "virginica"]


def table(path, columns):
    """The columns as a table in the format of the path's ending."""
    import pandas as pd

    frame = pd.DataFrame(columns)
    frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
    return path


def read(path):
    """The columns of what was written, by name; of arrays the arrays."""
    import pandas as pd

    if path.suffix == ".npz":
        with np.load(path) as held:
            return {n: held[n] for n in held.files}
    frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    return {n: frame[n].to_numpy() for n in frame.columns}


def made_of(folder, reader):
    """Iris as a file for the reader, its columns in another order and beside others."""
    path = folder / f"in.{reader}"
    if reader == "npz":
        np.savez_compressed(path, features=FEATURES, other=np.arange(150))
        return path
    columns = {n: FEATURES[:, i] for i, n in enumerate(NAMES)}
    return table(path, {"note": ["x"] * 150, **dict(reversed(columns.items()))})


@pytest.mark.parametrize("writer", ["csv", "parquet", "npz"])
@pytest.mark.parametrize("reader", ["csv", "parquet", "npz"])
def test_tables_and_arrays(run, tmp_path, reader, writer, monkeypatch):
    """In pieces of seven examples, which nobody sees: every reader and every writer."""
    monkeypatch.setattr("specc.data.source.PIECE", 16 * 7)
    output = tmp_path / f"out.{writer}"
    assert predict(run, made_of(tmp_path, reader), output) == 150
    found, expected = read(output), run.predict(FEATURES)
    if writer == "npz":
        np.testing.assert_allclose(found["kind"], expected, rtol=1e-5)
        assert list(found) == ["kind"]
        return
    assert list(found) == ["kind", *(f"kind_{k}" for k in KINDS)]
    np.testing.assert_allclose([found[f"kind_{k}"] for k in KINDS], expected.T, rtol=1e-5)
    assert found["kind"].tolist() == [KINDS[i] for i in expected.argmax(axis=1)]


@pytest.mark.parametrize("writer", ["csv", "parquet", "npz"])
def test_a_folder_of_pictures(pictures, tmp_path, writer, monkeypatch):
    """Each with the name of its file, sized as the run's reader does, also without classes."""
    monkeypatch.setattr("specc.data.source.PIECE", 144 * 5)
    output = tmp_path / f"out.{writer}"
    folder = SPECS / "data" / "pictures"
    files = sorted(p.relative_to(folder).as_posix() for p in folder.glob("*/*.png"))
    assert predict(pictures, folder, output) == len(files)
    found = read(output)
    assert found["file"].tolist() == files
    alone = tmp_path / f"alone.{writer}"
    predict(pictures, folder / "two", alone)
    own = [i for i, f in enumerate(files) if f.startswith("two/")]
    assert read(alone)["file"].tolist() == [files[i].partition("/")[2] for i in own]
    for name in set(found) - {"file"}:
        given, all_ = read(alone)[name], found[name][own]
        if given.dtype.kind == "f":
            np.testing.assert_allclose(given, all_, rtol=1e-4)
        else:
            assert given.tolist() == all_.tolist()


@pytest.mark.parametrize("writer", ["csv", "parquet"])
def test_texts(questions, tmp_path, writer):
    """Lines as in training, each with its file and number; a table of texts says the same."""
    output = tmp_path / f"out.{writer}"
    folder = SPECS / "data" / "sentences"
    count = predict(questions, folder, output)
    found = read(output)
    assert found["file"][0] == "question/lines.txt:1"
    texts = [
        line
        for kind in ("question", "statement")
        for line in (folder / kind / "lines.txt").read_text().splitlines()
        if line
    ]
    assert count == len(texts)
    assert set(found["question"]) <= {"question", "statement"}
    predict(questions, table(tmp_path / "in.parquet", {"text": texts}), tmp_path / "same.parquet")
    same = read(tmp_path / "same.parquet")
    np.testing.assert_allclose(same["question_statement"], found["question_statement"], rtol=1e-4)
    predict(questions, folder / "statement" / "lines.txt", output)
    assert read(output)["file"][0] == "lines.txt:1"


def test_learned_classes_have_their_names(flowers, tmp_path):
    """Names that the transform `classes` has learned are shown."""
    predict(flowers, SPECS / "data" / "flowers.csv", tmp_path / "out.csv")
    assert set(read(tmp_path / "out.csv")["species"]) <= {"setosa", "versicolor", "virginica"}


def test_numbers_count_where_the_training_saw_whole_ones_only(
    tmp_path_factory, tmp_path, monkeypatch
):
    """A column of whole numbers that feeds a float may hold others later."""
    from specc.train.train import train

    from ..small import program

    folder = tmp_path_factory.mktemp("whole")
    monkeypatch.chdir(folder)
    table(folder / "in.csv", {"a": np.arange(40), "b": np.arange(40) % 5, "y": np.arange(40) / 7.0})
    made = program(
        inputs={"measures": {"shape": [2]}},
        graph={"kind": {"from": "measures", "layers": [{"Dense": {"units": 1}}]}},
        outputs={"kind": {"loss": "mse"}},
        data={
            "source": {"csv": {"path": "in.csv"}},
            "inputs": {"measures": {"field": ["a", "b"]}},
            "targets": {"kind": {"field": "y"}},
        },
    )
    run = train(made, runs=tmp_path, progress="none", epochs=1)
    for ending in ("csv", "parquet"):
        given = table(tmp_path / f"in.{ending}", {"b": [0.5, 1.0], "a": [1, 2]})
        predict(run, given, tmp_path / "out.csv")
        expected = run.predict({"a": np.array([1.0, 2.0]), "b": np.array([0.5, 1.0])})
        found = read(tmp_path / "out.csv")
        assert list(found) == ["kind"]
        np.testing.assert_allclose(found["kind"], expected[:, 0], rtol=1e-5)


def test_a_stream_gets_a_table(run, tmp_path):
    """As standard output does."""
    text = io.StringIO()
    predict(run, made_of(tmp_path, "csv"), text, batch_size=64)
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    assert len(rows) == 151
    assert rows[0] == ["kind", *(f"kind_{k}" for k in KINDS)]


def test_noise_goes_on_from_piece_to_piece():
    """A sampled input is drawn as it is for all examples at once."""
    from specc.train.plan import Plan

    from ..small import program

    made = program(
        inputs={"measures": {"shape": [4]}, "noise": {"shape": [3], "sample": "normal"}},
        graph={
            "kind": {
                "from": ["measures", "noise"],
                "layers": ["Concatenate", {"Dense": {"units": 3}}],
            }
        },
    )
    plan = Plan.of(made)
    noise = plan.noise()
    parts = [plan.x({"measures": FEATURES[a:b]}, b - a, noise=noise) for a, b in ((0, 7), (7, 150))]
    whole = plan.x({"measures": FEATURES}, 150)
    np.testing.assert_array_equal(np.concatenate([p["noise"] for p in parts]), whole["noise"])


def test_a_large_table_takes_little_memory(run, tmp_path, monkeypatch):
    """What NumPy and Arrow hold of a table of 30 MB, read and written, is a small part of it."""
    import tracemalloc

    import pyarrow as pa

    from specc.train.predict import written

    monkeypatch.setattr(written, "GROUP", 2**21)
    monkeypatch.setattr("specc.data.readers.csv.BLOCK", 2**18)

    path = tmp_path / "in.csv"
    rows = "".join(f"{a:.7f},{b:.7f},{c:.7f},{d:.7f}\n" for a, b, c, d in FEATURES)
    with path.open("w") as file:
        file.write(",".join(NAMES) + "\n")
        for _ in range(5_000):
            file.write(rows)
    size = path.stat().st_size
    model = run.model
    before, said, arrow = pa.total_allocated_bytes(), model.predict_on_batch, []

    def zeros(x):  # only files are measured
        arrow.append(pa.total_allocated_bytes() - before)
        return np.zeros((len(x), 3), np.float32)

    model.predict_on_batch = zeros
    tracemalloc.start()
    try:
        assert predict(run, path, tmp_path / "out.parquet", batch_size=4096) == 750_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        model.predict_on_batch = said
    assert peak < size / 2, (peak, size)
    assert max(arrow) < size / 2, (max(arrow), size)


def test_every_source_is_read_in_pieces_as_it_is_read_whole(tmp_path, monkeypatch):
    """Whatever the reader: `once` gives the examples that `arrays` gives."""
    from specc.data.registry import READERS
    from specc.document.files import Folder

    monkeypatch.setattr("specc.data.source.PIECE", 512)
    monkeypatch.setattr("specc.data.readers.text.TOGETHER", 7)
    np.savez(
        tmp_path / "a.npz",
        x=FEATURES,
        rows=np.asfortranarray(FEATURES),
        t=np.array(["a", "bc"] * 75),
    )
    opened: list[Source] = [
        READERS["npz"].read({"path": "a.npz"}).open(Folder(tmp_path), None),
        *(
            READERS[name].read(arguments).open(Folder(SPECS), None)
            for name, arguments in (
                ("csv", {"path": "data/flowers.csv"}),
                ("parquet", {"path": "data/diabetes.parquet"}),
                ("images", {"path": "data/pictures", "size": [6, 5]}),
                ("text", {"path": "data/sentences", "lines": True}),
            )
        ),
    ]
    for source in opened:
        names = list(source.fields)
        pieces = [p.arrays for p in source.once(names)]
        whole = source.arrays(names)
        for name in names:
            np.testing.assert_array_equal(np.concatenate([p[name] for p in pieces]), whole[name])
        assert len(pieces) > 1 or source.name.endswith(".csv")
