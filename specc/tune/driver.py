"""The driver: a source of trials, which asks the sampler, writes the ledger and keeps the best."""

from __future__ import annotations

import json
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from specc.diagnostics.report import SpecError
from specc.document.node import Node
from specc.document.spec import Train, Tune
from specc.infer.program import Program
from specc.tune.engine import Engine, Result, Slot, Trial
from specc.tune.leaders import Leaders
from specc.tune.ledger import Ledger
from specc.tune.objective import Goal, goal
from specc.tune.opened import Opened
from specc.tune.past import ended, heard, in_order
from specc.tune.require import breaks
from specc.tune.sampler import Sampler
from specc.tune.space import dimensions
from specc.tune.variant import Combination, Variants

AHEAD = 64
"""How many trials are drawn ahead to find one of a group."""
TRIALS = 50
"""How many configurations are tried where neither `trials` nor `timeout` is said."""

OnReport = Callable[["Report"], Literal["stop", "end"] | None]
"""Hears each epoch; gives `stop` to stop the trial, `end` to end the study, or nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """One epoch of one trial."""

    number: int
    epoch: int
    logs: Mapping[str, float]
    values: Mapping[str, object]


class Compiles(Protocol):
    """Makes the program of a configuration's tree, as `Compiler` does; raises `SpecError`."""

    def trial(self, root: Node) -> Program:
        """The program, ready to be trained."""
        ...


@dataclass
class Counts:
    """What a study has done so far."""

    done: int = 0
    pruned: int = 0
    failed: int = 0
    left_out: int = 0

    @property
    def ended(self) -> int:
        """How many were tried to some end."""
        return self.done + self.pruned + self.failed


