"""A stream gives every example once in an order that follows from the seed, in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest

from specc.data.columns import Columns
from specc.data.dataset import FieldType
from specc.data.feed import Feed, Feeds
from specc.data.source import Pieces
from specc.data.stream import PooledStream, Stream


class Counted(Pieces):
    """Pieces of ten examples, each its own number many times over; counts what was read."""

    def __init__(self, count: int, width: int) -> None:
        self.count, self.width, self.digest, self.read = count, width, "", 0

    def pieces(self, order=None):
        starts = np.arange(0, self.count, 10)
        for start in starts if order is None else order.permutation(starts):
            places = np.arange(start, min(start + 10, self.count))
            self.read += len(places)
            yield places, {"x": np.repeat(places[:, None], self.width, axis=1).astype("float32")}


def streamed(count: int, width: int) -> tuple[Stream, Counted]:
    pieces = Counted(count, width)
    feeds = Feeds({"x": Feed(Columns(("x",), FieldType((width,), "float32")))})
    return PooledStream(feeds, pieces, np.zeros(count, np.uint8), 0, str), pieces


def numbers(stream: Stream, **given) -> list[list[int]]:
    return [p.inputs["x"][:, 0].astype(int).tolist() for p in stream.batches(16, **given)]


@pytest.mark.parametrize("seed", [None, 3])
def test_every_example_comes_once_and_skipping_leaves_the_rest_as_it_is(seed):
    """Without a seed in the file's order; with one in another order every epoch."""
    stream, _ = streamed(105, 1)
    found = numbers(stream, seed=seed, epoch=2)
    assert [len(b) for b in found] == [16] * 6 + [9]
    flat = [n for b in found for n in b]
    assert sorted(flat) == list(range(105))
    assert (flat == sorted(flat)) == (seed is None)
    assert numbers(stream, seed=seed, epoch=2, skip=4) == found[4:]
    assert (numbers(stream, seed=seed, epoch=3) == found) == (seed is None)


def test_large_examples_make_a_small_pool(monkeypatch):
    """Of examples of 4 KiB no more are held than the bytes allow, and they are mixed all the same."""
    monkeypatch.setattr("specc.data.stream.BYTES", 2**20)
    stream, pieces = streamed(5_000, 1024)
    batches = stream.batches(16, seed=1, epoch=0)
    first = next(batches).inputs["x"][:, 0].astype(int).tolist()
    assert pieces.read < 1_000
    assert first != sorted(first)
    assert sum(b.count for b in batches) == 5_000 - 16


def test_windows_of_a_stream_are_refused_by_the_check(tmp_path, monkeypatch):
    """At the transform, with the reason; read whole, the same spec is none of its faults."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")

    from specc.pipeline import Settings, passes

    lists = pa.array([[1.0, 2.0, 3.0, 4.0]] * 9, pa.list_(pa.float32()))
    pq.write_table(pa.table({"x": lists, "y": lists}), tmp_path / "in.parquet")
    monkeypatch.chdir(tmp_path)

    def faults(stream: bool) -> list[str]:
        spec = {
            "specc": 1,
            "inputs": {"x": {"shape": [2]}},
            "graph": {"y": {"from": "x", "layers": [{"Dense": {"units": 1}}]}},
            "outputs": {"y": {"loss": "mse"}},
            "data": {
                "source": {"parquet": {"path": "in.parquet", "stream": stream}},
                "inputs": {"x": {"field": "x", "transform": [{"windows": {"length": 2}}]}},
                "targets": {
                    "y": {"field": "y", "transform": [{"windows": {"length": 1, "offset": 2}}]}
                },
            },
        }
        report = passes(spec, settings=Settings()).report
        return [d.message for d in report.errors if "read in pieces" in d.message]

    assert faults(False) == []
    assert len(faults(True)) == 2
    assert "`in.parquet` is read in pieces, and `windows` cuts whole sequences" in faults(True)
