"""The history of a run as files: the table of what each epoch logged, and its curves."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from specc.lower.writing import write_text
from specc.train.curves import curves_svg

History = Mapping[str, Sequence[float]]


def write_table(folder: Path, history: History) -> None:
    """Writes `history.csv`; raises `OSError`."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(history)
    table.writerows(zip(*history.values(), strict=True))
    write_text(folder / "history.csv", text.getvalue())


def write_history(
    folder: Path, history: History, title: str, folds: Sequence[History] = ()
) -> None:
    """Writes `history.csv` and `curves.svg`, nothing where no epoch came to its end.

    `folds` are the histories that `history` is the mean of. Raises `OSError`.
    """
    if history:
        write_table(folder, history)
        write_text(folder / "curves.svg", curves_svg(history, title, folds=folds))
