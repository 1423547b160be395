"""What a search says while it runs: a live table in a terminal, lines elsewhere, or nothing."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING, Any, Literal, Protocol, TextIO

from specc.diagnostics.render.escape import printable
from specc.tune.space import shown

if TYPE_CHECKING:
    from specc.tune.driver import Driver

Progress = Literal["auto", "bar", "lines", "none"]

EACH = 20
"""Configurations that have a line each."""
SECONDS = 2.0
"""After those, the time between two lines."""


class Watch(Protocol):
    """Is told how a search gets on."""

    def begin(self, driver: Driver) -> None:
        """The search begins, or goes on."""
        ...

    def say(self, text: str) -> None:
        """Something is worth a line."""
        ...

    def heard(self, driver: Driver) -> None:
        """A configuration has ended."""
        ...

    def close(self) -> None:
        """The search has ended, or was interrupted."""
        ...


def watching(progress: Progress, stream: TextIO | None = None) -> Watch:
    """The watch that `progress` names; `auto` is a live table where the stream is a terminal."""
    stream = stream or sys.stderr
    if stream is None or progress == "none":  # pyright: ignore[reportUnnecessaryComparison]  # as under pythonw
        return Silent()
    if progress == "auto":
        progress = "bar" if stream.isatty() else "lines"
    return Live(stream) if progress == "bar" else Lines(stream)


class Silent:
    """Says nothing."""

    def begin(self, driver: Driver) -> None:
        """See `Watch`."""

    def say(self, text: str) -> None:
        """See `Watch`."""

    def heard(self, driver: Driver) -> None:
        """See `Watch`."""

    def close(self) -> None:
        """See `Watch`."""


class Pace:
    """How fast configurations end, and how long the rest may take."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._before = driver.counts.ended
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the search began, or went on."""
        return time.monotonic() - self._began

    @property
    def a_minute(self) -> float:
        """How many configurations have ended in a minute, on average."""
        return 60 * (self._driver.counts.ended - self._before) / max(self.seconds, 1e-9)

    @property
    def left(self) -> float | None:
        """The seconds that are left by the number wanted or by the clock; `None`: not known."""
        driver, rate = self._driver, self.a_minute
        left = max(driver.until - time.monotonic(), 0)
        if driver.wanted is not None and rate > 0:
            left = min(left, 60 * max(driver.wanted - driver.counts.ended, 0) / rate)
        return left if math.isfinite(left) else None


class Lines:
    """A line for each configuration that ended; after the first ones, a line now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pace: Pace | None = None
        self._told = 0
        self._at = -math.inf
        self._last = ""

    def begin(self, driver: Driver) -> None:
        """See `Watch`."""
        self._pace = Pace(driver)
        if driver.counts.ended:
            self.say(f"goes on after {driver.counts.ended} trials")

    def say(self, text: str) -> None:
        """See `Watch`."""
        print(printable(text), file=self._stream, flush=True)

    def heard(self, driver: Driver) -> None:
        """See `Watch`."""
        assert self._pace is not None
        counts = driver.counts
        of = f"/{driver.wanted}" if driver.wanted is not None else ""
        said = [f"{counts.ended}{of} trials"]
        for what, count in (("running", driver.running), *_unusual(driver)):
            said += [f"{count} {what}"] if count else []
        if driver.leaders.found:
            value, number = driver.leaders.found[0]
            said.append(f"best {driver.goal.metric} {number_of(value)} (#{number})")
        left = self._pace.left
        said.append(f"{self._pace.a_minute:.1f} a minute")
        self._last = "  ".join(said) + ("" if left is None else f"  {clock(left)} left")
        now = time.monotonic()
        if self._told < EACH or now - self._at >= SECONDS:
            self._flush(now)

    def _flush(self, now: float) -> None:
        self._told += 1
        self._at = now
        self.say(self._last)
        self._last = ""

    def close(self) -> None:
        """See `Watch`."""
        if self._last:
            self._flush(time.monotonic())


class Live:
    """A table that changes in its place."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console

        self._console = Console(file=stream, highlight=False)
        self._live: Any = None

    def begin(self, driver: Driver) -> None:
        """See `Watch`."""
        from rich.live import Live as Shown

        self._live = Shown(_Table(driver), console=self._console, refresh_per_second=4)
        self._live.start()

    def say(self, text: str) -> None:
        """See `Watch`."""
        from rich.text import Text

        self._console.print(Text(printable(text)))

    def heard(self, driver: Driver) -> None:
        """See `Watch`: the table looks for itself."""

    def close(self) -> None:
        """See `Watch`."""
        if self._live is not None:
            self._live.stop()


class _Table:
    """The table, made anew each time that it is drawn."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._pace = Pace(driver)

    def __rich__(self) -> Any:
        from rich import box
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        driver, pace, counts = self._driver, self._pace, self._driver.counts
        cells = [("done", counts.done), ("running", driver.running), *_unusual(driver)]
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for title, _ in cells:
            table.add_column(title, justify="right")
        table.add_column(Text(printable(f"best {driver.goal.metric}")), justify="right")
        for title in ("a minute", "time", "left"):
            table.add_column(title, justify="right")
        best = driver.leaders.found[0] if driver.leaders.found else None
        left = pace.left
        table.add_row(
            *(f"{count:,}" for _, count in cells),
            Text("" if best is None else number_of(best[0]), "bold green"),
            f"{pace.a_minute:.1f}" if counts.ended else "",
            clock(pace.seconds),
            "" if left is None else clock(left),
        )
        parts: list[Any] = [table]
        if best is not None:
            values = "  ".join(f"{a}={brief(v)}" for a, v in driver.leaders.values.items())
            parts.append(Text(printable(f"#{best[1]}  {values}"), "dim"))
        if driver.wanted:
            bar = ProgressBar(total=driver.wanted, completed=counts.ended, width=40)
            of = Text(f" {counts.ended:,} of {driver.wanted:,} trials")
            grid = Table.grid()
            grid.add_row(bar, of)
            parts.append(grid)
        return Group(*parts)


def _unusual(driver: Driver) -> list[tuple[str, int]]:
    counts = driver.counts
    return [("pruned", counts.pruned), ("failed", counts.failed), ("left out", counts.left_out)]


def number_of(value: float) -> str:
    """An objective as people read it."""
    small = value != 0 and abs(value) < 0.001
    return f"{value:.2e}" if small or abs(value) >= 100_000 else f"{value:.4f}"


def brief(value: Any) -> str:
    """A value of a field, as tables have it: text as it is, and numbers of five digits."""
    if isinstance(value, str):
        return value
    return f"{value:.5g}" if isinstance(value, float) else shown(value)


def clock(seconds: float) -> str:
    """`0:07`, `4:07`, `2:13:20`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
