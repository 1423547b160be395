"""The engine `slots`: several trials in one JAX program, each in a slot of it.

A trial that ends or is stopped gives its slot to the next at once. One thread, the caller's, talks
to the source; others compile and train, each a lane of slots, so that the next group's program is
compiled beside the training of this one.
"""

from __future__ import annotations

import math
import os
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

from specc.infer.program import Program
from specc.plugin.known import known
from specc.train import on_jax
from specc.train.quiet import load_keras
from specc.tune.engine import Result, Source, Trial
from specc.tune.expressible import obstacle
from specc.tune.group import grouped, sharing
from specc.tune.material import Material, material
from specc.tune.saving import write_model
from specc.tune.stopping import Course, Held
from specc.tune.template import Template
from specc.tune.vectorised import State, Vectorised

_CACHE = 1 << 20
"""Bytes of a processor's cache that the states of a lane's slots should fit into."""

_BUILDING = threading.Lock()
"""Keras builds and JAX traces in one thread at a time: `random` and the numbers are global."""


class Slots:
    """Trains trials in the slots of shared programs. Wants Keras on JAX."""

    name = "slots"

    def __init__(
        self, *, width: int | None = None, lanes: int | None = None, cache: Path | None = None
    ) -> None:
        self._width = width
        self._lanes = lanes or min(2, os.cpu_count() or 1)
        self._cache = cache
        self._groups: dict[str, _Group] = {}
        self._compiled: dict[Any, Vectorised] = {}

    def why_not(self, trial: Trial) -> str | None:
        return obstacle(trial) or on_jax.obstacle(trial.program)

    def group_key(self, trial: Trial) -> str:
        return sharing(trial)

    def run(self, source: Source) -> None:
        _start(self._cache)
        busy: dict[Future[None], _Lane] = {}
        with ThreadPoolExecutor(self._lanes) as pool:
            while True:
                while len(busy) < self._lanes and (lane := self._lane(source)) is not None:
                    busy[pool.submit(copy_context().run, lane.step)] = lane
                if not busy:
                    return
                done, _ = wait(busy, return_when=FIRST_COMPLETED)
                for future in done:
                    lane = busy.pop(future)
                    if lane.after(future, source):
                        busy[pool.submit(copy_context().run, lane.step)] = lane

    def _lane(self, source: Source) -> _Lane | None:
        """A lane for the group of the next trial there is."""
        trial = source.next()
        if trial is None:
            return None
        key = self.group_key(trial)
        group = self._groups.get(key)
        if group is None:
            width = self._width or _fitting(trial.program)
            group = self._groups[key] = _Group(
                key, trial.program, trial.slot.fold, width, self._compiled
            )
        lane = _Lane(group)
        lane.put(0, trial)
        lane.refill(source)
        return lane


class _Group:
    """A group's program, compiled by the first lane that needs it, and its examples.

    Folds whose examples have one shape have one program, which is in `compiled`.
    """

    def __init__(
        self,
        key: str,
        program: Program,
        fold: int | None,
        slots: int,
        compiled: dict[Any, Vectorised],
    ) -> None:
        self.key = key
        self.slots = slots
        self._program = program
        self._fold = fold
        self._compiled = compiled
        self._made: Vectorised | None = None
        self.material: Material
        self.device: list[Any]
        """Of `material`; both are there once `made` is."""
        self._lock = threading.Lock()

    @property
    def made(self) -> Vectorised:
        """The compiled program; raises what keeps it from being."""
        with self._lock:
            if self._made is None:
                catalogue = known(self._program.plugins).catalogue
                with _BUILDING:
                    template = Template(self._program, catalogue)
                    found = material(self._program, template.model, catalogue, self._fold)
                    shapes = (self.key.partition("/")[0], found.shapes)
                    made = self._compiled.get(shapes)
                    if made is None:
                        made = Vectorised(template, found, self.slots)
                        made.trace()
                        self._compiled[shapes] = made
                made.compile()
                self.material = found
                self.device = made.on_device(found)
                self._made = made
            return self._made


class _Slot(Held):
    """One trial in its place."""

    def __init__(self, lane: _Lane, place: int, trial: Trial) -> None:
        self.lane = lane
        self.place = place
        self.trial = trial
        self.numbers = grouped(trial.program).numbers
        self.epoch = 0
        self.began = time.perf_counter()
        self.course: Course | None = None

    def state(self) -> State:
        """A copy of what the trial's state is now."""
        import numpy as np

        learning, others, optimizer = (
            [np.array(a[self.place]) for a in part] for part in self.lane.state
        )
        return learning, others, optimizer

    def weights(self) -> Any:
        return self.state()

    def rate(self) -> float:
        return float(self._rates()[self.place])

    def set_rate(self, rate: float) -> None:
        import numpy as np

        changed = np.array(self._rates())
        changed[self.place] = rate
        self.lane.state[2][self._rate()] = changed

    def _rates(self) -> Any:
        return self.lane.state[2][self._rate()]

    def _rate(self) -> int:
        found = self.lane.group.made.template.optimizer.rate
        assert found is not None  # a schedule is refused for `ReduceLROnPlateau`
        return found


