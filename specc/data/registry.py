"""The datasets that a spec may name as its `source`. A mapping, which a plug-in adds to by copying.

Importing it loads no data and no package that data comes with.
"""

from __future__ import annotations

from collections.abc import Mapping

from specc.data.dataset import Dataset
from specc.data.keras_sets import KERAS_SETS
from specc.data.named import Named
from specc.data.readers.reader import Reader
from specc.data.sklearn_sets import BUNDLED
from specc.data.tasks import TASKS
from specc.data.texts import TEXTS

DATASETS: Mapping[str, Dataset] = {
    d.name: d for d in (*BUNDLED, *TEXTS, *TASKS, *(k.dataset() for k in KERAS_SETS))
}

READERS: Mapping[str, type[Reader]] = Named[Reader](
    "specc.data.readers",
    {
        "csv": "csv.Csv",
        "parquet": "parquet.Parquet",
        "npz": "npz.Npz",
        "images": "images.Images",
        "text": "text.TextFiles",
    },
)
"""What a source may be instead, as a key with its arguments."""
