"""Epochs over data that is read in pieces: `specc.train` against pandas and `tf.data` by hand.

Each rival trains in a process of its own, so that its peak of memory is its own; they take turns.
With `--large` a Parquet file of 3 GB is made, trained on for an epoch, and removed: it is to take
less than 1 GB beside what the packages take.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from measure import alone, median, table

COLUMNS = [f"x{i}" for i in range(40)]
BATCH = 1024
GROUP = 2**17
"""Rows of a row group."""


def spec(path: str) -> dict[str, Any]:
    """A small regression on a table's forty columns."""
    return {
        "specc": 1,
        "name": "stream",
        "inputs": {"x": {"shape": [len(COLUMNS)]}},
        "graph": {
            "y": {
                "from": "x",
                "layers": [{"Dense": {"units": 32, "activation": "relu"}}, {"Dense": {"units": 1}}],
            }
        },
        "outputs": {"y": {"loss": "mse"}},
        "data": {
            "source": {path.rpartition(".")[2]: {"path": path, "stream": True}},
            "inputs": {"x": {"field": COLUMNS}},
            "targets": {"y": {"field": "y"}},
            "split": {"validation": 0.0, "test": 0.0},
        },
        "train": {"batch_size": BATCH, "epochs": 3},
    }


def write(folder: Path, kind: str, size: int) -> int:
    """A table of about so many bytes; gives its rows. It never is in memory as a whole."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    rows = size // (4 * (len(COLUMNS) + 1)) if kind == "parquet" else size // (10 * 41)
    draw = np.random.default_rng(0)
    schema = pa.schema([(n, pa.float32()) for n in [*COLUMNS, "y"]])
    path = folder / f"table.{kind}"
    maker = pa.parquet.ParquetWriter if kind == "parquet" else pa.csv.CSVWriter
    more = {"compression": "none", "use_dictionary": False} if kind == "parquet" else {}
    with maker(path, schema, **more) as writer:
        for start in range(0, rows, GROUP):
            x = draw.random((min(GROUP, rows - start), len(COLUMNS)), np.float32).round(6)
            columns = {n: x[:, i] for i, n in enumerate(COLUMNS)}
            writer.write_table(pa.table({**columns, "y": x.sum(axis=1)}, schema=schema))
    return rows


def clock() -> Any:
    """When each epoch ended; the first one, which traces, is not counted."""
    import keras

    class Clock(keras.callbacks.Callback):
        """The ends."""

        def on_train_begin(self, logs: Any = None) -> None:
            self.ends = [time.perf_counter()]

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.ends.append(time.perf_counter())

        @property
        def epochs(self) -> list[float]:
            found = [b - a for a, b in zip(self.ends, self.ends[1:], strict=False)]
            return found[1:] or found

    return Clock()


def by_hand(rival: str, kind: str, rows: int) -> list[float]:
    """Shuffled in a buffer, as `tf.data` does it; pandas reads chunks that a generator gives."""
    import pandas as pd
    import tensorflow as tf

    import specc

    model, watch = specc.to_keras(specc.compile(spec(f"table.{kind}"))), clock()
    model.compile("adam", "mse")
    if rival == "tf.data":  # its own reader of CSV
        data = tf.data.experimental.make_csv_dataset(
            f"table.{kind}", BATCH, label_name="y", num_epochs=1, shuffle_buffer_size=2**17
        )
        names = tf.constant(COLUMNS)
        assert len(names) == len(COLUMNS)
        data = data.map(lambda x, y: (tf.stack([x[n] for n in COLUMNS], axis=1), y))
    else:

        def chunks() -> Any:
            import pyarrow.parquet as pq

            if kind == "csv":
                found = pd.read_csv(f"table.{kind}", dtype="float32", chunksize=GROUP)
            else:
                file = pq.ParquetFile(f"table.{kind}")
                groups = range(file.num_row_groups)
                found = (file.read_row_group(i).to_pandas() for i in groups)
            for frame in found:
                mixed = frame.sample(frac=1)
                x, y = mixed[COLUMNS].to_numpy(), mixed["y"].to_numpy()
                for i in range(0, len(x), BATCH):
                    yield x[i : i + BATCH], y[i : i + BATCH]

        taken = tf.TensorSpec((None, len(COLUMNS)), tf.float32), tf.TensorSpec((None,), tf.float32)
        data = tf.data.Dataset.from_generator(chunks, output_signature=taken)
    model.fit(data.prefetch(4), epochs=3, verbose=0, callbacks=[watch])
    return watch.epochs


def by_specc(kind: str, epochs: int) -> list[float]:
    """The same of `specc.train`."""
    import specc

    watch = clock()
    made = specc.compile(spec(f"table.{kind}"), sets=[f"train.epochs={epochs}"])
    specc.train(made, callbacks=[watch], progress="none")
    return watch.epochs


def child(rival: str, kind: str, rows: int) -> None:
    """Trains, and prints the seconds of the epochs, and MiB beside what the packages take."""
    import keras
    import pandas as pd
    import pyarrow.parquet

    assert all((keras, pd, pyarrow))
    keras.ops.convert_to_tensor([0.0])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if rival.startswith("specc"):
        found = by_specc(kind, 1 if rival == "specc once" else 3)
    else:
        found = by_hand(rival, kind, rows)
    print(json.dumps([found, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10]))


def said(folder: str, rival: str, kind: str, rows: int) -> list[Any]:
    """What a rival says in a process of its own."""
    return alone(folder, __file__, "--child", rival, kind, str(rows))


def main() -> None:
    """Prints the table, with the bounds beside the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--megabytes", type=int, default=100, help="of the tables that are raced on"
    )
    parser.add_argument("--large", type=int, metavar="MEGABYTES", help="such as 3000")
    parser.add_argument("--child", nargs=3, metavar=("RIVAL", "KIND", "ROWS"))
    options = parser.parse_args()
    if options.child:
        rival, kind, rows = options.child
        child(rival, kind, int(rows))
        return
    lines: list[list[str]] = []
    for kind, rivals in (("csv", ["pandas", "tf.data"]), ("parquet", ["pandas"])):
        if not options.rounds:
            continue
        with tempfile.TemporaryDirectory() as folder:
            rows = write(Path(folder), kind, options.megabytes * 10**6)
            found: dict[str, list[Any]] = {r: [] for r in [*rivals, "specc"]}
            for turn in range(options.rounds):
                for rival in found if turn % 2 else reversed(found):
                    found[rival].append(said(folder, rival, kind, rows))
        pace = {r: [median(times) for times, _ in all_] for r, all_ in found.items()}
        peak = {r: max(p for _, p in all_) for r, all_ in found.items()}
        for rival in rivals:
            times = [a / b for a, b in zip(pace[rival], pace["specc"], strict=True)]
            lines.append(
                [
                    f"{kind}, {rival}",
                    f"{median(pace[rival]):.2f}",
                    f"{median(pace['specc']):.2f}",
                    f"{median(times):.2f}",
                    "1.0",
                    f"{peak[rival]}",
                    f"{peak['specc']}",
                ]
            )
    if lines:
        head = ["rival", "s an epoch", "specc's", "times as fast", "at least", "MiB", "specc's"]
        table(f"Streams of {options.megabytes} MB", head, lines)
    if options.large:
        with tempfile.TemporaryDirectory() as folder:
            rows = write(Path(folder), "parquet", options.large * 10**6)
            times, peak = said(folder, "specc once", "parquet", rows)
        figures = [f"{rows:,}", f"{times[0]:.1f}", f"{peak}", "1,000"]
        head = ["file", "rows", "s", "MiB beside the packages", "at most"]
        table("A large Parquet file, one epoch", head, [[f"{options.large} MB", *figures]])


if __name__ == "__main__":
    main()
