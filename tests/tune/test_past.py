"""What a ledger tells of an earlier driver: the order of events, and what a pruner heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from specc.tune.ledger import Configuration, Ledger
from specc.tune.past import ended, heard, in_order


def row(number: int, asked: float, over: float | None) -> Configuration:
    return Configuration(number, {}, "running" if over is None else "done", 0.0, asked, over, None)


def test_events_come_back_in_the_order_they_happened() -> None:
    """A sampler is told of the first trial before it is asked for the third, as it was."""
    rows = [row(0, 1.0, 2.5), row(1, 2.0, 9.0), row(2, 3.0, None)]
    assert [(r.number, over) for r, over in in_order(rows)] == [
        (0, False),
        (1, False),
        (0, True),
        (2, False),
        (1, True),
    ]


def test_a_clock_that_was_set_back_tells_no_end_before_its_beginning() -> None:
    """Numbers are given in order, whatever the clock says."""
    rows = [row(0, 100.0, 101.0), row(1, 5.0, 6.0)]
    events = [(r.number, over) for r, over in in_order(rows)]
    assert events.index((1, False)) < events.index((1, True))
    assert events.index((0, False)) < events.index((1, False))


def test_a_pruner_heard_epochs_or_running_means(tmp_path: Path) -> None:
    """Of one training its epochs; of several, those that ended, as far as there is no gap."""
    reported: list[float] = []
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.asked(1, {})
        for id_, value in ((3, 0.4), (4, 0.6), (5, 0.9)):
            ledger.began((id_, 1, 0, None, 0), {}, "process")
            told = ledger.reported(id_, 1, {"loss": 1.0, "val": value / 3})
            assert told["val"] == pytest.approx(value / 3, rel=1e-7)
            reported.append(told["val"])
            if id_ != 4:
                ledger.ended(id_, "done", {"val": value})
        assert ended(ledger, 1, "val") == {3: 0.4, 5: 0.9}
        assert heard(ledger, 1, "val", 3) == {1: 0.4}
        assert heard(ledger, 1, "val", 1) == {1: reported[0]}, "bit for bit"
        assert heard(ledger, 1, "other", 1) == {}
