"""Which way a logged number is better, as far as its name says."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

Direction = Literal["min", "max"]

_MAX = re.compile(
    r"acc$|accuracy|auc$|precision|recall|_at_|f1_score|fbeta_score|r2_score|io_?u$|cosine_similarity"
    r"|correlation|concordance|true_(posi|nega)tives"
)
_MIN = re.compile(
    r"loss$|error|crossentropy|hinge|poisson|divergence|log_?cosh|false_(posi|nega)tives"
    r"|(^|_)(mse|mae|mape|msle|rmse|kld|ce)$"
)


def direction(name: str) -> Direction | None:
    """Whether less or more of it is better; `None` for what a name of one's own does not say."""
    if _MIN.search(name):
        return "min"
    return "max" if _MAX.search(name) else None


def best(name: str, values: Sequence[float]) -> int | None:
    """Where the best value stands, the first of equal ones; `None` where none is known to be."""
    way = direction(name)
    places = [i for i, v in enumerate(values) if math.isfinite(v)]
    if way is None or not places:
        return None
    return (min if way == "min" else max)(places, key=lambda i: values[i])
