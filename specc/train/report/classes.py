"""Classes in the page: the confusion matrix, precision and recall, the surest mistakes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from specc.train.report.examined import Classes
from specc.train.report.picture import png
from specc.train.report.table import table

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SQUARE = 30
"""Classes up to which the matrix is shown whole."""
PAIRS = 20
PICTURES = 12


def counted(output: Classes) -> Array:
    """How often each class was taken for each: (true, predicted), whole numbers."""
    import numpy as np

    true, predicted = output.true.ravel(), output.predicted.ravel()
    known = true >= 0
    true, predicted = true[known], predicted[known]
    size = max(len(output.labels), int(true.max(initial=0)) + 1)
    flat = np.bincount(true * size + predicted, minlength=size * size)
    return flat.reshape(size, size)


def shown(output: Classes, pictures: Array | None) -> str:
    """What the page says of an output that chooses a class."""
    counts = counted(output)
    labels = [*output.labels, *(str(i) for i in range(len(output.labels), len(counts)))]
    right, total = int(counts.trace()), int(counts.sum())
    share = f"{right / total:.2%}" if total else "none"
    return "\n".join(
        [
            f"<p>{right:,} of {total:,} are right ({share}).</p>",
            _matrix(counts, labels) if len(labels) <= SQUARE else _pairs(counts, labels),
            _by_class(counts, labels),
            *_mistakes(output, labels, pictures),
        ]
    )


def _matrix(counts: Array, labels: list[str]) -> str:
    """Rows are true, columns predicted; the colour is the share of the row."""
    head = "".join(f'<th scope="col">{escape(x)}</th>' for x in labels)
    rows: list[str] = []
    for i, label in enumerate(labels):
        total = int(counts[i].sum())
        cells: list[str] = []
        for j, count in enumerate(counts[i].tolist()):
            share = count / total if total else 0
            hue = "59,130,246" if i == j else "239,68,68"
            style = f' style="background:rgba({hue},{0.1 + 0.7 * share:.2f})"' if count else ""
            cells.append(f"<td{style}>{count or ''}</td>")
        rows.append(f'<tr><th scope="row">{escape(label)}</th>{"".join(cells)}</tr>')
    return (
        '<p class="note">Rows: what is true. Columns: what the model says.</p><div class="wide">'
        f'<table class="matrix"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _pairs(counts: Array, labels: list[str]) -> str:
    """The classes that are most often taken for others, where a matrix would be too large."""
    import numpy as np

    wrong = counts.copy()
    np.fill_diagonal(wrong, 0)
    order: list[int] = wrong.ravel().argsort()[::-1][:PAIRS].tolist()
    rows: list[list[str]] = []
    for i in order:
        if times := int(wrong.ravel()[i]):
            rows.append([labels[i // len(labels)], labels[i % len(labels)], f"{times:,}"])
    return f"<h4>Most often confused</h4>{table(['true', 'taken for', 'times'], rows)}"


def _by_class(counts: Array, labels: list[str]) -> str:
    """The table of classes, folded where there are many."""
    rows = list(_rows(counts, labels))
    inside = table(["class", "precision", "recall", "F1", "examples"], rows)
    if len(rows) <= SQUARE:
        return f"<h4>By class</h4>{inside}"
    return f"<details><summary>By class, {len(rows):,} of them</summary>{inside}</details>"


def _rows(counts: Array, labels: list[str]) -> Iterator[list[str]]:
    """Precision, recall and F1 of each class; a dash where nothing was, or was said."""
    said, are = counts.sum(axis=0).tolist(), counts.sum(axis=1).tolist()
    for i, label in enumerate(labels):
        hits = int(counts[i, i])
        precision = f"{hits / said[i]:.3f}" if said[i] else "–"
        recall = f"{hits / are[i]:.3f}" if are[i] else "–"
        f1 = f"{2 * hits / (said[i] + are[i]):.3f}" if said[i] + are[i] else "–"
        yield [label, precision, recall, f1, f"{are[i]:,}"]


def _mistakes(output: Classes, labels: list[str], pictures: Array | None) -> Iterator[str]:
    """The pictures of which the model was surest and was wrong."""
    if pictures is None or output.true.shape[1] != 1:
        return
    wrong = (output.true != output.predicted)[:, 0] & (output.true[:, 0] >= 0)
    places = wrong.nonzero()[0]
    surest = places[output.confidence[places, 0].argsort(kind="stable")[::-1]][:PICTURES]
    if not len(surest):
        return
    yield '<h4>The surest mistakes</h4><div class="pictures">'
    order: list[int] = surest.tolist()
    for i in order:
        said = escape(labels[int(output.predicted[i, 0])])
        true = escape(labels[int(output.true[i, 0])])
        yield (
            f'<figure><img src="{png(pictures[i])}" alt="example {i}, {true} taken for {said}">'
            f"<figcaption>{said} ({output.confidence[i, 0]:.0%}), is {true}</figcaption></figure>"
        )
    yield "</div>"
