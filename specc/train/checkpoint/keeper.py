"""The keeper: writes the generations of a training while it runs, and begins it where it was.

A generation is written after every epoch, but at most one a second: to write one takes longer than
an epoch of a few milliseconds. So at most one epoch, or one second of epochs, is lost. The last
epoch is always kept, and so is the moment of an interrupt.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specc.lower.instances import keras
from specc.train.checkpoint import state
from specc.train.checkpoint.generation import write
from specc.train.checkpoint.threads import threads
from specc.train.loop.share import anywhere, share
from specc.train.signals import Signals
from specc.train.trainee import Trainee

_APART = 1.0
"""Seconds between two generations of short epochs."""


@dataclass
class Keeper:
    """What a loop tells of every step: see `Watch`."""

    run: Path
    trainee: Trainee
    callbacks: Sequence[Any]
    """Those that remember: the spec's and the program's."""
    signals: Signals
    history: dict[str, list[float]]
    epochs: int
    every_steps: int | None
    header: dict[str, Any]
    """What the run is of: the program's hash."""
    written: Callable[[], None]
    """Called after each generation, for what is written along with it."""
    resumed: dict[str, Any] | None = None
    """The generation to begin with."""
    _last: float = field(default_factory=time.monotonic)

    def prepare(self) -> None:
        """Before training begins: the history, and the files that callbacks go on with."""
        if self.resumed is not None:
            self.history.clear()
            self.history.update(self.resumed["history"])
            state.reopen(self.callbacks, self.resumed["callbacks"])

    def begun(self) -> None:
        """Puts all that training changes where it was."""
        if self.resumed is not None:
            self._restore(self.resumed)
            if not self.resumed["step"]:
                self.resumed = None

    def entered(self, epoch: int) -> None:
        """Puts it there again within an epoch, whose beginning has been told a second time."""
        if self.resumed is not None:
            self._restore(self.resumed)
            self.resumed = None

    def stepped(self, epoch: int, step: int) -> None:
        """Writes a generation within an epoch, where one is due."""
        if self.signals.asked and share().count == 1:  # several stop together, after an epoch
            self._save(epoch, step)
            raise KeyboardInterrupt
        if self.every_steps is not None and step % self.every_steps == 0:
            self._save(epoch, step)

    def ended(self, epoch: int) -> None:
        """Writes a generation after an epoch, where one is due."""
        last = epoch + 1 >= self.epochs or self.trainee.fitted.stop_training
        asked, due = anywhere(self.signals.asked, time.monotonic() - self._last >= _APART)
        if last or asked or due:
            self._save(epoch + 1, 0)
        if asked and not last:
            raise KeyboardInterrupt

    def _save(self, epoch: int, step: int) -> None:
        fitted = self.trainee.fitted
        if keras().backend.backend() == "jax":
            fitted.jax_state_sync()  # inside `fit` the variables are behind
        write(
            self.run,
            {
                **self.header,
                "epoch": epoch,
                "step": step,
                "stopped": bool(fitted.stop_training),
                "threads": threads(),
                "variables": state.values(self.trainee),
                "callbacks": state.of_callbacks(self.callbacks, self.run),
                "logged": _logged(fitted),
                "history": self.history,
                "random": state.randoms(),
            },
        )
        self.written()
        self._last = time.monotonic()

    def _restore(self, saved: dict[str, Any]) -> None:
        state.assign(self.trainee, saved["variables"])
        state.remind(self.callbacks, saved["callbacks"])
        state.set_randoms(saved["random"])
        history: Any = self.trainee.fitted.history
        history.epoch, history.history = saved["logged"]


def _logged(fitted: Any) -> tuple[list[int], dict[str, list[float]]]:
    """Keras's own history."""
    return list(fitted.history.epoch), {n: list(v) for n, v in fitted.history.history.items()}
