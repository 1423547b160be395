"""Text that comes with Python itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specc.data.dataset import Dataset, FieldType

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray[Any, Any]]

LONGEST = 200_000
"""How many characters are taken: enough to learn from, little enough for a quick epoch."""


def _pydoc_text() -> Arrays:
    """The topics of `help()`, sorted by their names: one text."""
    from pydoc_data.topics import topics

    import numpy as np

    text = "\n".join(topics[name].strip() for name in sorted(topics))
    made = np.empty(1, object)
    made[0] = text[:LONGEST]
    return {"text": made}


TEXTS: tuple[Dataset, ...] = (
    Dataset(
        "pydoc_text",
        {"text": FieldType((), "string")},
        _pydoc_text,
        "One example: what Python's own `help()` says of the language, 200,000 characters",
    ),
)
