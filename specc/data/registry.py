"""The datasets that a spec may name as its `source`. A mapping, which a plug-in adds to by copying.

Importing it loads no data and no package that data comes with.
"""

from __future__ import annotations

from collections.abc import Mapping

from specc.data.dataset import Dataset
from specc.data.sklearn_sets import BUNDLED
from specc.data.tasks import TASKS
from specc.data.texts import TEXTS

DATASETS: Mapping[str, Dataset] = {d.name: d for d in (*BUNDLED, *TEXTS, *TASKS)}

READERS = ("csv", "parquet", "npz", "images", "text")
"""What a source may be instead, as a key with its arguments."""