class _Lane:
    """The slots of one thread."""

    def __init__(self, group: _Group) -> None:
        self.group = group
        self.slots: list[_Slot | None] = [None] * group.slots
        self.state: Any = None
        self._vectors: Any = None
        self._logs: dict[str, Any] = {}
        self._new: list[_Slot] = []

    def put(self, place: int, trial: Trial) -> None:
        """Gives a place to a trial."""
        self.slots[place] = slot = _Slot(self, place, trial)
        self._new.append(slot)

    def refill(self, source: Source) -> None:
        """Gives free places to the group's next trials."""
        for place, slot in enumerate(self.slots):
            if slot is None:
                trial = source.next(self.group.key)
                if trial is None:
                    return
                self.put(place, trial)

    def step(self) -> None:
        """An epoch of all slots; called in a thread of its own."""
        import numpy as np

        made = self.group.made
        self._begin(made)
        examples, device = self.group.material, self.group.device
        idle = np.arange(len(examples.places(0, 0)))
        places = [idle if s is None else examples.places(s.trial.seed, s.epoch) for s in self.slots]
        self._logs, self.state = made.epoch(
            self._vectors, self.state, np.stack(places).astype("int32"), device
        )
        self.state = tuple([np.asarray(a) for a in part] for part in self.state)

    def _begin(self, made: Vectorised) -> None:
        """Puts the first state of new trials into their places."""
        import numpy as np

        for slot in self._new:
            first = made.first(slot.trial.seed, slot.numbers)
            vector = made.vector(slot.numbers)
            if self.state is None:
                count = len(self.slots)
                self.state = tuple([np.stack([a] * count) for a in part] for part in first)
                self._vectors = np.stack([vector] * count)
            for part, values in zip(self.state, first, strict=True):
                for i, value in enumerate(values):
                    if not part[i].flags.writeable:
                        part[i] = part[i].copy()
                    part[i][slot.place] = value
            self._vectors[slot.place] = vector
            slot.course = Course(slot.trial.program, slot, made.template.fitted.metrics)
        self._new.clear()

    def after(self, future: Future[None], source: Source) -> bool:
        """Reports the epoch and refills. `False`: the lane has nothing left to train."""
        try:
            future.result()
        except Exception as error:  # whatever Keras or JAX say of this program
            for slot in filter(None, self.slots):
                source.unable(slot.trial.id, f"{type(error).__name__}: {_first_line(error)}")
            self.slots = [None] * len(self.slots)
            return False
        for slot in list(filter(None, self.slots)):
            logs = {n: float(v[slot.place]) for n, v in self._logs.items()}
            if not self._goes_on(slot, logs, source):
                self.slots[slot.place] = None
        self.refill(source)
        return any(self.slots)

    def _goes_on(self, slot: _Slot, logs: dict[str, float], source: Source) -> bool:
        trial, course = slot.trial, slot.course
        assert course is not None  # it began in `step`
        for name in ("loss", "val_loss"):
            if not math.isfinite(logs.get(name, 0.0)):
                source.failed(trial.id, f"`{name}` became {logs[name]} in epoch {slot.epoch + 1}")
                return False
        slot.epoch += 1
        wanted = course.ended(slot.epoch - 1, logs)
        if not source.report(trial.id, slot.epoch, logs):
            return False
        if wanted and slot.epoch < trial.epochs:
            return True
        logs = course.over()
        state = course.kept or slot.state()
        weights = self.group.made.weights(state)
        write = partial(_write, trial.program, weights)
        source.done(trial.id, Result(logs, write, time.perf_counter() - slot.began))
        return False


def _write(program: Program, weights: list[Any], path: Path) -> None:
    with _BUILDING:
        write_model(program, weights, path)


def _fitting(program: Program) -> int:
    """How many slots a lane has: as many as the cache holds, and no more than pay.

    Weights, gradients and an optimizer's two moments are kept by slot. A convolution over a batch
    of kernels is a grouped one, which a processor does slowly: such trials run one by one.
    """
    import jax

    if jax.default_backend() != "cpu":
        return 32
    if any(len(w.shape) > 2 for layer in _all(program) for w in layer.weights):
        return 1
    return max(1, min(4, _CACHE // (12 * max(program.parameters, 1))))


def _all(program: Program) -> list[Any]:
    return [*program.layers, *(layer for m in program.models for layer in _all(m))]


def _start(cache: Path | None) -> None:
    """Loads Keras on JAX and lets JAX keep what it compiles. Raises `RuntimeError`."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    k = load_keras()
    if k.backend.backend() != "jax":
        raise RuntimeError("the engine `slots` wants a process whose Keras is on JAX")
    import jax as module

    jax: Any = module
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    jax.config.update("jax_compilation_cache_dir", str(cache or home / "specc" / "jax"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
