"""What is shown while a model trains: a bar on a terminal, elsewhere a line for each epoch."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TextIO

from specc.lower.instances import keras
from specc.train.better import best
from specc.train.stopped import watched, why_stopped

Progress = Literal["auto", "bar", "lines", "none"]


def shown(
    progress: Progress,
    epochs: int,
    steps: int,
    callbacks: Sequence[Any] = (),
    stream: TextIO | None = None,
) -> Any | None:
    """The Keras callback that shows progress on `stream` (standard error), or `None`.

    `callbacks` are the others: what one of them goes by is what the best value is told of, and at
    the end it is said which of them stopped the training.
    """
    stream = stream or sys.stderr
    if stream is None:  # pyright: ignore[reportUnnecessaryComparison]  # as under pythonw
        return None
    if progress == "auto":
        progress = "bar" if stream.isatty() else "lines"
    if progress == "none":
        return None
    make = _bar if progress == "bar" else _lines
    return make(_Best(watched(callbacks)), epochs, steps, callbacks, stream)


def line(logs: Mapping[str, Any]) -> str:
    """The logs as one line of names and numbers."""
    return "  ".join(f"{name} {_number(logs[name])}" for name in in_order(logs))


def in_order(logs: Mapping[str, Any]) -> list[str]:
    """The logged names as people read them: the loss, what was measured, then validation."""

    def place(name: str) -> tuple[bool, bool]:
        return name.startswith("val_"), name.removeprefix("val_") != "loss"

    return sorted(logs, key=place)


def _number(value: float) -> str:
    small = value != 0 and abs(value) < 0.001
    return f"{value:.2e}" if small or abs(value) >= 100000 else f"{value:.4f}"


class _Best:
    """The best value so far of what a callback goes by, or of the loss."""

    def __init__(self, name: str | None) -> None:
        self.name = name
        self.value: float | None = None
        self.epoch = 0

    def see(self, epoch: int, logs: Mapping[str, Any]) -> None:
        """Looks at what an epoch logged; `epoch` counts from 1."""
        if self.name is None:
            self.name = "val_loss" if "val_loss" in logs else "loss"
        value = logs.get(self.name)
        if value is None:
            return
        if self.value is None or best(self.name, [self.value, float(value)]) == 1:
            self.value, self.epoch = float(value), epoch

    def __str__(self) -> str:
        return (
            ""
            if self.value is None
            else f"best {self.name} {_number(self.value)} in epoch {self.epoch}"
        )


def _lines(top: _Best, epochs: int, steps: int, callbacks: Sequence[Any], stream: TextIO) -> Any:
    base: Any = keras().callbacks.Callback
    width = len(str(epochs))

    class Lines(base):
        """One line an epoch; of short epochs, after the first ones, a line now and then."""

        def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
            self.done = 0
            self.told: tuple[int, float] | None = None
            self.held = ""

        def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            now = time.perf_counter()
            self.done = epoch + 1
            top.see(epoch + 1, logs or {})
            self.held = ""
            often = self.told is None or self.done <= EACH or now - self.told[1] >= SECONDS
            if not often and self.done < epochs:
                self.held = line(logs or {})
                return
            self.told = self.done, now
            self.say(f"{line(logs or {})}  {now - self.began:.1f} s")

        def say(self, text: str) -> None:
            print(f"epoch {self.done:>{width}}/{epochs}  {text}", file=stream, flush=True)

        def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
            if self.held:  # the last epoch of a training that was stopped
                self.say(self.held)
            for said in (
                str(top) if self.done > 1 else "",
                why_stopped(callbacks, self.done, epochs),
            ):
                if said:
                    print(said, file=stream, flush=True)

    return Lines()


EACH = 20
"""Epochs that have a line each, however short they are."""
SECONDS = 2.0
"""After those, the time between two lines."""


def _bar(top: _Best, epochs: int, steps: int, callbacks: Sequence[Any], stream: TextIO) -> Any:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    base: Any = keras().callbacks.Callback
    bar = Progress(
        TextColumn("epoch {task.fields[epoch]}/" + str(epochs)),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
    )

    class Numbers:
        """What the last epoch logged, and the best so far; made when it is drawn."""

        def __init__(self) -> None:
            self.logs: Mapping[str, Any] = {}
            self.end: str | None = None

        def __rich__(self) -> Group:
            logs = Text(line(self.logs), style="cyan")
            said = [Text(t, style="dim") for t in (str(top), self.end) if t]
            return Group(*([logs] if self.logs else []), *said)

    class Bar(base):
        """A bar over all steps; the numbers are those of the last epoch.

        `async_safe` lets Keras go on without waiting for it; the hook reads no logs.
        """

        async_safe = True

        def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
            self.task = bar.add_task("", total=epochs * steps, epoch=1)
            self.epoch = self.done = 0
            self.drawn = time.perf_counter()
            self.numbers = Numbers()
            self.live = Live(
                Group(bar, self.numbers), console=Console(file=stream), refresh_per_second=8
            )
            self.live.start()

        def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.epoch = epoch

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.done = epoch + 1
            top.see(epoch + 1, logs or {})
            self.numbers.logs = dict(logs or {})
            now = time.perf_counter()
            if now - self.drawn > OFTEN or self.done == epochs:
                self.drawn = now
                self.move(self.done * steps)

        def move(self, completed: int) -> None:
            bar.update(self.task, completed=completed, epoch=min(self.done + 1, epochs))

        def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
            self.close()

        def close(self) -> None:
            live = getattr(self, "live", None)
            if live is not None and live.is_started:
                bar.update(self.task, completed=self.done * steps, epoch=self.done)
                bar.stop_task(self.task)
                self.numbers.end = why_stopped(callbacks, self.done, epochs)
                live.stop()

    class Moving(Bar):
        """The bar that moves within an epoch too, now and then."""

        by_pieces = True

        def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
            now = time.perf_counter()
            if now - self.drawn > OFTEN:
                self.drawn = now
                self.move(self.epoch * steps + batch + 1)

    return Moving() if steps >= _MANY else Bar()


OFTEN = 0.1
"""Seconds between two moves of the bar."""
_MANY = 100
"""Steps from which an epoch may take long, so that the bar moves within it."""
