"""The datasets that a spec may name as its `source`. A mapping, which a plug-in adds to by copying.

Importing it loads no data and no package that data comes with.
"""

from __future__ import annotations

from collections.abc import Mapping

from specc.data.dataset import Dataset
from specc.data.keras_sets import KERAS_SETS
from specc.data.readers.csv import Csv
from specc.data.readers.images import Images
from specc.data.readers.npz import Npz
from specc.data.readers.parquet import Parquet
from specc.data.readers.reader import Reader
from specc.data.readers.text import TextFiles
from specc.data.sklearn_sets import BUNDLED
from specc.data.tasks import TASKS
from specc.data.texts import TEXTS

DATASETS: Mapping[str, Dataset] = {
    d.name: d for d in (*BUNDLED, *TEXTS, *TASKS, *(k.dataset() for k in KERAS_SETS))
}

READERS: Mapping[str, type[Reader]] = {r.name: r for r in (Csv, Parquet, Npz, Images, TextFiles)}
"""What a source may be instead, as a key with its arguments."""
