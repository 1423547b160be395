"""An engine's process may die: no trial is lost, and none is reported twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from specc.tune.desk import ATTEMPTS
from specc.tune.remote import Remote

from .trials import Given, spec, trial

pytestmark = pytest.mark.keras

LAYERS: list[Any] = [{"Dense": {"units": 4}}, {"Dropout": {"rate": 0.2}}]


def test_a_killed_process_is_replaced_and_its_trial_begins_again(tmp_path: Path):
    """The second trial's process is killed in its second epoch, once; the third's each time."""
    remote = Remote("epoch")
    trials = [trial(i, spec(LAYERS, seed=i, epochs=3)) for i in range(4)]
    kills: list[int] = []

    def on(number: int, epoch: int) -> bool:
        if epoch == 2 and number == 1:
            assert remote.pid is not None
            os.kill(remote.pid, signal.SIGKILL)
            kills.append(number)
        return not (number == 3 and epoch == 2)

    source = Given(trials, tmp_path, remote.group_key, on)
    remote.run(source)
    assert kills == [1]
    assert source.failures == {}
    assert sorted(source.results) == [0, 1, 2], "the last one was stopped by the source"
    assert [len(source.reports[i]) for i in range(4)] == [3, 3, 3, 2]
    assert source.model(1).stat().st_size > 0
    assert remote.pid is None


def test_a_trial_that_takes_its_process_with_it_each_time_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    remote = Remote("epoch")
    trials = [trial(0, spec(LAYERS))]
    starts: list[bool] = []

    def died(held: dict[int, Any], source: Given) -> bool:
        starts.append(True)
        given = remote.desk.lost.pop() if remote.desk.lost else source.next()
        if given is not None:
            held[given.id] = given
        return given is None

    monkeypatch.setattr(remote, "_ran", died)
    source = Given(trials, tmp_path, remote.group_key)
    remote.run(source)
    assert source.failures == {0: f"its process died {ATTEMPTS} times while it trained"}
    assert len(starts) == ATTEMPTS + 1


def test_a_process_that_was_begun_before_is_the_one_that_trains(tmp_path: Path):
    remote = Remote("epoch")
    remote.begin()
    begun = remote.pid
    seen: list[int | None] = []

    def on(number: int, epoch: int) -> bool:
        seen.append(remote.pid)
        return True

    remote.run(Given([trial(0, spec(LAYERS, epochs=2))], tmp_path, remote.group_key, on))
    assert seen == [begun, begun]
    assert remote.pid is None


def test_a_process_that_nobody_wants_is_ended():
    remote = Remote("slots")
    remote.begin()
    pid = remote.pid
    assert pid is not None
    remote.end()
    assert remote.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    remote.end()  # there is none
