"""What the ledger tells a driver of those before it, that were killed or done with their trials."""

from __future__ import annotations

from collections.abc import Sequence

from specc.tune.ledger import Configuration, Ledger
from specc.tune.opened import running


def in_order(rows: Sequence[Configuration]) -> list[tuple[Configuration, bool]]:
    """When each configuration was asked for and, if it was, ended: in the order it happened."""
    events: list[tuple[float, int, bool, Configuration]] = []
    last = 0.0
    for row in rows:
        last = max(last, row.asked)  # a clock may be set back, and numbers are not
        events.append((last, row.number, False, row))
        if row.state not in ("running", "waiting"):
            events.append((max(last, row.ended or 0.0), row.number, True, row))
    return [(row, over) for *_, over, row in sorted(events, key=lambda e: e[:3])]


def ended(ledger: Ledger, number: int, metric: str) -> dict[int, float]:
    """The objective of each training of a configuration that came to its end, by id."""
    return {
        id_: logs[metric]
        for id_, state, logs in ledger.trials(number)
        if state == "done" and logs is not None
    }


def heard(ledger: Ledger, number: int, metric: str, each: int) -> dict[int, float]:
    """What a pruner heard of a configuration that is trained `each` times over.

    Of one training its epochs; of several their running means, by how many there were.
    """
    if each > 1:
        return running(ended(ledger, number, metric), number * each)
    first = next(iter(ledger.trials(number)), None)
    logs = {} if first is None else ledger.reports(first[0])
    return {epoch: told[metric] for epoch, told in logs.items() if metric in told}
