"""What is shown while a model trains: a bar on a terminal, elsewhere a line for each epoch."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import Any, Literal, TextIO

from specc.lower.instances import keras

Progress = Literal["auto", "bar", "lines", "none"]


def shown(progress: Progress, epochs: int, steps: int, stream: TextIO | None = None) -> Any | None:
    """The Keras callback that shows progress on `stream` (standard error), or `None`."""
    stream = stream or sys.stderr
    if stream is None:  # pyright: ignore[reportUnnecessaryComparison]  # as under pythonw
        return None
    if progress == "auto":
        progress = "bar" if stream.isatty() else "lines"
    if progress == "none":
        return None
    return _bar(epochs, steps, stream) if progress == "bar" else _lines(epochs, stream)


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


def _lines(epochs: int, stream: TextIO) -> Any:
    base: Any = keras().callbacks.Callback

    class Lines(base):
        """One line an epoch."""

        def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            seconds = time.perf_counter() - self.began
            width = len(str(epochs))
            print(
                f"epoch {epoch + 1:>{width}}/{epochs}  {line(logs or {})}  {seconds:.1f} s",
                file=stream,
                flush=True,
            )

    return Lines()


def _bar(epochs: int, steps: int, stream: TextIO) -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    base: Any = keras().callbacks.Callback
    console = Console(file=stream)
    bar = Progress(
        TextColumn("epoch {task.fields[epoch]}/" + str(epochs)),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[logs]}", style="cyan"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
        console=console,
        refresh_per_second=8,
    )

    class Bar(base):
        """A bar over all steps; the numbers are those of the last epoch.

        `async_safe` lets Keras go on without waiting for it; the hook reads no logs.
        """

        async_safe = True

        def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
            self.task = bar.add_task("", total=epochs * steps, epoch=1, logs="")
            self.epoch = 0
            self.drawn = time.perf_counter()
            bar.start()

        def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            self.epoch = epoch
            bar.update(self.task, epoch=epoch + 1)

        def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
            bar.update(self.task, completed=(epoch + 1) * steps, logs=line(logs or {}))

        def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
            self.close()

        def close(self) -> None:
            bar.stop()

    class Moving(Bar):
        """The bar that moves within an epoch too, now and then."""

        by_pieces = True

        def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
            now = time.perf_counter()
            if now - self.drawn > 0.2:
                self.drawn = now
                bar.update(self.task, completed=self.epoch * steps + batch + 1)

    return Moving() if steps >= _MANY else Bar()


_MANY = 100
"""Steps from which an epoch may take long, so that the bar moves within it."""
