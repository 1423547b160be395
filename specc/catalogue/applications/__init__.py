"""The models of `keras.applications`, a generated file for each. Read when one is asked for.

`tools/keras_applications.py` writes them from Keras. A row is an operation in Keras's order: its
name, its class, the arguments that are not the class's defaults, and what it is given: a number is
the row that gives the tensor. `rows` begins every variant, one of `tails` ends it.
"""

from __future__ import annotations

import gzip
import json
from functools import cache, lru_cache
from importlib import resources
from typing import Any

ENDING = ".json.gz"


@cache
def names() -> tuple[str, ...]:
    """The names of all applications."""
    files = (f.name for f in resources.files(__name__).iterdir())
    return tuple(sorted(f.removesuffix(ENDING) for f in files if f.endswith(ENDING)))


@lru_cache(4)
def data(name: str) -> dict[str, Any]:
    """What is known of an application; `name` is one of `names`."""
    return json.loads(
        gzip.decompress(resources.files(__name__).joinpath(name + ENDING).read_bytes())
    )