class Driver:
    """The `Source` of one study."""

    def __init__(
        self,
        tune: Tune,
        root: Node,
        compiler: Compiles,
        folder: Path,
        *,
        on_report: OnReport | None = None,
        trials: int | None = None,
        timeout: float | None = None,
        heard: Callable[[Driver], None] | None = None,
        variants: Variants | None = None,
    ) -> None:
        self.tune = tune
        self.goal: Goal = goal(tune)
        self.variants = variants or Variants(root, dimensions(tune, root))
        self.compiler = compiler
        self.folder = folder
        self.sampler = Sampler(tune, self.variants)
        self.ledger = Ledger(folder / "ledger.sqlite")
        self.counts = Counts()
        self.leaders = Leaders(folder, self.goal, tune.keep)
        self.engine: Engine | None = None
        self.fallen: deque[Trial] = deque()
        """Trials that the engine cannot express, for `process`."""
        self.fallback = False
        self.reasons: Counter[str] = Counter()
        """Why, since they were last given out."""
        self._unable: dict[str, str] = {}
        self._on_report = on_report
        self._heard = heard
        wanted = trials or tune.trials
        unbounded = tune.sampler == "grid" or timeout or tune.timeout
        self.wanted = wanted if wanted is not None or unbounded else TRIALS
        limit = timeout or tune.timeout
        self.until = math.inf if limit is None else time.monotonic() + limit
        self._ready: deque[Trial] = deque()
        self._open: dict[int, Opened] = {}
        self._given: dict[int, Trial] = {}
        self._number = 0
        self._each = tune.repeats * (tune.folds or 1)
        """How many trainings a configuration has."""
        self._over = False
        self._restore()

    # --- source -----------------------------------------------------------------------------------

    def next(self, group: str | None = None) -> Trial | None:
        """A trial: see `Source`."""
        if self.fallback:
            return self._out(self.fallen.popleft()) if self.fallen and not self._over else None
        assert self.engine is not None
        while not self._over and len(self.fallen) < AHEAD:
            for trial in list(self._ready):
                if group is None or self.engine.group_key(trial) == group:
                    self._ready.remove(trial)
                    return self._out(trial)
            if group is not None and len(self._ready) >= AHEAD:
                return None
            if not self._draw():
                return None
        return None

    def report(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        """An epoch: see `Source`."""
        if self._over:
            self._given.pop(trial)  # not ended: it is trained if the study goes on
            return False
        given = self._given[trial]
        if given.number not in self._open:  # another of its trainings has ended it
            self._stop(given)
            return False
        value = self.ledger.reported(trial, epoch, logs).get(self.goal.metric)
        going = True
        if self._on_report is not None:
            answer = self._on_report(Report(given.number, epoch, dict(logs), given.values))
            if answer not in ("stop", "end", None):
                raise ValueError(f"on_report gives 'stop', 'end' or None, and gave {answer!r}")
            self._over = self._over or answer == "end"
            going = answer not in ("stop", "end")
        if value is not None and self._each == 1:
            going = self.sampler.report(given.number, epoch, value) and going
        if not going:
            self._stop(given)
            self._settle(given.number, "pruned", None)
        return going

    def _stop(self, trial: Trial) -> None:
        self._given.pop(trial.id)
        self.ledger.ended(trial.id, "pruned")

    def done(self, trial: int, result: Result) -> None:
        """A training's end: see `Source`."""
        given = self._given[trial]
        if given.number not in self._open:
            self._stop(given)
            return
        value = result.logs.get(self.goal.metric)
        if value is None or not math.isfinite(value):
            self.failed(trial, f"`{self.goal.metric}` is {value}")
            return
        opened = self._open[given.number]
        first = trial == given.number * self._each
        if result.write is not None and first and (self._each > 1 or self.leaders.may_take(value)):
            self.leaders.write(given.number, result.write)  # its process may die over it
        self._given.pop(trial)
        self.ledger.ended(trial, "done", result.logs, result.seconds)
        opened.found[trial] = value
        opened.left.discard(trial)
        self._go_on(given.number, opened)

    def _go_on(self, number: int, opened: Opened) -> bool:
        """Tells the pruner of a configuration's trainings; whether there are some to come.

        It hears their running mean after each, in their order, whichever came to its end first.
        """
        means = opened.running if self._each > 1 else {}
        for count in range(opened.heard + 1, len(means) + 1):
            opened.heard = count
            if not self.sampler.report(number, count, means[count]) and opened.left:
                self._settle(number, "pruned", None)
                return False
        if not opened.left:
            self._over_with(number, opened)
        return bool(opened.left)

    def _over_with(self, number: int, opened: Opened) -> None:
        """All trainings of a configuration came to their ends."""
        self.leaders.take(number, opened.mean, opened.values)
        self._settle(number, "done", opened.mean, opened.deviation)

    def failed(self, trial: int, reason: str) -> None:
        """A training that could not go on: see `Source`."""
        self._failed(self._given.pop(trial), reason)

    @property
    def running(self) -> int:
        """How many trainings are under way."""
        return len(self._given)

    def unable(self, trial: int, reason: str) -> None:
        """A group that the engine cannot train after all: see `Source`."""
        assert self.engine is not None
        given = self._given.pop(trial)
        key = self.engine.group_key(given)
        self._unable[key] = reason
        self._fall(given, reason)
        for other in [t for t in self._ready if self.engine.group_key(t) == key]:
            self._ready.remove(other)
            self._fall(other, reason)

    def close(self) -> None:
        """Keeps everything."""
        self.ledger.close()

    # --- drawing ----------------------------------------------------------------------------------

    def _draw(self) -> bool:
        """Draws one more configuration; whether there was one."""
        running = len(self._open)
        while time.monotonic() < self.until:
            if self.wanted is not None and self.counts.ended + running >= self.wanted:
                return False
            number = self._number
            combination = self.sampler.ask(number)
            if combination is None or self.counts.left_out > 100 * (
                self.counts.ended + running + 10
            ):
                return False
            self._number += 1
            self.ledger.asked(number, _values(combination))
            if self._prepare(number, combination):
                return True
        return False

    def _prepare(
        self, number: int, combination: Combination, before: Mapping[int, float] | None = None
    ) -> bool:
        """Compiles a configuration, and makes its trainings ready; whether it may be trained.

        `before` are the trainings that had come to their ends when the driver was killed.
        """
        values = _values(combination)
        first_id = number * self._each
        opened = self._open[number] = Opened(values, first_id, found=dict(before or {}))
        tree = self.variants.tree(combination)
        if self.tune.folds is not None:
            tree = _folded(tree, self.tune.folds)
        try:
            first = self.compiler.trial(tree)
        except SpecError as error:
            self.ledger.refused(first_id, number, str(error))
            self._settle(number, "failed", None)
            return False
        if breaks(self.tune, first) is not None:
            self._settle(number, "left out", None)
            return False
        opened.left |= set(range(first_id, first_id + self._each)) - set(opened.found)
        if not self._go_on(number, opened):
            return False
        train = first.train or Train()
        folds = [None] if self.tune.folds is None else range(1, self.tune.folds + 1)
        for repeat in range(self.tune.repeats):
            program, seed = first, train.seed + repeat
            if repeat:
                program = self.compiler.trial(_seeded(tree, seed))
            assert program.origin is not None
            spec = program.origin.plain(program.name)
            for i, fold in enumerate(folds):
                id_ = first_id + repeat * len(folds) + i
                if id_ in opened.left:
                    slot = Slot(repeat, fold)
                    self._line_up(
                        Trial(id_, number, slot, seed, train.epochs, program, spec, values)
                    )
        return True

    def _line_up(self, trial: Trial) -> None:
        why = self._why_not(trial)
        if why is None:
            self._ready.append(trial)
        else:
            self._fall(trial, why)

    def _why_not(self, trial: Trial) -> str | None:
        """Why the engine cannot train a trial, if it cannot."""
        if self.engine is None:
            return None
        found = self.engine.why_not(trial)
        if found is None and self._unable:
            found = self._unable.get(self.engine.group_key(trial))
        return found

    def _fall(self, trial: Trial, reason: str) -> None:
        self.fallen.append(trial)
        self.reasons[reason] += 1

    def _out(self, trial: Trial) -> Trial:
        name = "process" if self.fallback or self.engine is None else self.engine.name
        row = (trial.id, trial.number, trial.slot.repeat, trial.slot.fold, trial.seed)
        self.ledger.began(row, trial.spec, name)
        self._given[trial.id] = trial
        return trial

    # --- ends -------------------------------------------------------------------------------------

    def _failed(self, trial: Trial, reason: str) -> None:
        self.ledger.ended(trial.id, "failed", reason=reason)
        self._settle(trial.number, "failed", None)

    def _settle(
        self, number: int, state: str, value: float | None, deviation: float | None = None
    ) -> None:
        """Ends a configuration, with all its trainings."""
        if self._open.pop(number, None) is None:
            return  # another of its trainings has ended it
        for queue in (self._ready, self.fallen):
            for trial in [t for t in queue if t.number == number]:
                queue.remove(trial)
        self.sampler.tell(number, value, state)
        self.ledger.settled(number, state, value, deviation)
        self._count(state)
        if self._each > 1:
            self.leaders.drop(number)
        if self._heard is not None:
            self._heard(self)

    def _count(self, state: str) -> None:
        name = state.replace(" ", "_")
        setattr(self.counts, name, getattr(self.counts, name) + 1)

    # --- resume -----------------------------------------------------------------------------------

    def _restore(self) -> None:
        """Takes up the ledger: the sampler is asked and told all again, in the order it was."""
        rows = self.ledger.configurations()
        drawn: dict[int, Combination] = {}
        for row, over in in_order(rows):
            if not over:
                self._number = row.number + 1
                drawn[row.number] = self.sampler.again(row.number, row.values)
                continue
            del drawn[row.number]
            self.sampler.told_again(row.number, row.value, row.state, self._heard_of(row.number))
            self._count(row.state)
            if row.state == "done" and row.value is not None:
                self.leaders.take(row.number, row.value, row.values)
        self._unfinished = drawn
        # A driver may have been killed before it counted; a first training is not done again.
        self.leaders.sweep(drawn if self._each > 1 else ())

    def resume(self) -> None:
        """Makes ready what was running when the driver was killed."""
        for number, combination in self._unfinished.items():
            self._prepare(number, combination, ended(self.ledger, number, self.goal.metric))

    def _heard_of(self, number: int) -> dict[int, float]:
        if self.tune.pruner == "none":
            return {}
        return heard(self.ledger, number, self.goal.metric, self._each)

    def chosen(self, values: Mapping[str, object]) -> Combination:
        """The combination of values by address."""
        known = self.sampler.by_address
        settings = {known[a]: known[a].setting(v) for a, v in values.items()}
        return self.variants.chosen(settings)


def _values(combination: Combination) -> dict[str, object]:
    """The values by address, as JSON gives them back."""
    return json.loads(json.dumps({s.dimension.address: s.value for s in combination}))


def _folded(tree: Node, folds: int) -> Node:
    """A tree whose examples fall into folds, in place of a part for validation."""
    from specc.document.assign import put

    split = ("data", "split")
    tree = put(tree, (*split, "validation"), tree.like(0))
    return put(tree, (*split, "folds"), tree.like(folds))


def _seeded(tree: Node, seed: int) -> Node:
    from specc.document.assign import put

    return put(tree, ("train", "seed"), tree.like(seed))
