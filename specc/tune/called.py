"""The engine that calls a Python function for each trial, one after another or several in threads.

The driver is called from one thread whatever the number of threads: what a function reports in one
of them is handed over, and waits for the answer.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from specc.tune.engine import Result, Source, Trial

VALUE = "value"
"""What the function's result is called in the ledger."""

Tell = Callable[[int, int, Mapping[str, float]], bool]
"""A source's `report`."""


class Asked:
    """One trial, as the function is given it: `trial["rate"]`, `trial.values`."""

    def __init__(self, trial: Trial, tell: Tell) -> None:
        self.number = trial.number
        self.values: dict[str, Any] = trial.spec["values"]
        """The values by name; what a choice brings stands in it: `{"SGD": {"momentum": 0.9}}`."""
        self.stopped = False
        """Whether the trial is over already, so that what the function gives is not looked at."""
        self._id = trial.id
        self._tell = tell
        self._step = 0

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def report(self, value: float, **logs: float) -> bool:
        """Tells how far it is, after an epoch or the like. `False`: the trial is to stop.

        `logs` are kept beside it.
        """
        self._step += 1
        if not self.stopped:
            told = {**{k: float(v) for k, v in logs.items()}, VALUE: float(value)}
            self.stopped = not self._tell(self._id, self._step, told)
        return not self.stopped


Objective = Callable[[Asked], float]


@dataclass
class Function:
    """The engine that calls a Python function, in `workers` threads if there are several."""

    objective: Objective
    catch: tuple[type[Exception], ...] = ()
    workers: int = 1
    name: str = "function"

    def why_not(self, trial: Trial) -> str | None:
        """See `Engine`."""
        return None

    def group_key(self, trial: Trial) -> str:
        """See `Engine`: nothing is shared."""
        return ""

    def run(self, source: Source) -> None:
        """See `Engine`. An exception that is not to be caught fails the trial and goes on up."""
        if self.workers > 1:
            _Threads(self, source).run()
            return
        while (trial := source.next()) is not None:
            asked = Asked(trial, source.report)
            try:
                result = self.called(asked)
            except Exception as error:
                self.raised(source, trial, asked, error)
            else:
                if not asked.stopped:
                    source.done(trial.id, result)

    def called(self, asked: Asked) -> Result:
        """What the function gives; raises what it raises, `TypeError` for what is no number."""
        began = time.perf_counter()
        value = _number(self.objective(asked))
        return Result({VALUE: value}, None, time.perf_counter() - began)

    def raised(self, source: Source, trial: Trial, asked: Asked, error: Exception) -> None:
        """The function failed the trial; raises the error again unless it is to be caught."""
        if not asked.stopped:
            source.failed(trial.id, f"{type(error).__name__}: {error}")
        if not isinstance(error, self.catch):
            raise error


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"the objective gives a number, and gave {value!r}") from None


@dataclass(frozen=True)
class _Reported:
    """A report that a thread hands over; `answer` is what it waits for."""

    trial: int
    epoch: int
    logs: Mapping[str, float]
    answer: Future[bool]


@dataclass(frozen=True)
class _Ended:
    """A call that came to an end."""

    trial: Trial
    asked: Asked
    call: Future[Result]


class _Threads:
    """Calls the function in several threads, and the source from the one that `run` is called in.

    When the study ends early, by Ctrl-C or by an exception, calls that are under way hear `False`
    at their next report and are waited for; their trials are not ended, and are done again if the
    study goes on.
    """

    def __init__(self, engine: Function, source: Source) -> None:
        self._engine = engine
        self._source = source
        self._heard: queue.Queue[_Reported | _Ended] = queue.Queue()
        self._running = 0
        self._calls: list[Future[Result]] = []
        self._over = False

    def run(self) -> None:
        """See `Engine`."""
        with ThreadPoolExecutor(self._engine.workers) as threads:
            try:
                while self._begun(threads) or self._running:
                    self._hear(self._heard.get())
            finally:
                self._let_go()

    def _begun(self, threads: ThreadPoolExecutor) -> bool:
        """Gives each idle thread a trial; whether all have one."""
        while self._running < self._engine.workers:
            trial = self._source.next()
            if trial is None:
                return False
            asked = Asked(trial, self._tell)
            call = threads.submit(self._engine.called, asked)
            self._calls = [c for c in self._calls if not c.done()] + [call]
            self._running += 1
            call.add_done_callback(self._noting(trial, asked))
        return True

    def _tell(self, trial: int, epoch: int, logs: Mapping[str, float]) -> bool:
        """A source's `report`, as it is called in a function's thread."""
        if self._over:
            return False
        answer: Future[bool] = Future()
        self._heard.put(_Reported(trial, epoch, logs, answer))
        return answer.result()

    def _noting(self, trial: Trial, asked: Asked) -> Callable[[Future[Result]], None]:
        return lambda call: self._heard.put(_Ended(trial, asked, call))

    def _hear(self, message: _Reported | _Ended) -> None:
        if isinstance(message, _Reported):
            try:
                going = self._source.report(message.trial, message.epoch, message.logs)
            except BaseException:
                message.answer.set_result(False)
                raise
            message.answer.set_result(going)
            return
        self._running -= 1
        error = message.call.exception()
        if error is None:
            if not message.asked.stopped:
                self._source.done(message.trial.id, message.call.result())
        elif isinstance(error, Exception):
            self._engine.raised(self._source, message.trial, message.asked, error)
        else:
            raise error

    def _let_go(self) -> None:
        """Waits for the calls that are under way, whose reports are answered with `False`."""
        self._over = True
        while not all(call.done() for call in self._calls):
            with suppress(queue.Empty):
                message = self._heard.get(timeout=0.05)
                if isinstance(message, _Reported):
                    message.answer.set_result(False)
