"""What an engine is: it takes trials from a source, trains them, and reports each epoch to it.

An engine may hold many trials at once. It is driven by nobody: `run` pulls trials until the source
has none left, and comes back when all of its own have ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from specc.infer.program import Program


@dataclass(frozen=True, slots=True)
class Slot:
    """Which of a configuration's trainings it is: the repeat, from 0, and the fold, from 1."""

    repeat: int = 0
    fold: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One training that is to be done.

    `id` is unique in the study and what reports name; `number` is the configuration's, which all
    its slots share. `program` is the variant, compiled, with `seed` and `epochs` in its `train`
    section already; `spec` is the same as plain values, without `tune`. `values` are what the space
    gave, by address.
    """

    id: int
    number: int
    slot: Slot
    seed: int
    epochs: int
    program: Program
    spec: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """How a training ended.

    `logs` are by the names that an epoch logs: what the last epoch logged, and `val_…` measured
    again where the kept weights are not the last epoch's. `write` writes the model to a path that
    ends in `.keras`; it is called before `done` returns, or never. `seconds` is how long it took.
    """

    logs: Mapping[str, float]
    write: Callable[[Path], None] | None
    seconds: float


class Source(Protocol):
    """Where an engine's trials come from, and where its reports go. Called from one thread."""

    def next(self, group: str | None = None) -> Trial | None:
        """A trial that the engine can express; `None` where there is none (now, and of `group`).

        With `group`, only a trial whose `Engine.group_key` equals it: the source asks its sampler a
        little ahead to find one.
        """
        ...

    def report(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        """Takes the logs of an epoch, from 1. `False`: stop it, and say nothing more of it."""
        ...

    def done(self, trial: int, result: Result) -> None:
        """A training came to its end."""
        ...

    def failed(self, trial: int, reason: str) -> None:
        """A training could not go on: the loss is no number, a worker died too often."""
        ...

    def unable(self, trial: int, reason: str) -> None:
        """The engine cannot train it after all, nor others of its group: `process` has to."""
        ...


class Engine(Protocol):
    """A way to train trials."""

    name: str

    def why_not(self, trial: Trial) -> str | None:
        """Why it cannot express a trial's program, in the user's words; `None` where it can."""
        ...

    def group_key(self, trial: Trial) -> str:
        """The same for trials that it can train in one compiled program."""
        ...

    def run(self, source: Source) -> None:
        """Trains what the source gives until it gives nothing more."""
        ...
