"""What `specc train` says at the end: where the run is, and what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from specc.catalogue.plain import is_dict
from specc.train.run import Run


def trained(run: Run) -> Iterator[str]:
    """The lines: the folder, how long it took, and a row for each metric with its parts."""
    metrics = run.metrics
    epochs, seconds = metrics.get("epochs", 0), metrics.get("seconds", 0)
    folds = f"{metrics['folds']} folds, " if "folds" in metrics else ""
    yield f"{run.path}  {folds}{epochs} {'epoch' if epochs == 1 else 'epochs'} in {seconds:.1f} s"
    parts = {str(p): v for p, v in metrics.items() if is_dict(v) and _measured(v)}
    names = sorted({n: None for v in parts.values() for n in v}, key=lambda n: n != "loss")
    deviation = metrics.get("deviation", {})
    rows = [["", *parts]]
    for n in names:
        rows.append([n, *(_cell(v.get(n), deviation.get(p, {}).get(n)) for p, v in parts.items())])
    if not parts:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        first, *rest = (
            c.rjust(w) if i else c.ljust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *rest]).rstrip()


def _measured(values: Mapping[Any, Any]) -> bool:
    return any(isinstance(v, int | float) for v in values.values())


def _cell(value: Any, deviation: float | None) -> str:
    """A number, and how far the folds are apart."""
    if not isinstance(value, int | float):
        return ""
    return f"{value:.4f}" + ("" if deviation is None else f" ± {deviation:.4f}")
