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
MINIMALISTIC = "-minimalistic"
"""What the names of the files end with that hold an application's minimalistic form."""


@cache
def names() -> tuple[str, ...]:
    """The names of all applications."""
    files = (f.name for f in resources.files(__name__).iterdir() if f.name.endswith(ENDING))
    found = {f.removesuffix(ENDING).removesuffix(MINIMALISTIC) for f in files}
    return tuple(sorted(found))


@lru_cache(4)
def data(name: str, minimalistic: bool = False) -> dict[str, Any]:
    """What is known of an application; `name` is one of `names`. `minimalistic` ones are others."""
    file = f"{name}{MINIMALISTIC if minimalistic else ''}{ENDING}"
    return json.loads(gzip.decompress(resources.files(__name__).joinpath(file).read_bytes()))
