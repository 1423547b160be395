"""A search says how it gets on: a table in a terminal, lines elsewhere, and nothing where asked."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from specc.tune import progress
from specc.tune.driver import Driver
from specc.tune.progress import Lines, Live, Silent, watching
from specc.tune.study import search
from tests.tune.quick import Quick, program


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_watches_goes_by_the_stream() -> None:
    """`auto` is a table in a terminal only."""
    assert isinstance(watching("auto", Terminal()), Live)
    assert isinstance(watching("auto", io.StringIO()), Lines)
    assert isinstance(watching("none", Terminal()), Silent)


def test_each_of_the_first_configurations_has_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what has ended, the best so far, the rate and the time left; then fewer lines."""
    search(program(trials=60), studies=tmp_path, engine=Quick(), progress="lines")
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "engine quick: it was given"
    pattern = r"1/60 trials  best val_loss 0\.\d{4} \(#\d+\)  [\d.]+ a minute  \d+:\d\d left"
    assert re.fullmatch(pattern, said[1])
    assert said[-1].startswith("60/60 trials  best")
    assert len(said) < 40


def test_what_is_not_as_usual_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pruned, failed and left out only where there are any."""
    made = program(trials=25, pruner="median", require={"parameters": {"max": 200}})
    search(made, studies=tmp_path, engine=Quick(refuses=2), progress="lines")
    last = capsys.readouterr().err.splitlines()[-1]
    assert re.search(r"\d+ pruned  1 failed  \d+ left out", last)


def test_the_table_shows_the_whole_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last state: what was done, the best with its values, and the bar at its end."""
    stream = Terminal()
    monkeypatch.setattr(progress.sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    study = search(program(trials=9), studies=tmp_path, engine=Quick(), progress="bar")
    assert study.best is not None
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    for title in (
        "done",
        "running",
        "pruned",
        "failed",
        "left out",
        "best val_loss",
        "a minute",
        "left",
    ):
        assert title in text
    assert f"#{study.best.number}  " in text
    assert f"params.units={study.best.values['params.units']}" in text
    assert "9 of 9 trials" in text


def test_the_time_left_is_by_the_number_or_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever ends first; nothing is known before the first has ended."""
    from specc.document.files import Folder
    from specc.plugin.known import known
    from specc.tune.compiler import Compiler

    made = program(trials=10)
    assert made.origin is not None
    assert made.tune is not None
    compiler = Compiler("small", None, known(), made.tune, Folder(tmp_path))
    driver = Driver(made.tune, made.origin.root, compiler, tmp_path, trials=10)
    clock = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    pace = progress.Pace(driver)
    assert pace.left is None
    clock[0] += 30
    driver.counts.done = 5
    assert pace.a_minute == 10
    assert pace.left == 30
    driver.until = clock[0] + 7
    assert pace.left == 7
    driver.close()


def test_times_are_as_people_read_them() -> None:
    """Seconds, minutes, hours."""
    assert [progress.clock(s) for s in (7.2, 247, 8000)] == ["0:07", "4:07", "2:13:20"]
    assert [progress.brief(v) for v in ("a", 0.123456789, [1, 2], None)] == [
        "a",
        "0.12346",
        "[1, 2]",
        "null",
    ]
    assert [progress.number_of(v) for v in (0.97, 0.0000123, 0)] == ["0.9700", "1.23e-05", "0.0000"]
